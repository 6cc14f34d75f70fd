"""What others did to a person in the directory is in the person's case; it is evidence of who did it, and joins nobody."""

from datetime import timedelta

import pytest

from gatewatch.alerts.reach import Reach
from gatewatch.evidence import links
from gatewatch.flow.components import components
from gatewatch.model.tokens import subjects
from gatewatch.tuning import Tuning
from tests.builders.audits import audit
from tests.builders.common import ALICE, NOON, minutes, stored
from tests.builders.entra import risky, sign_in

HELP = {"user": "H-1", "person": "help@contoso.example", "user_name": "help@contoso.example"}


def reset(number=1, *, user="U-1", name=ALICE, at=-20.0, **changes):
    """The help desk reset the password of this user."""
    target = {"target_user_id": user, "target_user": name}
    return audit(number, at=minutes(at), activity="Reset password", **{**HELP, **target, **changes})


@pytest.mark.parametrize("changes", [{}, {"user": None}, {"name": None}], ids=["id and name", "the name alone", "the id alone"])
def test_it_is_in_the_case_of_whom_it_was_done_to(case, changes):
    found = case(ALICE, risky(user="u-1"), reset(**changes))

    assert next((one.text.id, one.text.name) for one in found.moments) == ("entra-audit|A-1", "help@contoso.example")
    assert {one.principal: one.belongs for one in found.identities} == {"H-1": "acted on the person", "u-1": ""}
    assert found.names == (ALICE,)
    assert "entra-audit|A-1" not in {row for alert in found.alerts for one in alert.snapshot.events for row in one.event_ids}


def test_nothing_else_of_who_did_it_is_in_that_case(case):
    others = [reset(2, user="U-2", name="bob@contoso.example"), sign_in("R-9", user="H-1", person=HELP["person"], at=minutes(-30))]

    found = case(ALICE, risky(), reset(), *others)

    assert {one.text.id for one in found.moments} == {"entra|r-1", "entra-audit|A-1"}


def test_the_case_of_who_did_it_says_it_as_their_own(case):
    found = case(HELP["person"], risky(), reset())

    assert [one.text.used for one in found.moments] == [f"reset the password of {ALICE}"]
    assert {one.principal: one.belongs for one in found.identities} == {"H-1": ""}


def test_a_case_of_somebody_to_whom_only_something_was_done_is_none(case):
    assert case(ALICE, reset()) is None


def test_what_one_did_to_oneself_is_found_once(case):
    own = audit(1, at=minutes(14), target_user_id="u-1", target_user=ALICE, user="u-1")

    assert [one.text.id for one in case(ALICE, own).moments] == ["entra-audit|A-1"]


def test_it_joins_neither_component_nor_reach():
    evidence = [stored(event) for event in (risky(), reset(), reset(2, user="U-2", name="bob@contoso.example"))]
    reached = Reach(evidence[1:2], [], Tuning(), NOON - timedelta(days=400)).scope()

    assert len([part for part in components(evidence, Tuning()) if not part.address]) == 2
    assert not {token for token in reached.subjects if "U-1" in token or ALICE in token}
    assert all("done_to" not in token for item in evidence for token in (*links(item.event), *subjects(item.event)))
