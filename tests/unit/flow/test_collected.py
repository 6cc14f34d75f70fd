"""What a backfill collected is kept until its message was accepted."""

from datetime import UTC, datetime

import pytest

from gatewatch.errors import Conflict, NotifyUnavailable
from gatewatch.flow.collected import Collected
from gatewatch.flow.digest import CollectedAlert
from gatewatch.model import Severity
from gatewatch.ports import PlainNotice, StateWrite, Written
from gatewatch.stores.memory import MemoryStore

MESSAGE = PlainNotice(id="m", at=None, subject="s", lines=())


def alert(name: str, reason: str = "r") -> CollectedAlert:
    return CollectedAlert(id=name, severity=Severity.LOW, rule="rule", reason=reason, last_seen=datetime(2026, 11, 20, tzinfo=UTC))


class Channel:
    name = "sns"

    def __init__(self) -> None:
        self.up = True

    def send_plain(self, notice: PlainNotice) -> None:
        assert notice is MESSAGE
        if not self.up:
            raise NotifyUnavailable("away")


def test_an_alert_is_collected_once_as_it_was_last():
    store = MemoryStore()
    for one in (alert("a"), alert("b"), alert("a", "later")):
        Collected(store, "job", "sns").add(one)
    assert Collected(store, "job", "sns").all() == [alert("b"), alert("a", "later")]
    assert Collected(store, "job", "teams").all() == Collected(store, "other", "sns").all() == []


def test_it_is_kept_until_the_message_is_accepted():
    collected, channel = Collected(MemoryStore(), "job", "sns"), Channel()
    collected.add(alert("a"))
    channel.up = False
    assert not collected.send(channel, MESSAGE)
    assert collected.all() == [alert("a")]
    channel.up = True
    assert collected.send(channel, MESSAGE)
    assert collected.all() == []


class Contended(MemoryStore):
    """A store in which another writer is always first."""

    def write_state(self, writes: list[StateWrite]) -> list[Written]:  # type: ignore[override]
        return [Written.CONFLICT for _ in writes]


def test_other_writers_that_keep_winning_are_named():
    with pytest.raises(Conflict):
        Collected(Contended(), "job", "sns").add(alert("a"))
