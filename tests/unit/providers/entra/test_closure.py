"""A closure must be believable: what a passed second factor does not disprove stays open."""

from typing import Any

import pytest

from gatewatch.alerts.activities import activities
from gatewatch.model import Activity, Event, Evidence
from gatewatch.providers.entra.closure import believed, closed, confirmed, not_disproved, types, without_risk
from gatewatch.providers.entra.facts import entra_facts
from gatewatch.providers.versions import Versions
from gatewatch.tuning import Tuning
from tests.builders.common import NOON, having, minutes, stored
from tests.builders.entra import detection, sign_in

PASSED = "userpassedmfadrivenbyriskbasedpolicy"
AI = "aiconfirmedsigninsafe"
STRICT = Tuning(remediated_closes=False)


def risky(state: str = "atrisk", reason: str | None = None, *types: str, level: str = "medium", **changes: Any) -> Event:
    return having(sign_in(), risk_state=state, risk_detail=reason, risk_types=types, level_during=level, **changes)


def found(kind: str, state: str = "atrisk", reason: str | None = None, *, number: int = 1, level: str | None = "medium") -> Event:
    return having(detection(number), risk_type=kind, state=state, detail=reason, level=level)


BY_DETAIL = [
    pytest.param("adminconfirmedsigninsafe", "dismissed", True, True, id="an administrator confirmed the sign-in safe"),
    pytest.param("adminconfirmedaccountsafe", "confirmedsafe", True, True, id="the account"),
    pytest.param("admindismissedallriskforuser", "dismissed", True, True, id="dismissed for the user"),
    pytest.param("admindismissedriskforsignin", "dismissed", True, True, id="dismissed for the sign-in"),
    pytest.param("admindismissedallriskforserviceprincipal", "dismissed", True, True, id="dismissed for a workload"),
    pytest.param("m365dadmindismisseddetection", "dismissed", True, True, id="dismissed in Defender"),
    pytest.param("admindismissedallriskforuser", "confirmedcompromised", False, False, id="dismissed and confirmed"),
    pytest.param("userperformedsecuredpasswordchange", "remediated", True, False, id="a new password"),
    pytest.param("userperformedsecuredpasswordreset", "remediated", True, False, id="a reset password"),
    pytest.param("userchangedpasswordonpremises", "remediated", True, False, id="a new password on premises"),
    pytest.param("admingeneratedtemporarypassword", "remediated", True, False, id="a temporary password"),
    pytest.param("admingeneratedtemporarypassword", "atrisk", True, False, id="a temporary password, whatever the state"),
    pytest.param("userperformedsecuredpasswordreset", "confirmedcompromised", False, False, id="a reset password of a compromised account"),
    pytest.param("none", "remediated", True, False, id="no reason: the state says"),
    pytest.param("hidden", "dismissed", True, True, id="a hidden reason"),
    pytest.param(None, "confirmedsafe", True, True, id="no reason at all"),
    pytest.param("quantum", "atrisk", False, False, id="an unknown reason"),
    pytest.param(PASSED, "remediated", True, False, id="a second factor"),
    pytest.param(PASSED, "atrisk", False, False, id="a second factor and still at risk"),
    pytest.param(AI, "dismissed", True, True, id="Microsoft's word"),
]


@pytest.mark.parametrize(("reason", "state", "by_default", "strict"), BY_DETAIL)
def test_which_reason_closes(reason: str | None, state: str, by_default: bool, strict: bool) -> None:
    for event in (risky(state, reason, "unfamiliarFeatures"), found("unfamiliarFeatures", state, reason)):
        assert [closed(event, Tuning()), closed(event, STRICT)] == [by_default, strict]


def happened(*evidence: Event | Evidence) -> Activity:
    stored_as = [item if isinstance(item, Evidence) else stored(item) for item in evidence]
    [forward], [backward] = (activities(items, Tuning()) for items in (stored_as, stored_as[::-1]))
    assert forward == backward
    return forward


def test_a_record_that_was_met_closed_and_is_not_believed_makes_an_alert() -> None:
    """Only the closed version was ever read: after an outage, or in a file."""
    for reason in (PASSED, AI):
        for kind, ends in (("attackerinTheMiddle", False), ("unfamiliarFeatures", True)):
            of_sign_in = found(kind, "remediated", reason)
            of_user = having(of_sign_in, request_id=None, correlation_id=None)
            for evidence in (risky("remediated", reason, kind), of_sign_in, of_user):
                activity = happened(evidence)
                assert (activity.closed, activity.seen_open) == (ends, not ends)


NOT_DISPROVED = [
    "attackerinTheMiddle",
    "anomalousToken",
    "tokenIssuerAnomaly",
    "attemptedPrtAccess",
    "leakedCredentials",
    "suspiciousAPITraffic",
]
DISPROVED = ["unfamiliarFeatures", "anonymizedIPAddress", "unlikelyTravel", "newCountry", "suspiciousBrowser"]


@pytest.mark.parametrize("reason", [PASSED, AI])
@pytest.mark.parametrize(("kind", "is_closed"), [*((kind, False) for kind in NOT_DISPROVED), *((kind, True) for kind in DISPROVED)])
def test_what_a_second_factor_disproves(kind: str, is_closed: bool, reason: str) -> None:
    """Of a sign-in, of its detection, of another detection of it, and of a detection by itself."""
    passed = risky("remediated", reason, "unfamiliarFeatures")
    for evidence in (
        (risky("remediated", reason, "unfamiliarFeatures", kind),),
        (passed, found(kind, "remediated", reason)),
        (passed, found("unfamiliarFeatures", "remediated", reason), found(kind, "remediated", reason, number=2)),
        (found(kind, "remediated", reason),),
    ):
        assert happened(*evidence).closed is is_closed


def test_the_level_of_a_closure_that_is_not_believed_counts() -> None:
    activity = happened(risky("remediated", PASSED, "unfamiliarFeatures", level="high"), found("anomalousToken", "remediated", PASSED))
    facts = entra_facts(activity)
    assert facts is not None
    assert (activity.closed, activity.seen_open, facts.level_name) == (False, True, "high")


def test_a_level_that_was_taken_back_with_such_a_closure_counts_still() -> None:
    """Microsoft's word comes with level none and without the types."""
    before = stored(risky("atrisk", None, "anomalousToken", level="high"), fetched=NOON)
    after = stored(risky("dismissed", AI, level="none"), fetched=minutes(3))
    activity = happened(before, after)
    facts = entra_facts(activity)
    assert facts is not None
    assert (activity.closed, facts.level_name) == (False, "high")


def test_a_person_closes_what_a_second_factor_does_not() -> None:
    dismissed = found("anomalousToken", "dismissed", "adminDismissedAllRiskForUser".casefold())
    assert happened(risky("remediated", PASSED, "unfamiliarFeatures"), dismissed).closed


NEVER_OPEN = [
    pytest.param([risky("remediated", None, "newCountry", level="high"), found("unlikelyTravel", level="low")], "low", id="the sign-in's"),
    pytest.param([risky("none", level="low"), found("newCountry", "dismissed", level="high"), found("unlikelyTravel", number=2)],
                 "medium", id="another detection's"),
]  # fmt: skip


@pytest.mark.parametrize(("evidence", "level"), NEVER_OPEN)
def test_a_level_that_was_never_open_is_no_level(evidence: list[Event], level: str) -> None:
    facts = entra_facts(happened(*evidence))
    assert facts is not None
    assert facts.level_name == level


def test_a_closed_event_keeps_the_assessment_of_its_newest_open_version() -> None:
    opened = stored(having(detection(1), risk_type="newCountry", state="atrisk", level="low"), fetched=NOON)
    closed_higher = stored(
        having(detection(1), risk_type="newCountry", state="dismissed", level="high", updated=minutes(5)), fetched=minutes(5)
    )
    activity = happened(risky("remediated", None, "newCountry", level="high"), opened, closed_higher)
    facts = entra_facts(activity)
    assert facts is not None
    assert (activity.closed, activity.seen_open, facts.level_name) == (True, True, "low")


def test_a_sign_in_without_its_risk_keeps_its_state_and_place() -> None:
    activity = happened(risky("remediated", None, "newCountry", level="high"), found("unlikelyTravel", level="low"))
    assert activity.event.place.country == "DE"
    assert activity.members == ("entra|r-1", "entra-risk|D-1")


@pytest.mark.parametrize(
    ("event", "is_open", "contradicting", "is_believed"),
    [
        pytest.param(risky(), True, (), False, id="open"),
        pytest.param(risky("remediated", PASSED), False, (), True, id="a second factor that nothing contradicts"),
        pytest.param(risky("remediated", PASSED), False, ("anomaloustoken",), False, id="a second factor and a stolen token"),
        pytest.param(
            risky("dismissed", "adminconfirmedsigninsafe"), False, ("anomaloustoken",), True, id="a person, whatever a linked record says"
        ),
    ],
)
def test_which_closure_is_believed(event: Event, is_open: bool, contradicting: tuple[str, ...], is_believed: bool) -> None:
    assert believed(Versions(event, event if is_open else None, NOON), frozenset(contradicting)) is is_believed


def test_only_a_confirmed_compromise_is_one() -> None:
    assert [confirmed(risky(state)) for state in ("confirmedcompromised", "atrisk", "none")] == [True, False, False]


def test_the_types_of_open_records_contradict_and_those_that_a_person_closed_do_not() -> None:
    passed = Versions(risky("remediated", PASSED), None, NOON)
    other = risky("atrisk", None, "anomaloustoken")
    dismissed = risky("dismissed", "adminconfirmedsigninsafe", "attackerinthemiddle")

    assert not_disproved([passed, Versions(other, other, NOON), Versions(dismissed, None, NOON)]) == {"anomaloustoken"}


def test_nothing_contradicts_where_no_second_factor_closed() -> None:
    other = risky("atrisk", None, "anomaloustoken")
    assert not_disproved([Versions(other, other, NOON)]) == not_disproved([]) == frozenset()


def test_the_types_of_a_record() -> None:
    assert types(risky("atrisk", None, " NewCountry ", "anomaloustoken")) == {"newcountry", "anomaloustoken"}
    assert types(found("NewCountry ")) == {"newcountry"}
    assert types(having(detection(), risk_type=None)) == {""}


def test_a_level_of_a_detection_that_was_taken_back_counts_still() -> None:
    """As with a sign-in: Microsoft's word comes with level none."""
    of_user = {"request_id": None, "correlation_id": None}
    before = stored(having(found("anomalousToken", level="high"), **of_user), fetched=NOON)
    after = stored(having(found("anomalousToken", "dismissed", AI, level="none"), updated=minutes(3), **of_user), fetched=minutes(3))
    facts = entra_facts(happened(before, after))
    assert facts is not None
    assert facts.level_name == "high"


def test_only_a_sign_in_loses_its_risk() -> None:
    plain = without_risk(risky("remediated", None, "newCountry"))
    assert plain == risky("remediated", None, level=None, level_aggregated=None)
    assert without_risk(detection()) == detection()
