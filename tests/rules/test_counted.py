"""A circumstance that a rule's points include already is not added again, and one more matching rule still never lowers a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gatewatch.model import Fact
from gatewatch.providers.aws.rules import aws_console_login_no_mfa
from gatewatch.providers.aws.samples import console_login
from gatewatch.providers.rule import Finding, Rule, Window
from gatewatch.providers.rule_index import RuleIndex
from gatewatch.scoring import score
from gatewatch.tuning import Tuning

COUNTED = ("new country", "new ASN or client")
ABROAD = console_login(mfa_used=Fact.ABSENT, firsts=frozenset({"country", "network"}))  # circumstances: +10 and +5


def rule(points: int, *counts: str, number: int = 1) -> Rule:
    model = aws_console_login_no_mfa.RULE
    return structs.replace(
        model,
        metadata=structs.replace(model.metadata, id=f"aws_rule_{number}"),
        match=lambda _activity, _window, _tuning: Finding(points, "Matched."),
        counts=frozenset(counts),
    )


def scored(*rules: Rule) -> int:
    found = score.assess(ABROAD, Window(), Tuning(), RuleIndex(rules))
    assert found is not None
    assert sum(component.points for component in found.components) == found.score
    return found.score


@pytest.mark.parametrize(
    ("rules", "total"),
    [
        pytest.param([rule(30)], 45, id="nothing is counted"),
        pytest.param([rule(30, "new country")], 35, id="the country is counted"),
        pytest.param([rule(30, *COUNTED)], 30, id="both are counted"),
        pytest.param([rule(40), rule(30, *COUNTED, number=2)], 65, id="the naming rule counts nothing"),
        pytest.param([rule(40, *COUNTED), rule(20, number=2)], 50, id="the naming rule counts both"),
        pytest.param([rule(40, *COUNTED), rule(37, number=2)], 62, id="the other rule reaches more with what it does not count"),
    ],
)
def test_a_circumstance_is_counted_once(rules, total):
    assert scored(*rules) == total


RULES = st.lists(st.tuples(st.integers(1, 60), st.sets(st.sampled_from(COUNTED))), min_size=2, max_size=5)


@given(RULES)
def test_one_more_matching_rule_never_lowers_a_score(drawn):
    rules = [rule(points, *counts, number=number) for number, (points, counts) in enumerate(drawn)]

    assert scored(*rules) >= scored(*rules[:-1])
