"""The pairs that rules are asked about are those of every two activities that could match."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from gatewatch.alerts.pairs import pairs_among
from gatewatch.providers.catalogue import PAIR_PARTS, PAIR_REACH, PAIR_RULES, provider_of
from gatewatch.providers.rule import Scored
from tests.builders.aws import login
from tests.builders.common import activity, minutes
from tests.builders.endpoint import typed
from tests.builders.entra import sign_in

MADE = {"aws": lambda at: login(at=at), "entra": lambda at: sign_in(at=at), "endpoint": lambda _at: typed(0)}
PARTS = [frozenset[str](), *(frozenset({part}) for parts in PAIR_PARTS.values() for part in parts)]
sides = st.tuples(st.sampled_from(sorted(MADE)), st.integers(0, 26), st.sampled_from(PARTS))


@given(st.sampled_from(sorted(PAIR_REACH)), st.lists(sides, max_size=12))
def test_every_two_that_a_rule_could_match_and_no_others(scope: str, drawn: list[tuple[str, int, frozenset[str]]]) -> None:
    items = [
        Scored(activity(MADE[family](minutes(30 * at)), id=str(number), time=minutes(30 * at)), None, parts)
        for number, (family, at, parts) in enumerate(sorted(drawn, key=lambda side: side[1]))
    ]
    wanted = {
        (first.activity.id, second.activity.id)
        for first, second in combinations(items, 2)
        if second.activity.time - first.activity.time <= PAIR_REACH[scope]
        and PAIR_PARTS[scope] & (first.parts | second.parts)
        and (scope == "principal" or provider_of(first.activity.event) is not provider_of(second.activity.event))
    }
    found = [(first.activity.id, second.activity.id) for first, second in pairs_among(items, scope)]
    assert (set(found), len(found)) == (wanted, len(wanted))


def test_a_pair_rule_matches_only_with_its_parts() -> None:
    for rule in PAIR_RULES:
        for example in rule.examples:
            assert example.points is None or rule.parts & (example.first.parts | example.second.parts), (rule.id, example.name)
            bare = [Scored(side.activity, side.assessment) for side in (example.first, example.second)]
            assert rule.match(bare[0], bare[1], example.tuning) is None, (rule.id, example.name)
