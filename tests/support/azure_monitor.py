"""A small Azure Monitor: whether a log alert fires at a moment, over the lines that a function wrote.

A rule looks at the rows of its window, aggregates one column for each set of its dimensions, and compares. Over no rows no aggregate but a
count exists, so nothing fires (Microsoft Learn, "Create or edit a log search alert rule"). Lines arrive minutes after they were written.
"""

import logging
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from . import kql

LATENCIES = (timedelta(0), timedelta(minutes=3), timedelta(minutes=6))
"""How late lines arrive; Microsoft promises nothing."""
_SPAN = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_AGGREGATES = {"Maximum": max, "Minimum": min, "Total": sum}
_BREACHES = {
    "GreaterThan": lambda value, limit: value > limit,
    "GreaterThanOrEqual": lambda value, limit: value >= limit,
    "LessThan": lambda value, limit: value < limit,
    "LessThanOrEqual": lambda value, limit: value <= limit,
}


def span(text: str) -> timedelta:
    """An ISO duration, such as PT30M."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


class Traces:
    """The table ``traces``: what the function logged, at the moments that the test says."""

    def __init__(self, rows: Iterable[dict[str, Any]] = ()) -> None:
        self._rows = list(rows)

    def __add__(self, other: "Traces") -> "Traces":
        return Traces(sorted((*self._rows, *other._rows), key=_moment))

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Whatever is logged in this context was logged at this moment."""
        handler = _Handler(lambda record: self.add(moment, record.getMessage(), record.levelno // 10 - 1))
        root, level = logging.getLogger(), logging.getLogger("gatewatch.metrics").level
        logging.getLogger("gatewatch.metrics").setLevel(logging.INFO)
        root.addHandler(handler)
        try:
            yield
        finally:
            root.removeHandler(handler)
            logging.getLogger("gatewatch.metrics").setLevel(level)

    def add(self, moment: datetime, message: str, severity: int) -> None:
        """One line; not older than the one before."""
        self._rows.append({"message": message, "severityLevel": severity, "timestamp": moment})

    def between(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """The lines after one moment, up to another one."""
        return self._rows[bisect_right(self._rows, start, key=_moment) : bisect_right(self._rows, end, key=_moment)]


def _moment(row: Mapping[str, Any]) -> datetime:
    at: datetime = row["timestamp"]
    return at


class _Handler(logging.Handler):
    def __init__(self, do: Any) -> None:
        super().__init__()
        self._do = do

    def emit(self, record: logging.LogRecord) -> None:
        self._do(record)


def fires(rule: Mapping[str, Any], traces: Traces, now: datetime, latency: timedelta) -> list[dict[str, Any]]:
    """The dimensions for which a rule fires now; ``[{}]`` for a rule without dimensions."""
    (criterion,) = rule["criteria"]["allOf"]
    periods = criterion["failingPeriods"]
    if periods != {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1}:
        raise NotImplementedError("several periods")
    rows = traces.between(now - span(rule["windowSize"]), now - latency)
    names = [dimension["name"] for dimension in criterion["dimensions"]]
    groups: dict[tuple[Any, ...], list[float]] = {}
    for row in kql.run(criterion["query"], {"traces": rows}, now):
        value = row[criterion["metricMeasureColumn"]]
        if value is not None:
            groups.setdefault(tuple(row[name] for name in names), []).append(value)
    aggregate, breach = _AGGREGATES[criterion["timeAggregation"]], _BREACHES[criterion["operator"]]
    return [dict(zip(names, key, strict=True)) for key, values in groups.items() if breach(aggregate(values), criterion["threshold"])]


def moments(rule: Mapping[str, Any], start: datetime, end: datetime, shift: timedelta = timedelta(0)) -> Iterator[datetime]:
    """When a rule is evaluated."""
    at, every = start + shift, span(rule["evaluationFrequency"])
    while at <= end:
        yield at
        at += every
