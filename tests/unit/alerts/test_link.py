"""Which sign-in a risk detection belongs to, which version speaks, and when an event is closed."""

from datetime import timedelta
from typing import Any

import pytest

from gatewatch.alerts.activities import activities
from gatewatch.model import Activity, Event, Evidence, Outcome, Place
from gatewatch.tuning import Tuning
from tests.builders.common import NOON, at, detail, having, minutes, stored
from tests.builders.entra import detection, sign_in


def names(
    number: int = 1, *, request: str | None = None, correlation: str | None = None, user: str | None = "U-1", **changes: Any
) -> Event:
    fields = {"correlation_id": correlation, "user_id": user, "risk_type": None, "level": "medium", "state": "atrisk"}
    return detection(number, request=request, **fields, **changes)


def happened(*events: Event | Evidence, tuning: Tuning | None = None) -> dict[str, Activity]:
    evidence = [item if isinstance(item, Evidence) else stored(item) for item in events]
    forward = activities(evidence, tuning or Tuning())
    assert activities(reversed(evidence), tuning or Tuning()) == forward
    return {a.id: a for a in forward}


LINKS = [
    pytest.param(names(request="R-1"), [sign_in("R-1")], "entra|r-1", id="request-id"),
    pytest.param(names(request="r-1"), [sign_in("R-1")], "entra|r-1", id="request-id-in-other-case"),
    pytest.param(
        names(request="R-1", correlation="C-2"),
        [sign_in("R-1"), sign_in("R-2", correlation="C-2")],
        "entra|r-1",
        id="request-before-correlation",
    ),
    pytest.param(
        names(request="gone", correlation="C-1"), [sign_in("R-1")], "entra|r-1", id="correlation-when-the-request-is-not-in-the-evidence"
    ),
    pytest.param(names(correlation="C-1"), [sign_in("R-1")], "entra|r-1", id="correlation"),
    pytest.param(names(correlation="C-1", user="U-2"), [sign_in("R-1")], None, id="correlation-of-another-user"),
    pytest.param(names(correlation="C-1", user=None), [sign_in("R-1")], None, id="a-null-user-never-matches"),
    pytest.param(
        names(place=at("198.51.100.7"), at=minutes(60)), [sign_in("R-1", correlation=None)], "entra|r-1", id="address-within-an-hour"
    ),
    pytest.param(
        names(place=at("198.51.100.7"), at=minutes(61)), [sign_in("R-1", correlation=None)], None, id="address-after-more-than-an-hour"
    ),
    pytest.param(names(place=at("203.0.113.9")), [sign_in("R-1", correlation=None)], None, id="another-address"),
    pytest.param(names(place=Place()), [sign_in("R-1", correlation=None, place=Place())], None, id="a-null-address-never-matches"),
    pytest.param(
        names(correlation="C-1"),
        [sign_in("R-1", outcome=Outcome.FAILURE), sign_in("R-2", at=minutes(40))],
        "entra|r-2",
        id="success-before-nearest",
    ),
    pytest.param(names(correlation="C-1", at=minutes(30)), [sign_in("R-1"), sign_in("R-2", at=minutes(31))], "entra|r-2", id="nearest"),
    pytest.param(names(correlation="C-1"), [sign_in("R-2"), sign_in("R-1")], "entra|r-1", id="smallest-id-of-equals"),
    pytest.param(names(request="gone"), [], "entra|gone", id="stands-in-for-a-sign-in-nobody-found"),
]


@pytest.mark.parametrize(("risk", "others", "home"), LINKS)
def test_a_detection_belongs_to(risk: Event, others: list[Event], home: str | None) -> None:
    found = happened(risk, *others)
    assert [a.id for a in found.values() if risk.vendor_id in a.members] == [home or risk.vendor_id]


def test_a_stand_in_is_a_success_told_by_the_earliest_detection() -> None:
    late, early = (
        names(1, request="gone", at=minutes(9), place=at("192.0.2.1")),
        names(2, request="gone", at=minutes(3), place=at("192.0.2.2")),
    )
    event = happened(late, early)["entra|gone"].event
    assert (event.kind, event.outcome, detail(event).synthetic, detail(event).app_id) == ("graph.signIn", Outcome.SUCCESS, True, None)
    assert (event.time, event.place.ip) == (minutes(3), "192.0.2.2")


def state(event: Event, risk_state: str, **changes: Any) -> Event:
    name = "risk_state" if event.kind == "graph.signIn" else "state"
    return having(event, **{name: risk_state}, **changes)


OPEN, DONE = "atrisk", "dismissed"
CLOSINGS = [
    pytest.param([state(sign_in(), OPEN)], False, True, id="open"),
    pytest.param([state(sign_in(), DONE)], True, False, id="never-seen-open"),
    pytest.param(
        [stored(state(sign_in(), OPEN), fetched=NOON), stored(state(sign_in(), DONE), fetched=minutes(1))], True, True, id="closed-later"
    ),
    pytest.param(
        [stored(state(sign_in(), DONE), fetched=NOON), stored(state(sign_in(), OPEN), fetched=minutes(1))], False, True, id="reopened-later"
    ),
    pytest.param([state(sign_in(), OPEN), state(sign_in(), DONE)], True, True, id="closed-wins-without-times"),
    pytest.param([state(sign_in(), DONE), state(sign_in(), "confirmedcompromised")], False, True, id="confirmed-wins-without-times"),
    pytest.param(
        [state(sign_in(), "confirmedcompromised", risk_detail="aiconfirmedsigninsafe")], True, False, id="safe-detail-before-confirmed"
    ),
    pytest.param([state(sign_in(), "investigating")], False, True, id="a-future-state-is-open"),
    pytest.param([state(sign_in(), OPEN), state(names(request="R-1"), DONE)], True, True, id="closed-when-all-detections-are"),
    pytest.param([state(sign_in(), DONE), state(names(request="R-1"), OPEN)], False, True, id="open-while-a-detection-is"),
    pytest.param(
        [state(sign_in(), OPEN), names(1, request="R-1"), state(names(2, request="R-1"), DONE)], False, True, id="open-while-one-of-two-is"
    ),
    pytest.param([state(sign_in(), DONE), state(names(request="R-1"), DONE)], True, False, id="nothing-was-ever-open"),
]


@pytest.mark.parametrize(("evidence", "closed", "seen_open"), CLOSINGS)
def test_closing(evidence: list[Event | Evidence], closed: bool, seen_open: bool) -> None:
    activity = happened(*evidence)["entra|r-1"]
    assert (activity.closed, activity.seen_open) == (closed, seen_open)


def test_remediated_closes_only_while_the_tuning_says_so() -> None:
    event = state(sign_in(), "remediated")
    assert happened(event)["entra|r-1"].closed
    assert not happened(event, tuning=Tuning(remediated_closes=False))["entra|r-1"].closed


def test_a_closed_event_keeps_what_was_last_open() -> None:
    high = stored(state(sign_in(), OPEN, level_during="high"), fetched=NOON)
    cleared = stored(state(sign_in(), DONE, level_during="none"), fetched=minutes(5))
    assert detail(happened(high, cleared)["entra|r-1"].event).level_during == "high"


def test_time_missing_is_the_earliest_stored_ingest_time() -> None:
    first = stored(sign_in(time=None), ingested=minutes(7))
    second = stored(sign_in(time=None), ingested=minutes(9), fetched=minutes(8))
    assert happened(first, second)["entra|r-1"].time == minutes(7)


def test_history_of_the_first_version_counts() -> None:
    events = happened(stored(sign_in(), ingested=NOON), stored(sign_in(), ingested=NOON + timedelta(hours=1), fetched=NOON))
    assert len(events) == 1
