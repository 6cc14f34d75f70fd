"""Who speaks for the alerts of one story on a channel: under which leases, beside whom, and for whom no message is needed."""

from collections.abc import Sequence
from typing import Any

import pytest

from gatewatch.alerts.news import MAX_NEWS
from gatewatch.alerts.together import Plan, plan
from gatewatch.model import Alert, AlertEvent, AlertStatus, GroupKey, NotificationEntry, Severity
from gatewatch.tuning import Tuning
from tests.builders.alerts import alert, key
from tests.builders.common import ALICE, minutes

PAIR, SIDE = key(ALICE, family="xcloud", account=""), key("U-1", family="entra", account="tenant")


def entry(*events: str, channel: str = "sns", why: str = "new", addresses: Sequence[str] = ()) -> NotificationEntry:
    return NotificationEntry(
        occurrence=1, at=minutes(1), channel=channel, severity=Severity.CRITICAL, why=why, event_ids=events, addresses=tuple(addresses)
    )


def drawn(group: GroupKey, *ids: str, score: int = 60, **changes: Any) -> Alert:
    """An alert of these events, each from its own address, and of one that its story has in common."""
    rows = tuple(AlertEvent(id=one, time=minutes(1), rule="r", score=score, address=f"of {one}") for one in ids)
    other = SIDE if group == PAIR else PAIR
    fields = {"event_ids": (*ids, "common"), "score": score, "shared_with": (other,), **changes}
    return alert(group, events=rows, **fields)


def planned(*alerts: Alert, held: Sequence[GroupKey] = (PAIR, SIDE), channel: str = "sns") -> Plan:
    return plan(channel, {each.key: each for each in alerts}, held, Tuning())


def spoken(found: Plan) -> list[tuple[GroupKey, list[GroupKey]]]:
    return [(one.lead.key, [part.key for part in one.followers]) for one in found.dispatches]


HELD = [
    pytest.param([PAIR, SIDE], [(PAIR, [SIDE])], id="both"),
    pytest.param([PAIR], [(PAIR, [])], id="the highest"),
    pytest.param([SIDE], [], id="another worker speaks for the highest"),
    pytest.param([], [], id="none"),
]


@pytest.mark.parametrize("naming", [(PAIR, SIDE), (PAIR,), (SIDE,)], ids=["each names the other", "the pair names", "the side names"])
@pytest.mark.parametrize(("held", "messages"), HELD)
def test_the_highest_speaks_where_it_is_held(held: list[GroupKey], messages: list[Any], naming: tuple[GroupKey, ...]) -> None:
    pair = drawn(PAIR, "e1", "e2", score=90, shared_with=(SIDE,) if PAIR in naming else ())
    side = drawn(SIDE, "e1", shared_with=(PAIR,) if SIDE in naming else ())
    assert spoken(planned(side, pair, held=held)) == spoken(planned(pair, side, held=held)) == messages


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("log", [(), (entry("e0", addresses=["of e0"]),)], ids=["new", "a new address"])
def test_what_another_message_showed_needs_none(log: tuple[NotificationEntry, ...], held: bool) -> None:
    pair = drawn(PAIR, "e1", score=90, notification_log=(entry("e1", "common", addresses=["of e1"]),))
    side = drawn(SIDE, "e1", notification_log=log, event_ids=("e1",) if log else ("e1", "common"))
    found = planned(pair, side, held=[SIDE] if held else [])
    assert [(one.part.key, one.by) for one in found.satisfied] == ([(SIDE, pair.id)] if held else [])
    assert found.dispatches == ()


@pytest.mark.parametrize("held", [True, False])
def test_an_end_is_sent_by_who_holds_the_alert(held: bool) -> None:
    ended = drawn(SIDE, "e1", status=AlertStatus.CLOSED, notification_log=(entry("e1", channel="webhook"),))
    found = planned(ended, held=[SIDE] if held else [], channel="webhook")
    assert [(one.lead.key, one.lead.why) for one in found.dispatches] == ([(SIDE, "closed")] if held else [])


@pytest.mark.parametrize(("more", "messages"), [(5, [(PAIR, [SIDE])]), (6, [(PAIR, []), (SIDE, [])])], ids=["room", "no room"])
def test_another_alert_is_shown_beside_the_highest_while_there_is_room(more: int, messages: list[Any]) -> None:
    first = [f"e{number:02}" for number in range(MAX_NEWS - 5)]
    assert spoken(planned(drawn(PAIR, *first, score=90), drawn(SIDE, *(f"f{number}" for number in range(more))))) == messages


@pytest.mark.parametrize(
    ("status", "named"),
    [(AlertStatus.OPEN, True), (AlertStatus.CLOSED, True), (AlertStatus.RETRACTED, False), (AlertStatus.MERGED, False)],
)
def test_an_alert_of_the_story_is_named_unless_it_is_no_alert_any_more(status: AlertStatus, named: bool) -> None:
    side = drawn(SIDE, "e1", status=status, notification_log=(entry("e1", addresses=["of e1"]),))
    [only] = planned(drawn(PAIR, "e1", "e2", score=90), side).dispatches
    assert (only.followers, only.related) == ((), (SIDE,) if named else ())
