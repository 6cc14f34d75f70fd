"""A copy of a record that carries less takes nothing back of what another copy said, whichever came first."""

from itertools import permutations

import pytest

from gatewatch.alerts.versions import reduce
from gatewatch.model import Event, Fact
from gatewatch.tuning import Tuning
from tests.builders.common import detail, having, minutes, stored
from tests.builders.entra import sign_in

RICH = {"protocol": "devicecode", "authentication_requirement": "singlefactorauthentication", "session_id": "s-1", "mfa": Fact.ABSENT}
POOR = dict.fromkeys(("protocol", "authentication_requirement", "session_id"), None) | {"mfa": Fact.UNKNOWN}


def read(*versions: tuple[int, Event]) -> Event:
    evidence = [stored(event, fetched=minutes(minute)) for minute, event in versions]
    found = {reduce(order, Tuning()).newest for order in permutations(evidence)}
    (one,) = found
    return one


@pytest.mark.parametrize("later", ["rich", "poor"])
def test_what_one_copy_lacks_another_says(later: str):
    rich, poor = sign_in(**RICH), sign_in(**POOR)
    found = read((0, poor), (5, rich)) if later == "rich" else read((0, rich), (5, poor))
    assert {name: getattr(detail(found), name) for name in RICH} == RICH


def test_the_risk_is_the_newest_version_s_own_word():
    found = read(
        (0, sign_in(**RICH, level_during="high", risk_state="atrisk")), (5, sign_in(**POOR, level_during="none", risk_state="dismissed"))
    )
    assert (detail(found).level_during, detail(found).risk_state, detail(found).protocol) == ("none", "dismissed", "devicecode")


def test_a_level_that_the_newest_does_not_name_is_not_taken_from_an_older_one():
    found = read((0, sign_in(level_during="high")), (5, sign_in(level_during=None, risk_state="none")))
    assert detail(found).level_during is None


def test_the_agent_and_the_network_are_completed_too():
    rich = having(sign_in(**RICH), user_agent="curl/8", asn=64500)
    found = read((0, rich), (5, having(sign_in(**POOR), user_agent=None, asn=None)))
    assert (found.user_agent, found.place.asn) == ("curl/8", 64500)


def test_what_stands_in_for_a_sign_in_completes_nothing():
    found = read((0, sign_in(**RICH, synthetic=True)), (5, sign_in(**POOR)))
    assert detail(found).protocol is None
