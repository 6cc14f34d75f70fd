"""What a chunk costs: four calls to the store when no alert changes, six when one does, none when nothing is evidence."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.ports import Ports
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import raw_login

NOW = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
BASE = ["past", "append", "read_alerts", "neighbourhood"]


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
        pytest.param([console_login(1, "No")], [*BASE, "write_alerts", "neighbourhood"], id="an-alert-changes"),
        pytest.param([console_login(n, "No") for n in range(500)], [*BASE, "write_alerts", "neighbourhood"], id="five-hundred-of-them"),
        pytest.param([RawRecord(data={"id": 1})], [], id="nothing-is-evidence"),
    ],
)
def test_calls_of_a_chunk(records: list[RawRecord], calls: list[str]) -> None:
    store = Counting()
    process(records, Ports(store=store, clock=lambda: NOW))  # type: ignore[arg-type] # every method is there, by name
    assert store.calls == calls
