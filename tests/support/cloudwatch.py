"""A small CloudWatch: which state an alarm of a template has at a moment, over series of metrics.

Statistics, periods, metric math, M out of N and missing data as the user guide describes them ("How alarm state is evaluated when data
is missing"; its tables are the tests). CloudWatch does not say how far back it looks beyond the evaluation periods, nor how it aligns
periods to the moment of evaluation: ``Reading`` names both, and an alarm must do its work under all of them.
"""

import ast
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

type Points = dict[int, float]  # start of a period in seconds -> value


class Reading(NamedTuple):
    """How CloudWatch reads: periods beyond the evaluation periods, and whether periods end at the moment of evaluation."""

    further: int
    sliding: bool


READINGS = [Reading(further, sliding) for further in (0, 2) for sliding in (False, True)]


class Metric(NamedTuple):
    """What identifies a series."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


class Series:
    """Everything that was emitted: values with their moments, in seconds."""

    def __init__(self) -> None:
        self._values: dict[Metric, list[tuple[float, float]]] = defaultdict(list)

    def emit(self, metric: Metric, at: float, *values: float) -> None:
        """Note values."""
        self._values[metric] += [(at, value) for value in values]

    def statistic(self, metric: Metric, name: str, starts: Iterable[int], period: int) -> Points:
        """One point for each period that has values."""
        found: Points = {}
        for start in starts:
            values = [value for at, value in self._values[metric] if start <= at < start + period]
            if values:
                found[start] = _STATISTICS[name](values)
        return found


_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": lambda values: sum(values) / len(values),
    "SampleCount": len,
}
_BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def in_alarm(alarm: Mapping[str, Any], series: Series, at: int, reading: Reading) -> bool:
    """Whether an alarm's properties (references resolved) are in the state ALARM."""
    period, wanted = _period(alarm), alarm["EvaluationPeriods"]
    last = at - period if reading.sliding else at // period * period - period
    starts = [last - period * back for back in range(wanted + reading.further)]
    points = _points(alarm, series, starts, period)
    breaches = _BREACHES[alarm["ComparisonOperator"]]
    newest_first = [breaches(points[start], alarm["Threshold"]) for start in starts if start in points]
    return decide(newest_first, wanted, alarm.get("DatapointsToAlarm", wanted), alarm["TreatMissingData"])


def decide(newest_first: Sequence[bool], wanted: int, needed: int, missing: str) -> bool:
    """ALARM from the points that exist in the evaluation range; what is missing is filled in as few times as possible."""
    filled = {"breaching": True, "notBreaching": False}[missing]
    looked_at = [*newest_first[:wanted], *[filled] * (wanted - len(newest_first))]
    return sum(looked_at) >= needed


def _period(alarm: Mapping[str, Any]) -> int:
    periods = {alarm["Period"]} if "Period" in alarm else {m["MetricStat"]["Period"] for m in alarm["Metrics"] if "MetricStat" in m}
    (period,) = periods  # the metrics of one expression must have the same
    return int(period)


def _points(alarm: Mapping[str, Any], series: Series, starts: Sequence[int], period: int) -> Points:
    if "MetricName" in alarm:
        return series.statistic(metric(alarm), alarm["Statistic"], starts, period)
    known = {
        m["Id"]: series.statistic(metric(m["MetricStat"]["Metric"]), m["MetricStat"]["Stat"], starts, period)
        for m in alarm["Metrics"]
        if "MetricStat" in m
    }
    (expression,) = [m["Expression"] for m in alarm["Metrics"] if m.get("ReturnData", True)]
    found = _math(ast.parse(expression, mode="eval").body, known, starts)
    if isinstance(found, float):
        raise TypeError(f"{expression} is no time series")
    return found


def metric(written: Mapping[str, Any]) -> Metric:
    """The metric that an alarm, or a part of its expression, names."""
    dimensions = frozenset((each["Name"], each["Value"]) for each in written.get("Dimensions", ()))
    return Metric(written["Namespace"], written["MetricName"], dimensions)


def _math(node: ast.expr, known: Mapping[str, Points], starts: Sequence[int]) -> Points | float:
    """Metric math: arithmetic of series and numbers, and FILL. A moment that one side lacks is missing."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return known[name]
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, ast.Constant(value=number)]):
            points = _math(filled, known, starts)
            return {start: points.get(start, float(number)) for start in starts} if isinstance(points, dict) else points
        case ast.BinOp(left=left, op=op, right=right):
            return _each(_ARITHMETIC[type(op)], _math(left, known, starts), _math(right, known, starts))
    raise NotImplementedError(ast.unparse(node))


def _each(do: Callable[[float, float], float], left: Points | float, right: Points | float) -> Points | float:
    if isinstance(left, dict) and isinstance(right, dict):
        return {start: do(left[start], right[start]) for start in left.keys() & right.keys()}
    if isinstance(left, dict):
        return {start: do(value, right) for start, value in left.items()}  # type: ignore[arg-type]
    if isinstance(right, dict):
        return {start: do(left, value) for start, value in right.items()}
    return do(left, right)
