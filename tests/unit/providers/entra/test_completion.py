"""A copy of a record that carries less takes nothing back of what another copy said, whichever came first."""

from itertools import permutations

import pytest

from gatewatch.alerts.versions import reduce
from gatewatch.model import Event, Fact
from gatewatch.providers.entra.completion import complete
from gatewatch.tuning import Tuning
from tests.builders.common import detail, having, minutes, stored
from tests.builders.entra import detection, sign_in

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


@pytest.mark.parametrize("field", ["level_during", "level_aggregated", "risk_state", "risk_detail", "category"])
def test_no_word_about_a_risk_is_taken_from_an_older_version(field: str):
    found = complete(sign_in(**{field: None}), sign_in(**{field: "said"}))
    assert getattr(detail(found), field) is None


def test_what_the_newest_says_itself_stays():
    newest = having(sign_in(protocol="ropc"), user_agent="firefox", asn=64501)
    older = having(sign_in(protocol="devicecode"), user_agent="curl/8", asn=64500)
    found = complete(newest, older)
    assert (detail(found).protocol, found.user_agent, found.place) == ("ropc", "firefox", newest.place)


@pytest.mark.parametrize(
    ("changes", "taken"), [({"asn": 64500}, True), ({"asn": 64500, "ip": "203.0.113.9"}, False), ({"country": "NO"}, False)]
)
def test_the_network_is_taken_only_of_the_same_address(changes: dict[str, object], taken: bool):
    newest, older = having(sign_in(), asn=None), having(having(sign_in(), asn=None), **changes)
    assert complete(newest, older).place == (older if taken else newest).place


def test_an_agent_alone_is_completed_too():
    newest, older = having(sign_in(), user_agent=None), having(sign_in(), user_agent="curl/8")
    assert complete(newest, older).user_agent == "curl/8"


def test_a_record_that_is_no_sign_in_stays_as_it_is():
    assert complete(detection(), sign_in()) == detection()
    assert complete(sign_in(), detection()) == sign_in()
