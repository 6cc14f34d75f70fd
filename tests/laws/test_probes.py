"""A probe and the slow way agree on 5,000 odd records (200,000 in `make stress`)."""

import pytest

from gatewatch.flow.learner import AT_HAND
from tests.laws.probes import TUNINGS, same_by_both_ways


@pytest.mark.parametrize(
    ("tuning", "at_hand"),
    [(TUNINGS[0], AT_HAND), (TUNINGS[1], AT_HAND), (TUNINGS[0], 3)],
    ids=["default", "tuned", "little of it in memory"],
)
def test_a_probe_leaves_out_only_what_nothing_keeps_and_teaches_the_same(tuning, at_hand):
    asked = same_by_both_ways(2_600, 11, tuning, at_hand)
    assert asked["slow way"] > 500
    assert sum(asked.values()) - asked["slow way"] > 500  # otherwise the probe was never asked anything
    assert asked["sign_in_without_risk"] > 50
    assert asked["news"] > 20
