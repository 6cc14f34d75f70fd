"""Elastic's limits, stated once more here on purpose, and the order of the four severities."""

import itertools

import pytest

from gatewatch.model import Severity, severity_of

SEVERITIES = [
    pytest.param(1, Severity.LOW, id="1"),
    pytest.param(21, Severity.LOW, id="21"),
    pytest.param(22, Severity.MEDIUM, id="22"),
    pytest.param(47, Severity.MEDIUM, id="47"),
    pytest.param(48, Severity.HIGH, id="48"),
    pytest.param(73, Severity.HIGH, id="73"),
    pytest.param(74, Severity.CRITICAL, id="74"),
    pytest.param(100, Severity.CRITICAL, id="100"),
]


@pytest.mark.parametrize(("points", "severity"), SEVERITIES)
def test_the_limits(points, severity):
    assert severity_of(points) is severity


def test_every_score_has_one_severity():
    ranges = [range(severity.lowest, severity.highest + 1) for severity in Severity]

    assert list(itertools.chain(*ranges)) == list(range(1, 101))


def test_severities_compare_by_score():
    assert sorted(["critical", "low", "high", "medium"], key=Severity) == [Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
    assert Severity.LOW < Severity.CRITICAL  # as text, "low" is greater than "critical"
    assert Severity.CRITICAL > Severity.HIGH
    assert Severity.HIGH >= Severity.HIGH
    assert Severity.HIGH <= Severity.HIGH


@pytest.mark.parametrize("name", ["loud", "", "Low"])
def test_a_severity_does_not_compare_with_another_text(name):
    with pytest.raises(ValueError, match="is not a valid Severity"):
        assert name > Severity.LOW
