"""Which evidence decides alerts together: that of one principal, of one person under the policy's names, and what shares an id."""

import pytest

from gatewatch.alerts.joining import joining_tokens
from gatewatch.model import Event
from gatewatch.tuning import Tuning
from tests.builders.aws import login
from tests.builders.common import ALICE
from tests.builders.entra import detection, sign_in

NOBODY = {"person": None, "names": ()}
ELSEWHERE = login(1, principal="111122223333/alice", person=ALICE)
BY_ALIAS = login(1, principal="111122223333/al", person="al", names=("al",))


@pytest.mark.parametrize(
    ("one", "other", "tuning", "together"),
    [
        pytest.param(sign_in("S-1", user="U-1", **NOBODY), sign_in("S-2", user="U-1", **NOBODY), Tuning(), True, id="one principal"),
        pytest.param(sign_in("S-1", user="U-1", **NOBODY), sign_in("S-2", user="U-2", **NOBODY), Tuning(), False, id="nobody is no person"),
        pytest.param(sign_in("S-1", person=ALICE), ELSEWHERE, Tuning(), True, id="one person in two clouds"),
        pytest.param(sign_in("S-1", person=ALICE), BY_ALIAS, Tuning(), False, id="two names"),
        pytest.param(sign_in("S-1", person=ALICE), BY_ALIAS, Tuning(aliases={"al": ALICE}), True, id="two names of one person"),
        pytest.param(
            sign_in("S-1", user="U-1", **NOBODY),
            detection(1, request="S-1", user="U-2", **NOBODY),
            Tuning(),
            True,
            id="a detection names it",
        ),
    ],
)
def test_what_belongs_together(one: Event, other: Event, tuning: Tuning, together: bool) -> None:
    assert bool({*joining_tokens(one, tuning)} & {*joining_tokens(other, tuning)}) is together
