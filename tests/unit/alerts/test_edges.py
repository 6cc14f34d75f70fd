"""The edges of linking, grouping, closing and telling: where one off, one left out or one turned round would show."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.alerts.activities import activities
from gatewatch.alerts.compute import compute
from gatewatch.alerts.group import MAX_ADDRESSES, MAX_EVENT_IDS, MAX_EVENT_ROWS, MAX_RELATED
from gatewatch.alerts.reading import Reading
from gatewatch.alerts.versions import is_closed
from gatewatch.model import (
    AlertStatus,
    Event,
    Evidence,
    Fact,
    Place,
    Snapshot,
)
from gatewatch.tuning import Tuning
from tests.builders.aws import failure, login, saml
from tests.builders.common import ALICE, NOON, minutes, stored
from tests.builders.endpoint import typed
from tests.builders.entra import found, risky, sign_in
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


@pytest.mark.parametrize(("minute", "related"), [(1, True), (15, True), (15.5, False)])
def test_failures_are_related_to_what_no_rule_looks_around_for_too(minute: float, related: bool) -> None:
    changes = {"event_name": "SwitchRole", "switch_from_account": "999999999999", "mfa_used": Fact.UNKNOWN}
    snapshot = drawn(failure(4, 0), login(9, at=minutes(minute), action="SwitchRole", **changes))
    assert (snapshot.rules, snapshot.related_ids) == (("aws_switch_role_cross_account",), ("aws|00000004",) if related else ())


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
