"""The evaluator of alarms says what CloudWatch's user guide prints in its tables."""

import pytest

from tests.support.cloudwatch import Metric, Reading, Series, decide, in_alarm

# data points (oldest first; 0 within, X beyond the threshold, - missing), BREACHING, NOT BREACHING
THREE_OF_THREE = [
    ("0 - X - X", False, False),
    ("0 - - - -", False, False),
    ("- - - - -", True, False),
    ("0 X X - X", True, True),
    ("- - - - X", True, False),
    ("X - - - -", True, False),
]
TWO_OF_THREE = [
    ("0 - X - X", True, True),
    ("0 0 X 0 X", True, True),
    ("0 - X - -", True, False),
    ("- - - - 0", True, False),
    ("- - - - X", True, False),
]
TABLES = [(3, *row) for row in THREE_OF_THREE] + [(2, *row) for row in TWO_OF_THREE]


@pytest.mark.parametrize(("needed", "points", "breaching", "not_breaching"), TABLES)
def test_the_tables_of_the_user_guide(needed: int, points: str, breaching: bool, not_breaching: bool) -> None:
    newest_first = [point == "X" for point in reversed(points.split()) if point != "-"]
    assert decide(newest_first, 3, needed, "breaching") is breaching
    assert decide(newest_first, 3, needed, "notBreaching") is not_breaching


def alarm(expression: str, threshold: float) -> dict[str, object]:
    def part(name: str) -> dict[str, object]:
        metric = {"Namespace": "N", "MetricName": name}
        return {"Id": name, "ReturnData": False, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}

    return {
        "Metrics": [{"Id": "e", "Expression": expression}, part("a"), part("b")],
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }


MATH = [
    pytest.param("a + b", 5, False, id="one side is missing"),
    pytest.param("a + FILL(b, 4)", 5, True, id="filled"),
    pytest.param("a * 2 + 1", 4.5, True, id="numbers"),
    pytest.param("10 - a / 2", 8.5, True, id="numbers first"),
]


@pytest.mark.parametrize(("expression", "threshold", "fires"), MATH)
def test_metric_math(expression: str, threshold: float, fires: bool) -> None:
    series = Series()
    series.emit(Metric("N", "a", frozenset()), 65, 1.5, 0.5)
    assert in_alarm(alarm(expression, threshold), series, 120, Reading(0, sliding=False)) is fires


def test_what_is_no_metric_math_is_said() -> None:
    with pytest.raises(NotImplementedError, match="METRICS"):
        in_alarm(alarm("METRICS()", 0), Series(), 120, Reading(0, sliding=False))
