"""The alerts of source addresses, and those of two matches of one principal."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.alerts.compute import compute
from gatewatch.alerts.crowds import crowded
from gatewatch.alerts.evaluate import evaluate
from gatewatch.alerts.reading import Reading
from gatewatch.model import Event, Fact, GroupKey, Outcome
from gatewatch.model.tokens import address_token
from gatewatch.providers.aws.samples import console_login, trail_call
from gatewatch.providers.samples import changed
from gatewatch.tuning import Tuning
from tests.builders.aws import ACCOUNT, failure, login
from tests.builders.common import DAY, NOON, minutes, stored
from tests.builders.endpoint import typed

ADDRESS = "89.160.20.156"


def tried(count: int, **changes: Any) -> list[Event]:
    """Failures of so many users of AWS from one address within a quarter of an hour."""
    return [failure(number, number, principal=f"u{number}", **changes) for number in range(count)]


def alerts(*events: Event) -> dict[GroupKey, Any]:
    evidence = tuple(stored(event) for event in events)
    return compute(Reading(evidence=evidence, of_addresses=evidence), Tuning(), NOON)


@pytest.mark.parametrize("account", [ACCOUNT, None])
def test_ten_users_are_an_open_alert_of_the_address(account: str | None) -> None:
    found = alerts(*tried(10, account=account))
    assert {key: value.snapshot.open for key, value in found.items()} == {GroupKey("aws", account or "", f"address|{ADDRESS}", DAY): True}
    assert alerts(*tried(9, account=account)) == {}


def test_the_people_name_the_alert_of_the_address_only_by_its_events() -> None:
    """What an address did is read without its people: its alert names theirs, and theirs do not name it."""
    entered = login(99, at=minutes(12))
    person = GroupKey("aws", ACCOUNT, entered.principal, DAY)
    found = alerts(*tried(10), entered)
    [address] = set(found) - {person}
    assert person in found[address].snapshot.shared_with
    assert found[person].snapshot.shared_with == ()


def crowds(*events: Event) -> set[str]:
    return set(crowded(stored(event) for event in events))


def test_where_a_crowd_failed() -> None:
    events = tried(10)
    assert crowds(*events) == {address_token(events[0])}
    assert crowds(*events[:9]) == crowds(*events[:9], failure(99, 10, principal="u0")) == set()
    assert crowds(*(structs.replace(event, outcome=Outcome.SUCCESS) for event in events)) == set()
    assert crowds(*tried(10, ip=None)) == set()


def test_a_host_has_no_rule_of_addresses() -> None:
    event = typed(0)
    place = structs.replace(event.place, ip=ADDRESS)
    assert crowds(*(structs.replace(event, place=place, principal=f"u{number}", outcome=Outcome.FAILURE) for number in range(10))) == set()


ENTERED = changed(console_login(mfa_used=Fact.ABSENT), id="aws|1")
STOPPED = changed(trail_call(), id="aws|2", time=ENTERED.time + timedelta(minutes=5), principal=ENTERED.event.principal)


@pytest.mark.parametrize(
    ("login_closed", "call_closed"), [(False, False), (True, False), (False, True), (True, True)], ids=["open", "login", "call", "both"]
)
def test_a_pair_of_a_principal_is_open_while_both_are(login_closed: bool, call_closed: bool) -> None:
    entered, stopped = changed(ENTERED, closed=login_closed), changed(STOPPED, closed=call_closed)
    pairs = [(row.partner.id, row.activity.id, row.closed) for row in evaluate([entered, stopped], Tuning()) if row.partner is not None]
    assert pairs == [("aws|1", "aws|2", login_closed or call_closed)]


@pytest.mark.parametrize("changes", [{"mfa_used": Fact.PRESENT}, {"principal": "another"}], ids=["no match", "another principal"])
def test_what_is_no_half_of_a_pair(changes: dict[str, Any]) -> None:
    assert not [row for row in evaluate([changed(ENTERED, **changes), STOPPED], Tuning()) if row.partner is not None]
