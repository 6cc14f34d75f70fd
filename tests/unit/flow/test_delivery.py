"""Telling people: once per reason, under a lease, never lost, doubled only by a crash between acceptance and mark."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from msgspec import structs

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.flow.delivery import deliver
from gatewatch.model import Alert, AlertStatus, Lease, NotificationEntry, Severity
from gatewatch.ports import AlertWrite, Notice, Ports
from gatewatch.stores.memory import MemoryStore
from tests.builders.alerts import alert
from tests.builders.common import minutes

NOW = minutes(60)


class Channel:
    """A channel that records, fails or runs something while it sends."""

    def __init__(self, name: str, error: Exception | None = None, during: Callable[[], None] = lambda: None) -> None:
        self.name, self.error, self.during = name, error, during
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self.during()
        if self.error is not None:
            raise self.error
        self.notices.append(notice)


def owing(**changes: object) -> Alert:
    return alert(pending=("sns",), pending_reason="new", **changes)


def stored(*alerts: Alert) -> MemoryStore:
    store = MemoryStore()
    store.write_alerts([AlertWrite(item, None) for item in alerts])
    return store


def bundle(store: MemoryStore, *channels: Channel, now: datetime = NOW, worker: str = "w1", wired: tuple[str, ...] = ("sns",)) -> Ports:
    return Ports(store=store, clock=lambda: now, channels=wired, notifiers={c.name: c for c in channels}, worker=worker)


def read(store: MemoryStore, item: Alert) -> Alert:
    return store.read_alerts([item.key])[item.key].alert


def test_tells_once_and_enters_it_in_the_ledger() -> None:
    item, channel = owing(), Channel("sns")
    store = stored(item)
    first = deliver([item.key], bundle(store, channel))
    assert deliver([item.key], bundle(store, channel)) == []
    after = read(store, item)
    assert [(s.channel, s.why, s.error) for s in first] == [("sns", "new", "")]
    assert [(n.why, n.alert.id) for n in channel.notices] == [("new", item.id)]
    assert after.notification_log == (
        NotificationEntry(
            occurrence=1,
            at=NOW,
            channel="sns",
            severity=Severity.MEDIUM,
            why="new",
            event_ids=item.snapshot.event_ids,
            addresses=item.snapshot.addresses,
        ),
    )
    assert (after.pending, after.leases) == ((), ())


def test_only_the_channels_wired_here_are_told() -> None:
    item, channel = owing(), Channel("teams")
    store = stored(item)
    deliver([item.key], bundle(store, channel, wired=("sns", "teams")))
    assert len(channel.notices) == 1
    assert read(store, item).pending == ("sns",)


@pytest.mark.parametrize(
    ("until", "told"),
    [pytest.param(NOW + timedelta(seconds=1), 0, id="somebody-is-at-it"), pytest.param(NOW, 1, id="the-lease-has-run-out")],
)
def test_leases(until: datetime, told: int) -> None:
    item, channel = owing(leases=(Lease(channel="sns", occurrence=1, owner="other", until=until),)), Channel("sns")
    deliver([item.key], bundle(stored(item), channel))
    assert len(channel.notices) == told


def test_a_lease_of_an_earlier_opening_holds_nobody_up() -> None:
    lease = Lease(channel="sns", occurrence=1, owner="other", until=NOW + timedelta(hours=1))
    item, channel = owing(occurrence=2, leases=(lease,)), Channel("sns")
    deliver([item.key], bundle(stored(item), channel))
    assert len(channel.notices) == 1


@pytest.mark.parametrize("error", [NotifyUnavailable("away"), NotifyError("refused")], ids=["away", "refused"])
def test_a_channel_that_fails_stays_owed_and_leaves_no_lease(error: Exception) -> None:
    item = owing()
    store = stored(item)
    sent = deliver([item.key], bundle(store, Channel("sns", error)))
    after = read(store, item)
    assert [s.error for s in sent] == [type(error).__name__]
    assert (after.pending, after.notification_log, after.leases) == (("sns",), (), ())


def test_a_crash_between_acceptance_and_mark_tells_again_after_the_lease() -> None:
    item, channel = owing(), Channel("sns")
    store = stored(item)
    dying = Channel("sns", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        deliver([item.key], bundle(store, dying))
    deliver([item.key], bundle(store, channel, worker="w2"))
    assert channel.notices == []
    deliver([item.key], bundle(store, channel, worker="w2", now=NOW + timedelta(minutes=3)))
    assert len(channel.notices) == 1


def test_what_was_told_counts_for_its_own_opening_only() -> None:
    item = owing()
    store = stored(item)

    def reopened() -> None:
        known = store.read_alerts([item.key])[item.key]
        store.write_alerts([AlertWrite(structs.replace(known.alert, occurrence=2), known.version)])

    deliver([item.key], bundle(store, Channel("sns", during=reopened)))
    after = read(store, item)
    assert [t.occurrence for t in after.notification_log] == [1]
    assert after.pending == ("sns",)


@pytest.mark.parametrize("status", [AlertStatus.RETRACTED, AlertStatus.MERGED])
@pytest.mark.parametrize("error", [None, NotifyUnavailable("away")], ids=["told", "away"])
def test_what_goes_while_it_is_told_remembers_that_it_was(status: AlertStatus, error: Exception | None) -> None:
    """It may come back, and must neither be told again nor be held up by a lease of ours."""
    item = owing()
    store = stored(item)

    def gone() -> None:
        known = store.read_alerts([item.key])[item.key]
        store.write_alerts([AlertWrite(structs.replace(known.alert, status=status, pending=()), known.version)])

    deliver([item.key], bundle(store, Channel("sns", error, during=gone)))
    after = read(store, item)
    assert (after.status, after.pending, after.leases) == (status, (), ())
    assert [told.why for told in after.notification_log] == ([] if error else ["new"])


@pytest.mark.parametrize("status", [AlertStatus.RETRACTED, AlertStatus.MERGED, AlertStatus.CLOSED])
def test_what_is_not_open_is_silent(status: AlertStatus) -> None:
    item, channel = owing(status=status), Channel("sns")
    deliver([item.key], bundle(stored(item), channel))
    assert channel.notices == []


def told(item: Alert, store: MemoryStore, channel: Channel) -> list[tuple[str, str]]:
    deliver([item.key], bundle(store, channel, wired=(channel.name,)))
    return [(notice.why, notice.alert.status.value) for notice in channel.notices]


def standing_as(store: MemoryStore, item: Alert, **changes: object) -> None:
    known = store.read_alerts([item.key])[item.key]
    store.write_alerts([AlertWrite(structs.replace(known.alert, **changes), known.version)])


def test_a_channel_that_keeps_incidents_is_notified_of_the_close_once() -> None:
    item, hook = owing(), Channel("webhook")
    store = stored(item)
    told(item, store, hook)
    standing_as(store, item, status=AlertStatus.CLOSED)
    told(item, store, hook)
    assert told(item, store, hook) == [("new", "open"), ("closed", "closed")]
    assert read(store, item).pending == ()
    standing_as(store, item, status=AlertStatus.OPEN, occurrence=2)
    assert told(item, store, hook)[2:] == [("reopened", "open")]
    standing_as(store, item, status=AlertStatus.RETRACTED)
    assert told(item, store, hook)[3:] == [("closed", "retracted")]


@pytest.mark.parametrize("name", ["sns", "webhook"])
def test_a_close_of_what_no_channel_heard_of_is_silent(name: str) -> None:
    item, hook = owing(status=AlertStatus.CLOSED), Channel(name)
    assert told(item, stored(item), hook) == []


def test_other_channels_hear_of_no_close() -> None:
    item, channel = owing(), Channel("sns")
    store = stored(item)
    told(item, store, channel)
    standing_as(store, item, status=AlertStatus.CLOSED)
    assert told(item, store, channel) == [("new", "open")]
