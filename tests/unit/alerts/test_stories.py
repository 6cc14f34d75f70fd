"""What becomes of an alert as evidence arrives: opened, raised, closed, reopened, withdrawn, folded, suppressed, paired."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.model import AlertStatus, Event, Fact, Place, ResponseKind, ResponseVerdict, Severity
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import AllowlistEntry, AllowlistMatch
from tests.builders.aws import failure, login, saml
from tests.builders.common import ALICE, NOON, minutes
from tests.builders.entra import found, risky, sign_in
from tests.laws.stage import CHANNEL
from tests.support.alert_story import Story


def test_one_sign_in_is_one_alert() -> None:
    alert = Story().comes(risky()).only()
    assert (alert.status, alert.rule, alert.score, alert.severity) == (AlertStatus.OPEN, "entra_risky_signin", 47, Severity.MEDIUM)
    assert (alert.snapshot.event_count, alert.snapshot.event_ids, alert.snapshot.addresses) == (1, ("entra|r-1",), ("198.51.100.7",))
    assert alert.snapshot.countries == ("DE",)
    assert (alert.snapshot.first_seen, alert.snapshot.last_seen, alert.snapshot.person) == (NOON, NOON, ALICE)
    assert (alert.key.family, alert.key.account, alert.key.principal, alert.key.day) == ("entra", "tenant", "U-1", "2026-03-14")


def test_a_day_of_one_principal_is_one_alert_of_the_highest_event() -> None:
    story = (
        Story()
        .comes(risky())
        .comes(risky("high", "R-2", at=minutes(30), place=Place(address="203.0.113.9", ip="203.0.113.9", country="FR")))
    )
    alert = story.only()
    assert (alert.score, alert.snapshot.event_count, alert.lead.id) == (73, 2, "entra|r-2")
    assert (alert.snapshot.addresses, alert.snapshot.countries) == (("198.51.100.7", "203.0.113.9"), ("DE", "FR"))
    assert (alert.snapshot.first_seen, alert.snapshot.last_seen) == (NOON, minutes(30))
    assert [(row.id, row.score) for row in alert.snapshot.events] == [("entra|r-2", 73), ("entra|r-1", 47)]
    assert story.told() == ["new", "raised"]


def test_ties_go_to_the_earlier_event_then_the_smaller_id() -> None:
    story = Story().comes(risky(request="R-3"), risky(request="R-2", at=minutes(1)), risky(request="R-1", at=minutes(1)))
    assert [row.id for row in story.only().snapshot.events] == ["entra|r-3", "entra|r-1", "entra|r-2"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"user": "U-2"}, id="another-user"),
        pytest.param({"account": "other-tenant"}, id="another-tenant"),
        pytest.param({"at": NOON + timedelta(hours=12)}, id="another-day"),
    ],
)
def test_what_is_not_one_group(other: dict[str, Any]) -> None:
    assert len(Story().comes(risky(), sign_in("R-2", correlation=None, **other)).alerts()) == 2


def test_a_linked_detection_raises_and_adds_no_event() -> None:
    story = Story().comes(risky()).comes(found("high"))
    alert = story.only()
    assert (alert.score, alert.snapshot.event_count, alert.snapshot.event_ids) == (73, 1, ("entra|r-1",))
    assert story.told() == ["new", "raised"]


def test_a_dismissal_closes_silently_and_a_reopening_is_told() -> None:
    story = Story().comes(risky("high")).comes(risky("high", state="dismissed"))
    closed = story.only()
    assert (closed.status, closed.score, closed.pending) == (AlertStatus.CLOSED, 73, ())
    assert story.told() == ["new"]
    story.comes(risky("high"))
    assert (story.only().status, story.only().occurrence, story.told()) == (AlertStatus.OPEN, 2, ["new", "reopened"])


def test_closed_only_when_all_events_are() -> None:
    story = Story().comes(risky("high"), risky(request="R-2")).comes(risky("high", state="dismissed"))
    alert = story.only()
    assert (alert.status, alert.score, alert.snapshot.event_count) == (AlertStatus.OPEN, 47, 2)
    assert [(row.closed, row.score) for row in alert.snapshot.events] == [(False, 47), (True, 73)]


def test_never_seen_open_is_no_alert() -> None:
    assert Story().comes(risky("high", state="dismissed")).alerts() == []


def test_break_glass_stands_when_the_risk_is_closed() -> None:
    story = Story(break_glass=(ALICE,)).comes(risky("high", names=(ALICE,))).comes(risky("high", state="dismissed", names=(ALICE,)))
    alert = story.only()
    assert (alert.status, alert.snapshot.rules, alert.score) == (AlertStatus.OPEN, ("break_glass_signin",), 73)


def test_events_that_stop_firing_withdraw_their_alert() -> None:
    story = Story().comes(found()).comes(risky("none", code=50126))
    alert = story.only()
    assert (alert.status, alert.score, alert.pending) == (AlertStatus.RETRACTED, 47, ())
    story.comes(risky("none"))
    assert (story.only().status, story.only().occurrence) == (AlertStatus.OPEN, 1)


def test_events_that_move_fold_their_alert_into_the_other() -> None:
    evening, morning = minutes(12 * 60 - 1), minutes(12 * 60 + 1)
    story = Story().comes(found(at=evening)).comes(risky("none", at=morning))
    before, after = story.alerts()
    assert (before.status, before.merged_into, before.score) == (AlertStatus.MERGED, after.id, 47)
    assert (after.status, after.replaces, after.snapshot.event_ids) == (AlertStatus.OPEN, (before.id,), ("entra|r-1",))
    assert story.told() == ["new", "new"]


ENTRY = AllowlistEntry(
    id="al-1",
    match=AllowlistMatch(cidr="198.51.100.0/24"),
    rules=("entra_risky_signin",),
    expires=NOON + timedelta(days=9),
    reason="r",
    owner="o",
)


def test_a_suppressed_alert_is_stored_and_silent() -> None:
    story = Story(allowlist=(ENTRY,)).comes(risky("high"))
    alert = story.only()
    assert (alert.status, alert.snapshot.suppressed, alert.snapshot.suppressed_by, alert.pending) == (AlertStatus.OPEN, True, "al-1", ())
    assert story.told() == []


def test_unsuppressed_events_speak_for_the_alert() -> None:
    elsewhere = Place(address="203.0.113.9", ip="203.0.113.9")
    story = Story(allowlist=(ENTRY,)).comes(risky("high")).comes(risky(request="R-2", at=minutes(5), place=elsewhere))
    alert = story.only()
    assert (alert.snapshot.suppressed, alert.snapshot.suppressed_by, alert.score, alert.lead.id) == (False, None, 47, "entra|r-2")
    assert (alert.snapshot.event_count, alert.snapshot.addresses) == (2, ("203.0.113.9",))
    assert [row.suppressed_by for row in alert.snapshot.events] == [None, "al-1"]
    assert story.told() == ["new"]


def test_pairs_are_an_alert_of_the_person() -> None:
    story = Story().comes(risky("high")).comes(saml(5))
    alert = story.only("xcloud")
    assert (alert.rule, alert.score, alert.key.principal, alert.key.day) == ("xcloud_entra_risk_then_aws", 98, ALICE, "2026-03-14")
    assert (alert.snapshot.event_ids, alert.snapshot.event_count) == (("aws|00000001", "entra|r-1"), 2)
    assert (alert.lead.id, alert.snapshot.partner.id if alert.snapshot.partner else None) == ("aws|00000001", "entra|r-1")
    assert [a.key.family for a in story.alerts()] == ["entra", "xcloud"]


def test_a_pair_closes_with_its_risk() -> None:
    story = Story().comes(risky("high")).comes(saml(5)).comes(risky("high", state="dismissed"))
    alert = story.only("xcloud")
    assert (alert.status, alert.score) == (AlertStatus.CLOSED, 98)


def test_a_pair_lies_on_the_day_of_its_later_event() -> None:
    story = Story().comes(risky("high", at=minutes(12 * 60 - 5))).comes(saml(12 * 60 + 5))
    assert story.only("xcloud").key.day == "2026-03-15"


def test_suppressed_events_still_pair() -> None:
    story = Story(allowlist=(ENTRY,)).comes(risky("high")).comes(saml(5))
    assert not story.only("xcloud").snapshot.suppressed
    assert story.only("entra").snapshot.suppressed


VERDICTS = [
    pytest.param(Fact.PRESENT, -60, Fact.PRESENT, id="satisfied"),
    pytest.param(Fact.ABSENT, -60, Fact.ABSENT, id="absent"),
    pytest.param(Fact.UNKNOWN, -1, Fact.UNKNOWN, id="the-sign-in-does-not-say"),
    pytest.param(Fact.PRESENT, -61, Fact.UNKNOWN, id="too-early"),
    pytest.param(Fact.PRESENT, 10, Fact.PRESENT, id="logged-a-little-later"),
    pytest.param(Fact.PRESENT, 11, Fact.UNKNOWN, id="too-late"),
]


@pytest.mark.parametrize(("mfa", "at_minutes", "verdict"), VERDICTS)
def test_the_mfa_verdict_of_a_federated_login(mfa: Fact, at_minutes: float, verdict: Fact) -> None:
    signed_in = sign_in("R-1", correlation=None, level_during=None, app_id="aws", mfa=mfa, person=ALICE, at=minutes(at_minutes))
    login_first = Story(federated_no_mfa="alert", aws_app_ids=("aws",)).comes(saml(0)).comes(signed_in).only("aws")
    assert (login_first.status is AlertStatus.RETRACTED) == (verdict is Fact.PRESENT)
    sign_in_first = Story(federated_no_mfa="alert", aws_app_ids=("aws",)).comes(signed_in).comes(saml(0)).alerts()
    assert [a.lead.mfa_verdict for a in sign_in_first] == ([] if verdict is Fact.PRESENT else [verdict])


def test_a_close_covers_what_was_there() -> None:
    story = Story().comes(risky()).closes()
    closing = story.only().closing
    assert (story.only().status, closing.claimed_by if closing else None) == (AlertStatus.CLOSED, "kim")
    story.comes(risky())
    assert story.only().status is AlertStatus.CLOSED


@pytest.mark.parametrize(
    "later", [pytest.param(risky(request="R-2"), id="another-event"), pytest.param(found("high"), id="the-same-event-higher")]
)
def test_anything_else_reopens(later: Event) -> None:
    """The alert still says who closed it before, and why."""
    story = Story().comes(risky()).closes(reason="planned, SEC-12").comes(later)
    alert = story.only()
    assert (alert.status, alert.occurrence, alert.closing) == (AlertStatus.OPEN, 2, None)
    assert [(said.kind, said.claimed_by, said.verdict, said.reason, said.at) for said in alert.responses] == [
        (ResponseKind.CLOSE, "kim", ResponseVerdict.EXPECTED, "planned, SEC-12", minutes(9))
    ]
    assert story.told() == ["new", "reopened"]


def test_a_responder_takes_back_a_close() -> None:
    story = Story().comes(risky()).responds(ResponseKind.ACKNOWLEDGE, at=8).closes().responds(ResponseKind.REOPEN, at=10)
    alert = story.only()
    assert (alert.status, alert.occurrence, alert.pending, alert.pending_reason) == (AlertStatus.OPEN, 2, (CHANNEL,), "reopened")
    assert (alert.acknowledgement.claimed_by if alert.acknowledgement else None, alert.closing) == ("kim", None)


@pytest.mark.parametrize("kind", [ResponseKind.REOPEN, ResponseKind.ACKNOWLEDGE, ResponseKind.COMMENT])
def test_nothing_but_a_close_changes_an_open_alert(kind: ResponseKind) -> None:
    story = Story().comes(risky())
    before = story.only()
    after = story.responds(kind).only()
    assert structs.replace(after, responses=(), updated=before.updated) == before
    assert (len(after.responses), story.told()) == (1, ["new"])


def test_nothing_new_writes_nothing() -> None:
    story = Story().comes(risky())
    before = story.only()
    story.comes(risky())
    assert story.only() == before


def test_what_has_outlived_its_evidence_is_left_alone() -> None:
    assert Story().comes(risky(at=NOON - timedelta(days=366 * 2))).alerts() == []


def test_failures_of_a_window_are_related_not_counted() -> None:
    tries = [failure(n, n, mfa_used=Fact.ABSENT) for n in range(1, 6)]
    alert = Story().comes(*tries, login(9, at=minutes(7))).only()
    assert (alert.snapshot.rules, alert.snapshot.event_ids) == (
        ("aws_console_login_no_mfa", "aws_console_success_after_failures"),
        ("aws|00000009",),
    )
    assert alert.snapshot.related_ids == tuple(f"aws|{n:08d}" for n in range(1, 6))


def test_a_truncated_neighbourhood_says_so_and_never_lowers() -> None:
    story = Story(MemoryStore(newest=1)).comes(risky("high"))
    story.comes(risky(request="R-2", at=minutes(5)))
    alert = story.only()
    assert (alert.truncated, alert.score, alert.severity) == (True, 73, Severity.HIGH)


def test_history_is_told_apart_by_day_only() -> None:
    first, second = structs.replace(risky(), time=NOON), structs.replace(risky(request="R-2"), time=NOON + timedelta(days=1))
    assert [a.key.day for a in Story().comes(first, second).alerts()] == ["2026-03-14", "2026-03-15"]
