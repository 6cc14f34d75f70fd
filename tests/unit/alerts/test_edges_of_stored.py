"""What becomes of an alert that is stored already, at the edges: out of sight, folded, closed by a responder, announced before."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.alerts.compute import changes
from gatewatch.alerts.group import alert_id
from gatewatch.alerts.reading import Reading
from gatewatch.alerts.responses import make_response
from gatewatch.alerts.state import AlertInputs, with_responses
from gatewatch.model import (
    Alert,
    AlertStatus,
    Announcement,
    Event,
    Evidence,
    GroupKey,
    Place,
    Response,
    ResponseKind,
    Severity,
)
from gatewatch.ports import Stored
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning
from tests.builders.alerts import changed
from tests.builders.announcements import announcement
from tests.builders.common import NOON, minutes, stored
from tests.builders.entra import found, risky
from tests.laws.stage import CHANNEL
from tests.support.alert_story import Story


def inputs(**changes: Any) -> AlertInputs:
    return AlertInputs(**{"now": minutes(99), "tuning": Tuning(), "channels": (CHANNEL,), **changes})


def standing(*events: Event) -> tuple[list[Evidence], Alert]:
    evidence = [stored(event) for event in events]
    story = Story()
    story.comes(*events)
    return evidence, story.only()


def key_of(event: Event) -> GroupKey:
    """The group in which this event alerts."""
    return Story().comes(event).only().key


def then(alert: Alert, evidence: list[Evidence], **changes: Any) -> list[Alert]:
    writes = changes_of(alert, evidence, **changes)
    return [write.alert for write in writes]


def changes_of(alert: Alert, evidence: list[Evidence], **more: Any) -> Any:
    return changes(Reading(evidence=tuple(evidence)), {alert.key: Stored(alert, "1")}, inputs(**more))


def test_nothing_is_written_when_nothing_changed() -> None:
    evidence, alert = standing(risky())
    assert then(alert, evidence) == []


def test_groups_that_were_not_read_are_not_touched() -> None:
    evidence, _ = standing(risky())
    assert changes(Reading(evidence=tuple(evidence)), {}, inputs()) == []


def test_once_truncated_stays_said() -> None:
    evidence, alert = standing(risky())
    assert not alert.truncated
    [cut] = then(alert, evidence, truncated=frozenset({alert.key}))
    assert cut.truncated
    assert then(cut, evidence) == []


def test_a_truncated_group_without_events_is_left_as_it_was() -> None:
    _, alert = standing(risky())
    assert then(alert, [], truncated=frozenset({alert.key})) == []
    assert [a.status for a in then(alert, [])] == [AlertStatus.RETRACTED]


def test_the_truncated_are_never_folded() -> None:
    """Its own events may merely be out of sight; who has them now says nothing of it."""
    _, alert = standing(found(at=minutes(12 * 60 - 1)))
    moved = [stored(found(at=minutes(12 * 60 - 1))), stored(risky("none", at=minutes(12 * 60 + 1)))]
    target = structs.replace(alert.key, day="2026-03-15")
    read = {alert.key: Stored(alert, "1"), target: None}
    [write] = changes(Reading(evidence=tuple(moved)), read, inputs(truncated=frozenset({alert.key})))
    assert (write.alert.key, write.alert.replaces) == (target, ())
    assert [w.alert.replaces for w in changes(Reading(evidence=tuple(moved)), read, inputs()) if w.alert.key == target] == [(alert.id,)]


def lowered(before: Alert, evidence: list[Evidence], **changes: Any) -> Alert:
    [after] = then(before, evidence, truncated=frozenset({before.key}), **changes)
    return after


def test_what_is_out_of_sight_lowers_no_score_within_a_severity_either() -> None:
    """49 and 57 are one severity."""
    _, before = standing(risky(risk_types=("a", "b")))
    after = lowered(before, [stored(risky(request="R-2"))])
    assert before.score > 47
    assert (after.score, after.lead, after.snapshot.components, after.snapshot.event_ids) == (
        before.score,
        before.lead,
        before.snapshot.components,
        ("entra|r-2",),
    )


def test_what_is_out_of_sight_still_rises() -> None:
    _, before = standing(risky())
    assert lowered(before, [stored(risky("high"))]).score == 73
    assert lowered(before, [stored(risky(request="R-2"))]).lead.id == "entra|r-2"


QUIET = AllowlistEntry(
    id="al-1", match=AllowlistMatch(cidr="198.51.100.0/24"), rules=("*",), expires=NOON + timedelta(days=9), reason="r", owner="o"
)


def test_what_is_out_of_sight_silences_and_closes_nothing() -> None:
    _, before = standing(risky(place=Place(address="203.0.113.9", ip="203.0.113.9")))
    allowed = lowered(before, [stored(risky(request="R-2"))], tuning=Tuning(allowlist=(QUIET,)))
    assert (allowed.snapshot.suppressed, allowed.snapshot.suppressed_by, allowed.status) == (False, None, AlertStatus.OPEN)
    seen = [stored(risky(request="R-2"), fetched=NOON), stored(risky(request="R-2", state="dismissed"), fetched=minutes(1))]
    assert lowered(before, seen).status is AlertStatus.OPEN


@pytest.mark.parametrize("change", [{"suppressed": True}, {"status": AlertStatus.CLOSED}], ids=["suppressed", "closed"])
def test_what_was_silent_is_what_it_is_now(change: dict[str, Any]) -> None:
    _, before = standing(risky())
    seen = [stored(risky(request="R-2"), fetched=NOON), stored(risky(request="R-2", state="dismissed"), fetched=minutes(1))]
    after = lowered(changed(before, **change), seen, tuning=Tuning(allowlist=(QUIET,)))
    assert (after.snapshot.suppressed, after.status) == (True, AlertStatus.CLOSED)


def test_a_fold_with_two_targets_names_the_first() -> None:
    story = Story().comes(found(at=minutes(60)), found(request="R-2", number=2, at=minutes(61)))
    before = story.only()
    story.comes(risky("none", "R-1", at=minutes(24 * 60)), risky("none", "R-2", at=minutes(48 * 60)))
    first, second, third = story.alerts()
    assert (first.id, first.status, first.merged_into) == (before.id, AlertStatus.MERGED, second.id)
    assert [(a.key.day, a.replaces) for a in (second, third)] == [("2026-03-15", (before.id,)), ("2026-03-16", ())]
    story.comes(risky("none", "R-9", at=minutes(24 * 60 + 1)), found(request="R-9", number=9, at=minutes(24 * 60 + 1)))
    assert story.alerts()[1].replaces == (before.id,)


# --- what responders did


def closed_by_kim(alert: Alert, **changes: Any) -> Response:
    return structs.replace(make_response(alert, ResponseKind.CLOSE, at=minutes(9), claimed_by="kim", reason="r"), **changes)


@pytest.mark.parametrize("status", [AlertStatus.RETRACTED, AlertStatus.MERGED])
def test_closing_what_is_gone_does_not_bring_it_back(status: AlertStatus) -> None:
    _, alert = standing(risky())
    gone = structs.replace(alert, status=status)
    closed = with_responses(gone, [closed_by_kim(gone)])
    assert (closed.status, closed.closing is not None) == (status, True)


def test_a_responders_close_survives_a_rise_that_closed_by_itself() -> None:
    story = Story().comes(risky()).closes()
    story.comes(risky("high"), risky("high", state="dismissed", updated=minutes(50)))
    alert = story.only()
    assert (alert.status, alert.score, alert.closing is not None, alert.occurrence) == (AlertStatus.CLOSED, 73, True, 1)


def test_closed_twice_is_one_opening() -> None:
    story = Story().comes(risky("high"))
    for detail in ("a", "b"):
        story.comes(risky("high", state="dismissed", risk_detail=detail))
    assert (story.only().status, story.only().occurrence, story.told()) == (AlertStatus.CLOSED, 1, ["new"])


def test_a_close_of_unknown_severity_covers_nothing() -> None:
    evidence, alert = standing(risky())
    response = closed_by_kim(alert, severity=None)
    [after] = then(structs.replace(alert, status=AlertStatus.CLOSED, responses=(response,)), evidence)
    assert (after.status, after.occurrence, after.responses) == (AlertStatus.OPEN, 2, (response,))


# --- what people heard while the index was away


def heard(
    key: GroupKey, channel: str, *, events: tuple[str, ...] = ("entra|r-1",), severity: Severity = Severity.MEDIUM
) -> dict[GroupKey, list[Announcement]]:
    return {key: [announcement(channel, key=key, at=minutes(1), severity=severity, event_ids=events)]}


def test_an_announcement_is_entered_and_nobody_is_told_twice() -> None:
    key = key_of(risky())
    story = Story().comes(risky(), announced=heard(key, CHANNEL))
    alert = story.only()
    assert [(t.channel, t.at, t.why, t.occurrence, t.event_ids) for t in alert.notification_log] == [
        (CHANNEL, minutes(1), "new", 1, ("entra|r-1",))
    ]
    assert (story.told(), alert.pending) == ([], ())
    story.comes(risky(), announced=heard(key, CHANNEL))
    assert story.only() == alert


def test_an_announcement_counts_for_its_channels_and_its_severity() -> None:
    key = key_of(risky())
    story = Story().comes(risky("high"), announced=heard(key, "other"))
    assert (story.told(), [t.channel for t in story.only().notification_log]) == (["new"], ["other", CHANNEL])
    story = Story().comes(risky("high"), announced=heard(key, CHANNEL))
    assert story.told() == ["raised"]


def test_an_announcement_of_another_event_is_one_more_line() -> None:
    key = key_of(risky())
    story = Story().comes(risky())
    story.comes(risky(request="R-2", place=Place(address="203.0.113.9")), announced=heard(key, CHANNEL, events=("entra|r-2",)))
    assert [t.event_ids for t in story.only().notification_log][:2] == [("entra|r-1",), ("entra|r-2",)]


def test_an_announcement_of_another_group_is_not_this_ones() -> None:
    key = structs.replace(key_of(risky()), principal="U-9")
    assert Story().comes(risky(), announced=heard(key, CHANNEL)).told() == ["new"]


def test_the_id_of_an_alert_is_for_ever() -> None:
    """Every writer finds the same document; another id would leave what is stored behind."""
    assert alert_id(key_of(risky())) == "65b9f53f3a5416ae3862c567168d3c8b3e1b43d59f99c7119c97c6bdbba8d8e4"
