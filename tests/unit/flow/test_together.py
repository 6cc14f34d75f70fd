"""A pair and its side: one message, under the leases of both, whoever crashes, fails or comes second."""

from datetime import timedelta

import pytest
from msgspec import structs

from gatewatch.errors import NotifyUnavailable
from gatewatch.model import Alert, Lease, Severity
from gatewatch.ports import AlertWrite
from gatewatch.stores.memory import MemoryStore
from tests.builders.alerts import alert, changed, key
from tests.builders.aws import login
from tests.builders.common import ALICE, activity
from tests.builders.entra import risky
from tests.unit.flow.test_delivery import NOW, Channel, bundle, deliver, read

PAIR, SIDE = key(ALICE, family="xcloud", account=""), key("U-1", family="entra", account="tenant")
IDS = ("aws|00000001", "entra|r-1")


def two() -> tuple[Alert, Alert]:
    """The pair, critical, and its Entra side, high."""
    pair = alert(
        PAIR, event=login(1), partner=activity(risky("high")), score=92, severity=Severity.CRITICAL, event_ids=IDS, pending=("sns",)
    )
    side = alert(SIDE, event=risky("high"), score=60, severity=Severity.HIGH, pending=("sns",))
    return changed(pair, shared_with=(SIDE,)), changed(side, shared_with=(PAIR,))


def stored(*alerts: Alert) -> MemoryStore:
    store = MemoryStore()
    store.write_alerts([AlertWrite(item, None) for item in alerts])
    return store


def leased(item: Alert, owner: str = "other", until: timedelta = timedelta(minutes=1)) -> Alert:
    return structs.replace(item, leases=(Lease(channel="sns", occurrence=1, owner=owner, until=NOW + until),))


def sent(channel: Channel) -> list[tuple[str, list[str]]]:
    return [(notice.alert.key.family, [other.key.family for other in notice.together]) for notice in channel.notices]


@pytest.mark.parametrize("keys", [[PAIR], [SIDE], [PAIR, SIDE], [SIDE, PAIR]], ids=["pair", "side", "both", "side-first"])
def test_whichever_is_asked_for_the_pair_speaks_for_both(keys: list) -> None:
    pair, side = two()
    store, channel = stored(pair, side), Channel("sns")
    deliver(keys, bundle(store, channel))
    assert sent(channel) == [("xcloud", ["entra"])]
    assert [(read(store, item).pending, read(store, item).leases) for item in (pair, side)] == [((), ()), ((), ())]
    assert [entry.notified_by for item in (pair, side) for entry in read(store, item).notification_log] == [None, pair.id]
    assert deliver([PAIR, SIDE], bundle(store, channel)) == []


def test_a_crash_before_the_marks_repeats_one_message_and_no_other() -> None:
    pair, side = two()
    store, channel = stored(pair, side), Channel("sns")
    with pytest.raises(KeyboardInterrupt):
        deliver([PAIR, SIDE], bundle(store, Channel("sns", KeyboardInterrupt())))
    deliver([PAIR, SIDE], bundle(store, channel, worker="w2"))
    assert channel.notices == []
    deliver([PAIR, SIDE], bundle(store, channel, worker="w2", now=NOW + timedelta(minutes=3)))
    assert sent(channel) == [("xcloud", ["entra"])]


def test_a_channel_that_fails_leaves_both_pending_without_a_lease() -> None:
    pair, side = two()
    store = stored(pair, side)
    deliver([SIDE], bundle(store, Channel("sns", NotifyUnavailable("away"))))
    after = [read(store, item) for item in (pair, side)]
    assert [(item.pending, item.leases, item.notification_log) for item in after] == [(("sns",), (), ())] * 2


def test_who_holds_the_pair_speaks_and_the_side_waits_and_is_marked() -> None:
    pair, side = two()
    store, channel = stored(leased(pair), side), Channel("sns")
    deliver([SIDE], bundle(store, channel))
    assert (channel.notices, read(store, side).leases) == ([], ())
    deliver([PAIR], bundle(store, channel, now=NOW + timedelta(minutes=2)))
    assert sent(channel) == [("xcloud", ["entra"])]


def test_a_side_that_another_worker_holds_needs_no_message_afterwards() -> None:
    pair, side = two()
    store, channel = stored(pair, leased(side)), Channel("sns")
    deliver([PAIR], bundle(store, channel))
    assert sent(channel) == [("xcloud", [])]
    deliver([SIDE], bundle(store, channel, now=NOW + timedelta(minutes=2)))
    assert len(channel.notices) == 1
    assert [(entry.notified_by, entry.why) for entry in read(store, side).notification_log] == [(pair.id, "new")]


def test_alerts_that_share_no_event_are_two_messages() -> None:
    pair, side = two()
    store, channel = stored(changed(pair, event_ids=("aws|00000001",)), changed(side, event_ids=("entra|other",))), Channel("sns")
    deliver([PAIR, SIDE], bundle(store, channel))
    assert sent(channel) == [("xcloud", []), ("entra", [])]
