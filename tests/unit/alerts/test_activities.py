"""Which records rules see, and what they see of familiarity."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.alerts.activities import activities
from gatewatch.evidence import ignore_reason
from gatewatch.familiarity import key_of, start_of, taught
from gatewatch.model import Event
from gatewatch.model.familiarity import Familiarity, Run
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.catalogue import provider_of
from gatewatch.tuning import Tuning
from tests.builders.aws import login
from tests.builders.common import NOON, having, stored
from tests.builders.entra import found, sign_in

OFFICE = {"app_id": "4765445b-32c6-49b0-83e6-1d93765276ca", "resource_id": "00000003-0000-0000-c000-000000000000"}


def calm(at: datetime = NOON, **changes: Any) -> Event:
    """A sign-in that is no evidence by itself."""
    event = having(sign_in("R-1"), time=at, level_during="none", risk_state="none", **OFFICE, **changes)
    assert ignore_reason(event, Tuning()) is not None
    return event


def seen(*events: Event, familiar: dict[str, Familiarity] | None) -> list[tuple[str, ...]]:
    return [each.members for each in activities([stored(event) for event in events], Tuning(), familiar)]


ABROAD = calm(NOON + timedelta(days=8), country="NO", vendor_id="entra|abroad")
HOME = calm(country="DE", vendor_id="entra|home")
KNOWN = {key_of(HOME): taught(Familiarity(), [HOME, ABROAD], NOON + timedelta(days=30))}


def test_without_familiarity_everything_is_seen() -> None:
    assert seen(HOME, familiar=None) == [("entra|home",)]


def test_what_starts_a_run_is_seen_and_what_does_not_is_not() -> None:
    assert seen(HOME, ABROAD, familiar=KNOWN) == [("entra|abroad",)]
    assert seen(HOME, ABROAD, familiar={}) == []


def test_what_another_record_names_is_seen() -> None:
    named, other, risk = (
        calm(user_agent="curl/8"),
        calm(vendor_id="entra|other", sign_in_id="R-2", correlation_id="C-2"),
        found("high", "R-1"),
    )
    [only] = activities([stored(event) for event in (named, other, risk)], Tuning(), {})
    assert (only.members, only.event.user_agent) == ((named.vendor_id, risk.vendor_id), "curl/8")


def test_an_activity_says_what_is_first() -> None:
    [abroad] = activities([stored(ABROAD)], Tuning(), KNOWN)
    assert ("country" in abroad.firsts, abroad.strange) == (True, ())


@pytest.mark.parametrize(("value", "strange"), [pytest.param("another", True, id="others"), pytest.param(None, False, id="this one")])
def test_an_activity_says_what_is_strange(value: str | None, strange: bool) -> None:
    call = having(login(), event_name="GetCallerIdentity", event_source="sts.amazonaws.com", subject=AwsSubject.INSTANCE_ROLE)
    call = structs.replace(call, action="sts:GetCallerIdentity")
    features = provider_of(call).features(call)
    runs = {name: {value or str(used): (Run(start_of(call), "2026-03-14"),)} for name, used in features}
    [activity] = activities([stored(call)], Tuning(), {key_of(call): Familiarity(runs=runs)})
    assert (activity.firsts, activity.strange) == ((), tuple(sorted(runs)) if strange else ())


def test_an_activity_says_that_it_is_usual() -> None:
    known = {key_of(login()): taught(Familiarity(), [login(1, at=NOON - timedelta(days=1))], NOON)}
    assert [each.usual for each in activities([stored(login(2))], Tuning(), known)] == [True]
    assert [each.usual for each in activities([stored(login(2))], Tuning(), {})] == [False]
