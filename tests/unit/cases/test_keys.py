"""A case follows an access key from who typed it to whose it is, and back; alerts and components know nothing of it."""

from datetime import timedelta

import pytest

from gatewatch.alerts.reach import Reach
from gatewatch.cases.holders import MOST_HOLDERS
from gatewatch.evidence import links
from gatewatch.flow.components import components
from gatewatch.model.tokens import access_key_token, subjects
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.tuning import Tuning
from tests.builders.aws import login
from tests.builders.common import NOON, minutes, stored
from tests.builders.endpoint import typed

KEY, OTHER = "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"


def used(number=1, user="ci", key=KEY, at=30):
    """A call with the key of this user."""
    fields = {"principal": f"111122223333/{user}", "person": user, "names": (user,), "user_name": user, "subject": AwsSubject.IAM_USER}
    return login(number, at=minutes(at), event_name="GetCallerIdentity", access_key_id=key, **fields)


def wrote(number=1, user="alice", keys=(KEY,), at=0.0):
    """A command line of this user, on a host of their own, with these keys."""
    fields = {"person": None, "names": (user,), "principal": f"host-{user}|{user}", "user_name": user, "host_id": f"host-{user}"}
    return typed(at, number, access_keys=keys, **fields)


@pytest.mark.parametrize(("name", "linked"), [("alice", {"endpoint": "", "aws": KEY}), ("ci", {"endpoint": KEY, "aws": ""})])
def test_a_key_joins_from_either_side(case, name, linked):
    found = case(name, wrote(), used(), login(7, person="nobody", principal="111122223333/nobody"))

    assert {one.provider: one.by_key for one in found.identities} == linked
    assert found.names == (name,)
    assert {one.text.id for one in found.moments} == {"endpoint|1", "aws|00000001"}


def test_what_its_holder_did_besides_is_in_the_case(case):
    found = case("ci", used(), wrote(1), wrote(2, keys=(), at=5))

    assert {one.text.id for one in found.moments} == {"endpoint|1", "endpoint|2", "aws|00000001"}


def test_keys_lead_on_from_holder_to_holder(case):
    events = used(1), wrote(1, keys=(KEY, OTHER)), used(2, user="deploy", key=OTHER)

    assert {one.principal: one.by_key for one in case("ci", *events).identities} == {
        "111122223333/ci": "", "host-alice|alice": KEY, "111122223333/deploy": OTHER,
    }  # fmt: skip


def test_a_shared_key_is_not_followed_and_the_case_says_so(case):
    crowd = [event for number in range(MOST_HOLDERS + 1) for event in _typed_twice(number)]
    found = case("ci", used(), *crowd)

    assert found.shared_keys == (KEY,)
    assert sum(one.provider == "endpoint" for one in found.moments) == MOST_HOLDERS + 1
    assert {one.by_key for one in found.identities} == {"", KEY}


def _typed_twice(number):
    user = f"builder{number}"
    return wrote(2 * number, user), wrote(2 * number + 1, user, keys=(), at=1)


def test_what_an_export_puts_in_the_place_of_keys_joins_nobody(case):
    hidden = [used(number, user=f"user{number}", key="***") for number in range(1, 4)]

    assert len(case("user1", *hidden).identities) == 1


def test_another_key_joins_nobody(case):
    assert {one.provider for one in case("ci", used(), wrote(keys=(OTHER,))).identities} == {"aws"}


def test_no_component_no_link_and_no_read_of_a_recomputation_knows_of_a_key():
    one, other = stored(wrote()), stored(used())

    assert len([part for part in components([one, other], Tuning()) if not part.address]) == 2
    assert access_key_token(KEY) not in {*links(one.event), *links(other.event), *subjects(one.event), *subjects(other.event)}
    scope = Reach([one], [], Tuning(), NOON - timedelta(days=30)).scope()
    assert not {*subjects(other.event)} & scope.subjects
    assert not any(KEY in token for token in {*scope.subjects, *scope.links, *scope.addresses})
