"""A probe and the slow way agree on 5,000 odd records (200,000 in `make stress`)."""

import pytest

from tests.laws.probes import TUNINGS, same_by_both_ways


@pytest.mark.parametrize("tuning", TUNINGS, ids=["default", "tuned"])
def test_a_probe_leaves_out_only_what_nothing_keeps_and_teaches_the_same(tuning):
    asked = same_by_both_ways(2_600, 11, tuning)
    assert asked["slow way"] > 500
    assert sum(asked.values()) - asked["slow way"] > 500  # otherwise the probe was never asked anything
    assert asked["sign_in_without_risk"] > 50
    assert asked["news"] > 20
