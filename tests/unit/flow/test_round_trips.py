"""What a chunk costs: five calls to the store when no alert changes, eight when some do, four more when people are notified, none without events."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gatewatch.flow.pipeline import process
from gatewatch.flow.policy import begin
from gatewatch.model import RawRecord
from gatewatch.ports import Notice, Ports
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import raw_login

NOW = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
BASE = ["read_state", "write_state", "append", "read_state", "context"]
CHANGED = [*BASE, "write_alerts", "context", "read_state"]
TOLD = [*CHANGED, "read_alerts", "write_alerts", "read_alerts", "write_alerts"]


class Counting:
    """A store that remembers which of its methods were called."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._store, name)

        def call(*args: Any) -> Any:
            self.calls.append(name)
            return method(*args)

        return call


def console_login(number: int, mfa: str) -> RawRecord:
    """A login of its own user."""
    return raw_login(number, user=f"user{number}", mfa=mfa)


@pytest.mark.parametrize(
    ("records", "calls"),
    [
        pytest.param([console_login(1, "Yes")], BASE, id="no-alert-changes"),
        pytest.param([console_login(1, "No")], CHANGED, id="an-alert-changes"),
        pytest.param([console_login(n, "No") for n in range(500)], CHANGED, id="five-hundred-of-them"),
        pytest.param([RawRecord(data={"id": 1})], [], id="nothing-is-evidence"),
    ],
)
def test_calls_of_a_chunk(records: list[RawRecord], calls: list[str]) -> None:
    store = Counting()
    ports = Ports(store=store, clock=lambda: NOW)  # type: ignore[arg-type] # every method is there, by name
    begin(ports)
    store.calls.clear()
    process(records, ports)
    assert store.calls == calls


class Quiet:
    """A channel that accepts everything."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self.sent.append(notice)


@pytest.mark.parametrize("channels", [("sns",), ("sns", "teams")], ids=["sns", "sns-and-teams"])
def test_a_batch_of_ten_new_principals_makes_at_most_twelve_calls(channels: tuple[str, ...]) -> None:
    store, notifiers = Counting(), {name: Quiet(name) for name in channels}
    ports = Ports(store=store, clock=lambda: NOW, channels=channels, notifiers=notifiers)  # type: ignore[arg-type] # as above
    begin(ports)
    store.calls.clear()
    process([console_login(n, "No") for n in range(10)], ports)
    assert store.calls == TOLD
    assert len(store.calls) <= 12
    assert [len(channel.sent) for channel in notifiers.values()] == [10] * len(channels)
