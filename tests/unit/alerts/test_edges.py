"""The edges of linking, grouping, closing and telling: where one off, one left out or one turned round would show."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.alerts.activities import activities
from gatewatch.alerts.compute import changes, compute
from gatewatch.alerts.group import MAX_ADDRESSES, MAX_EVENT_IDS, MAX_EVENT_ROWS, MAX_RELATED, alert_id
from gatewatch.alerts.reading import Reading
from gatewatch.alerts.responses import make_response
from gatewatch.alerts.state import AlertInputs, with_responses
from gatewatch.alerts.versions import is_closed
from gatewatch.model import (
    Alert,
    AlertStatus,
    Announcement,
    Event,
    Evidence,
    Fact,
    GroupKey,
    Place,
    Response,
    ResponseKind,
    Severity,
    Snapshot,
)
from gatewatch.ports import Stored
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning
from tests.builders.alerts import changed
from tests.builders.announcements import announcement
from tests.builders.aws import failure, login, saml
from tests.builders.common import ALICE, NOON, minutes, stored
from tests.builders.endpoint import typed
from tests.builders.entra import found, risky, sign_in
from tests.laws.stage import CHANNEL
from tests.support.alert_story import Story


def at(address: str | None, ip: str | None = None) -> Place:
    return Place(address=address, ip=ip)


def drawn(*events: Event | Evidence, **tuning: Any) -> Snapshot:
    evidence = [item if isinstance(item, Evidence) else stored(item) for item in events]
    [only] = compute(Reading(evidence=tuple(evidence)), Tuning(**tuning), NOON).values()
    return only.snapshot


# --- grouping


def test_a_flood_is_counted_whole_and_listed_within_bounds() -> None:
    assert (MAX_EVENT_ROWS, MAX_EVENT_IDS, MAX_ADDRESSES, MAX_RELATED) == (50, 2_000, 200, 200)
    flood = [risky(request=f"R-{n}", at=NOON + timedelta(seconds=n), place=at(f"a{n % 201}")) for n in range(2_001)]
    snapshot = drawn(*flood)
    assert (snapshot.event_count, len(snapshot.event_ids), len(snapshot.events), len(snapshot.addresses)) == (2_001, 2_000, 50, 200)


def test_related_evidence_is_bounded() -> None:
    assert len(drawn(*(failure(n, 1) for n in range(201)), login(900, at=minutes(2))).related_ids) == 200


def test_addresses_are_the_parsed_ones_and_else_what_the_vendor_wrote() -> None:
    with_port, without_ip = at("198.51.100.7:443", "198.51.100.7"), at("AWS Internal")
    snapshot = drawn(risky(place=with_port), risky(request="R-2", place=without_ip), risky(request="R-3", place=at(None, "192.0.2.9")))
    assert snapshot.addresses == ("192.0.2.9", "198.51.100.7", "AWS Internal")
    assert [row.address for row in snapshot.events] == ["198.51.100.7", "AWS Internal", "192.0.2.9"]


def test_the_person_of_a_group_is_the_one_of_its_first_event() -> None:
    renamed = structs.replace(risky(request="R-2", at=minutes(9)), person="bob@contoso.example")
    assert drawn(renamed, risky()).person == ALICE


def test_an_endpoint_has_no_account() -> None:
    alert = Story().comes(typed(0)).only()
    assert (alert.key.family, alert.key.account, alert.snapshot.person) == ("endpoint", "", ALICE)


# --- linking and versions


LINKS = [
    pytest.param(
        sign_in("R-1", place=at("a1"), user_id=None), {}, None, id="a-sign-in-without-a-user-takes-none-by-correlation-or-address"
    ),
    pytest.param(sign_in("R-1", place=at("a1"), account=None), {"account": None}, "entra|r-1", id="unknown-tenants-are-one-tenant"),
    pytest.param(sign_in("R-1", place=at("a1"), account="other"), {}, None, id="another-tenant"),
    pytest.param(sign_in("R-1", place=at("a1:1", "a1")), {}, "entra|r-1", id="the-parsed-address-counts"),
    pytest.param(sign_in("R-1", place=at(None, "a1")), {}, "entra|r-1", id="parsed-only"),
]


@pytest.mark.parametrize(("other", "mine", "home"), LINKS)
def test_a_detection_by_address_belongs_to(other: Event, mine: dict[str, Any], home: str | None) -> None:
    risk = found(request=None, place=at("a1"), **mine)
    homes = [a.id for a in activities([stored(risk), stored(other)], Tuning()) if risk.vendor_id in a.members]
    assert homes == [home or risk.vendor_id]


def test_the_newest_version_says_when_it_happened() -> None:
    first, second = stored(risky(at=minutes(5)), fetched=NOON), stored(risky(at=minutes(9)), fetched=minutes(1))
    assert [a.time for a in activities([second, first], Tuning())] == [minutes(9)]


@pytest.mark.parametrize(
    ("state", "closed"), [("remediated", False), ("dismissed", True), ("confirmedsafe", True), ("atrisk", False)], ids=str
)
def test_what_closes_when_remediation_does_not(state: str, closed: bool) -> None:
    assert is_closed(risky(state=state), Tuning(remediated_closes=False)) is closed


def test_a_login_never_closes() -> None:
    assert not is_closed(login(), Tuning())


def test_a_sign_in_is_seen_open_through_its_detection() -> None:
    story = Story().comes(risky("none", state="dismissed"), found("high")).comes(found("high", state="dismissed"))
    alert = story.only()
    assert (alert.status, alert.score, alert.snapshot.event_ids) == (AlertStatus.CLOSED, 73, ("entra|r-1",))


USER_LEVEL = [
    pytest.param([found("high", None), found("low", None, state="dismissed")], (AlertStatus.CLOSED, 73), id="keeps-what-was-last-open"),
    pytest.param([found("high", None), found("medium", None)], (AlertStatus.OPEN, 47), id="the-newest-speaks-while-open"),
    pytest.param([found("high", None, state="dismissed")], None, id="never-seen-open"),
]


@pytest.mark.parametrize(("versions", "expected"), USER_LEVEL)
def test_a_user_level_detection(versions: list[Event], expected: tuple[AlertStatus, int] | None) -> None:
    story = Story()
    for number, version in enumerate(versions):
        story.comes(structs.replace(version, updated=minutes(number)))
    assert [(alert.status, alert.score) for alert in story.alerts()] == ([expected] if expected else [])


# --- windows and pairs

FAILURES = ("aws_console_login_no_mfa", "aws_console_success_after_failures")
SECOND = NOON.replace(microsecond=0)
WINDOWS = [
    pytest.param(SECOND, True, id="the-same-moment"),
    pytest.param(SECOND.replace(microsecond=999_999), True, id="the-end-of-the-same-second"),
    pytest.param(SECOND + timedelta(seconds=1), False, id="the-next-second"),
    pytest.param(SECOND - timedelta(minutes=15), True, id="fifteen-minutes"),
    pytest.param(SECOND - timedelta(minutes=15, microseconds=1), False, id="more-than-fifteen"),
]


@pytest.mark.parametrize(("tried", "counts"), WINDOWS)
def test_the_window(tried: Any, counts: bool) -> None:
    tries = [structs.replace(failure(n, 0), time=tried) for n in range(1, 6)]
    assert (drawn(*tries, login(9, at=SECOND)).rules == FAILURES) is counts


def test_authorizations_and_failures_are_related_and_other_logins_are_not() -> None:
    authorized = login(2, at=minutes(1), event_name="AuthorizeOAuth2Access", mfa_used=Fact.UNKNOWN)
    with_mfa = login(3, at=minutes(2), mfa_used=Fact.PRESENT)
    snapshot = drawn(authorized, with_mfa, failure(4, 3), login(9, at=minutes(4)))
    assert (snapshot.event_ids, snapshot.related_ids) == (("aws|00000009",), ("aws|00000002", "aws|00000004"))


def test_failures_are_related_to_what_no_rule_looks_around_for_too() -> None:
    changes = {"event_name": "SwitchRole", "switch_from_account": "999999999999", "mfa_used": Fact.UNKNOWN}
    snapshot = drawn(failure(4, 3), login(9, at=minutes(4), action="SwitchRole", **changes))
    assert (snapshot.rules, snapshot.related_ids) == (("aws_switch_role_cross_account",), ("aws|00000004",))


PAIRS = [
    pytest.param(risky("high"), saml(60), 98, id="exactly-an-hour"),
    pytest.param(risky("high"), structs.replace(saml(60), time=minutes(60) + timedelta(microseconds=1)), None, id="more-than-an-hour"),
    pytest.param(typed(0), saml(60), 31, id="command-line-exactly-an-hour"),
    pytest.param(risky("high", at=minutes(5)), saml(0), 98, id="five-minutes-ahead"),
]


@pytest.mark.parametrize(("one", "other", "score"), PAIRS)
def test_pairs(one: Event, other: Event, score: int | None) -> None:
    found_alerts = [a for a in Story().comes(one, other).alerts() if a.key.family == "xcloud"]
    assert [a.score for a in found_alerts] == ([] if score is None else [score])


def test_a_pair_closes_with_its_risk_whichever_came_first() -> None:
    story = Story().comes(saml(0), risky("high", at=minutes(3))).comes(risky("high", at=minutes(3), state="dismissed"))
    assert story.only("xcloud").status is AlertStatus.CLOSED


# --- what was stored before


def inputs(**changes: Any) -> AlertInputs:
    return AlertInputs(**{"now": minutes(99), "tuning": Tuning(), "channels": (CHANNEL,), **changes})


def standing(*events: Event) -> tuple[list[Evidence], Alert]:
    evidence = [stored(event) for event in events]
    story = Story()
    story.comes(*events)
    return evidence, story.only()


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
    _, before = standing(risky(place=at("203.0.113.9", "203.0.113.9")))
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
    key = drawn(risky()).key
    story = Story().comes(risky(), announced=heard(key, CHANNEL))
    alert = story.only()
    assert [(t.channel, t.at, t.why, t.occurrence, t.event_ids) for t in alert.notification_log] == [
        (CHANNEL, minutes(1), "new", 1, ("entra|r-1",))
    ]
    assert (story.told(), alert.pending) == ([], ())
    story.comes(risky(), announced=heard(key, CHANNEL))
    assert story.only() == alert


def test_an_announcement_counts_for_its_channels_and_its_severity() -> None:
    key = drawn(risky()).key
    story = Story().comes(risky("high"), announced=heard(key, "other"))
    assert (story.told(), [t.channel for t in story.only().notification_log]) == (["new"], ["other", CHANNEL])
    story = Story().comes(risky("high"), announced=heard(key, CHANNEL))
    assert story.told() == ["raised"]


def test_an_announcement_of_another_event_is_one_more_line() -> None:
    key = drawn(risky()).key
    story = Story().comes(risky())
    story.comes(risky(request="R-2", place=at("203.0.113.9")), announced=heard(key, CHANNEL, events=("entra|r-2",)))
    assert [t.event_ids for t in story.only().notification_log][:2] == [("entra|r-1",), ("entra|r-2",)]


def test_an_announcement_of_another_group_is_not_this_ones() -> None:
    key = structs.replace(drawn(risky()).key, principal="U-9")
    assert Story().comes(risky(), announced=heard(key, CHANNEL)).told() == ["new"]


def test_the_id_of_an_alert_is_for_ever() -> None:
    """Every writer finds the same document; another id would leave what is stored behind."""
    assert alert_id(drawn(risky()).key) == "65b9f53f3a5416ae3862c567168d3c8b3e1b43d59f99c7119c97c6bdbba8d8e4"
