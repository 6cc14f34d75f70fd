"""The profile "published": every match of the three published patterns is at least medium; nothing else changes."""

import pytest
from msgspec import structs

from gatewatch.model import Severity
from gatewatch.providers.catalogue import RULES
from gatewatch.providers.rule import Finding, Window
from gatewatch.providers.rule_index import RuleIndex
from gatewatch.scoring.score import assess
from gatewatch.tuning import Tuning
from gatewatch.tuning.file import load

PUBLISHED = [rule for rule in RULES if rule.published]
MATCHES = [(rule, example) for rule in PUBLISHED for example in rule.examples if example.points is not None]


def assessed(example, profile):
    found = assess(example.activity, Window(example.window), structs.replace(example.tuning, profile=profile))
    assert found is not None
    return found


def test_there_are_three_published_patterns_one_a_provider():
    assert len(PUBLISHED) == len({rule.metadata.family for rule in PUBLISHED}) == 3


@pytest.mark.parametrize(("rule", "example"), [pytest.param(*pair, id=f"{pair[0].id}: {pair[1].name}") for pair in MATCHES])
def test_every_match_is_at_least_medium(rule, example):
    balanced, published = assessed(example, "balanced"), assessed(example, "published")
    assert rule.id in published.rules
    assert published.severity >= Severity.MEDIUM
    assert published.score == max(balanced.score, Severity.MEDIUM.lowest)
    assert sum(component.points for component in published.components) == published.score


def test_other_rules_keep_their_points():
    others = [example for rule in RULES if not rule.published and rule.scope == "principal" for example in rule.examples if example.points]
    for example in others:
        tuning = structs.replace(example.tuning, profile="published")
        before, after = (assess(example.activity, Window(example.window), one) for one in (example.tuning, tuning))
        assert before is not None
        assert after is not None
        assert after.score == before.score or any(rule.id in after.rules for rule in PUBLISHED)


@pytest.mark.parametrize(
    ("points", "added"), [pytest.param(21, [1], id="one lacks"), pytest.param(22, [], id="medium"), pytest.param(23, [], id="above")]
)
def test_only_what_lacks_is_added(points, added):
    published = structs.replace(PUBLISHED[0], match=lambda _activity, _window, _tuning: Finding(points, "Matched."))
    found = assess(MATCHES[0][1].activity, Window(), Tuning(profile="published"), RuleIndex([published]))
    assert found is not None
    assert [component.points for component in found.components if component.name == "profile published"] == added


@pytest.mark.parametrize(
    ("text", "profile", "problems"),
    [
        pytest.param('profile = "published"', "published", 0, id="published"),
        pytest.param("", "balanced", 0, id="the default"),
        pytest.param('profile = "loud"', "balanced", 1, id="no profile of that name"),
    ],
)
def test_the_profile_is_a_part_of_the_tuning(text, profile, problems):
    tuning, found = load(text or "notify_from = 'medium'", rules={})
    assert (tuning.profile, len(found)) == (profile, problems)
    assert Tuning().profile == "balanced"
