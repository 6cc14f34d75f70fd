"""What an alert remembers beside its evidence: what was announced, what is pending, what it replaces, what responders said."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.alerts.compute import compute
from gatewatch.alerts.group import Computed
from gatewatch.alerts.reading import Reading
from gatewatch.alerts.state import AlertInputs, informed, is_logged, renew, with_responses
from gatewatch.model import Alert, AlertEvent, AlertStatus, Announcement, NotificationEntry, ResponseKind, Severity
from gatewatch.tuning import Tuning
from tests.builders.alerts import alert, key
from tests.builders.aws import login
from tests.builders.common import NOON, minutes, stored
from tests.builders.responses import close, reopen, respond

HOUR = minutes(60)


def entry(*events: str, severity: Severity = Severity.MEDIUM, occurrence: int = 1, **changes: Any) -> NotificationEntry:
    fields: dict[str, Any] = {"channel": "sns", "why": "new", "addresses": ("a1",), **changes}
    return NotificationEntry(occurrence=occurrence, at=minutes(1), severity=severity, event_ids=events, **fields)


def announced(*events: str, why: str = "new") -> Announcement:
    return Announcement(key=key(), at=minutes(2), channel="sns", severity=Severity.MEDIUM, why=why, event_ids=events, addresses=("a1",))


LOGGED = [
    pytest.param([entry("e1", "e2", severity=Severity.HIGH)], announced("e1"), True, id="more, and higher"),
    pytest.param([entry("e1"), entry("e2")], announced("e1", "e2"), True, id="in two parts"),
    pytest.param([entry("e1", severity=Severity.LOW)], announced("e1"), False, id="lower"),
    pytest.param([entry("e1")], announced("e1", "e2"), False, id="less"),
    pytest.param([entry("e1", channel="teams")], announced("e1"), False, id="on another channel"),
    pytest.param([entry("e1", why="closed")], announced("e1"), False, id="an end is no notification"),
    pytest.param([], announced(), False, id="nothing of nothing"),
    pytest.param([entry("e1", why="closed")], announced("e1", why="closed"), True, id="the end"),
    pytest.param([entry("e1")], announced("e1", why="closed"), False, id="no end"),
    pytest.param([entry("e1", why="closed", occurrence=2)], announced("e1", why="closed"), False, id="another occurrence's end"),
]


@pytest.mark.parametrize(("log", "announcement", "logged"), LOGGED)
def test_what_the_log_knows(log: list[NotificationEntry], announcement: Announcement, logged: bool) -> None:
    assert is_logged(alert(notification_log=tuple(log)), announcement) is logged


def inputs(**changes: Any) -> AlertInputs:
    return AlertInputs(**{"now": HOUR, "tuning": Tuning(), "channels": ("sns",), **changes})


def test_what_was_announced_is_logged_once() -> None:
    before = alert(pending=("sns",), pending_reason="new")
    given = inputs(announcements={before.key: [announced(*before.snapshot.event_ids)]}, policy_version=3, engine="7")
    found = informed(before, given)
    assert [each.at for each in found.notification_log] == [minutes(2)]
    assert (found.pending, found.pending_reason, found.updated, found.policy_version, found.engine) == ((), None, HOUR, 3, "7")
    assert informed(found, structs.replace(given, now=minutes(90))) is found


@pytest.mark.parametrize(
    ("status", "changes", "pending"),
    [
        pytest.param(AlertStatus.OPEN, {}, ("sns",), id="a channel is wired"),
        pytest.param(AlertStatus.OPEN, {"channels": ()}, ("teams",), id="nobody knows the channels"),
        pytest.param(AlertStatus.OPEN, {"channels": (), "policy_version": 1}, (), id="a policy says that there are none"),
        pytest.param(AlertStatus.CLOSED, {"channels": ()}, (), id="the end of an alert ends it"),
    ],
)
def test_what_is_pending_is_decided_by_who_knows(status: AlertStatus, changes: dict[str, Any], pending: tuple[str, ...]) -> None:
    assert informed(alert(status=status, pending=("teams",), pending_reason="new"), inputs(**changes)).pending == pending


def computed() -> Computed:
    [found] = compute(Reading(evidence=(stored(login()),)), Tuning(), NOON).values()
    return found


def renewed(before: Alert | None, **changes: Any) -> Alert:
    return renew(computed(), before, inputs(**changes), ["b"])


def test_an_alert_remembers_all_that_it_replaces() -> None:
    first = renewed(None)
    assert (first.replaces, first.policy_version) == (("b",), 0)
    assert renewed(structs.replace(first, replaces=("a", "c"))).replaces == ("a", "b", "c")


def test_a_close_that_came_first_closes_the_first_alert() -> None:
    seen = computed().snapshot
    covering = close(severity=seen.severity, event_ids=seen.event_ids, event_count=1)
    found = renewed(None, responses={seen.key: [covering]})
    assert (found.status, found.occurrence, found.responses) == (AlertStatus.CLOSED, 1, (covering,))
    again = renewed(found, responses={seen.key: [reopen(at=covering.at + timedelta(minutes=1))]})
    assert (again.status, again.occurrence) == (AlertStatus.OPEN, 2)
    assert renewed(again).occurrence == 2


def test_only_a_close_that_covers_an_alert_ends_what_is_pending() -> None:
    before = alert(pending=("sns",), pending_reason="new")
    fields = {"event_ids": before.snapshot.event_ids, "event_count": 1}
    low, covering = (close(severity=severity, **fields) for severity in (Severity.LOW, before.severity))
    kept, ended = (with_responses(before, [response]) for response in (low, covering))
    assert (kept.status, kept.pending, kept.pending_reason) == (AlertStatus.OPEN, ("sns",), "new")
    assert (ended.status, ended.pending, ended.pending_reason) == (AlertStatus.CLOSED, (), None)


def event(name: str, **changes: Any) -> AlertEvent:
    return AlertEvent(id=name, time=NOON, rule="aws_console_login_no_mfa", score=40, address="a1", **changes)


def test_a_read_that_was_cut_keeps_the_open_events_that_it_did_not_meet() -> None:
    first = renewed(None)
    unread = (event("open"), event("closed", closed=True), event("suppressed", suppressed_by="vpn"))
    before = structs.replace(first, snapshot=structs.replace(first.snapshot, events=(*first.snapshot.events, *unread)))
    found = renewed(before, truncated=frozenset({first.key}))
    assert [row.id for row in found.snapshot.events] == [*(row.id for row in first.snapshot.events), "open"]


def test_an_answer_that_decides_nothing_changes_nothing_else() -> None:
    before = alert(pending=("sns",), pending_reason="new")
    covering = close(severity=before.severity, event_ids=before.snapshot.event_ids, event_count=1)
    known = structs.replace(before, responses=(covering,))
    comment = respond(ResponseKind.COMMENT, at=covering.at + timedelta(minutes=1))
    assert with_responses(known, [comment]) == structs.replace(known, responses=(covering, comment))


def test_a_close_need_not_cover_what_is_closed() -> None:
    before = alert(events=(event("e1", closed=True), event("e2")), event_ids=("e1", "e2"))
    covering = close(severity=before.severity, event_ids=("e2",), event_count=1)
    assert with_responses(before, [covering]).status is AlertStatus.CLOSED
    assert with_responses(before, [structs.replace(covering, event_ids=("e1",))]).status is AlertStatus.OPEN
