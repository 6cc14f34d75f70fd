"""What the report counts, from the lines of its alerts. Pure."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ..model import Severity
from .model import AlertRow, Duration, Numbers


def numbers(rows: Sequence[AlertRow], merged_or_retracted: int) -> Numbers:
    """The counts of these alerts. A week is that of the highest event of an alert (ISO 8601)."""
    weeks: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        weeks[week(row)][row.severity.value] += 1
    return Numbers(
        alerts=len(rows),
        open=sum(row.status == "open" for row in rows),
        closed=sum(row.status == "closed" for row in rows),
        suppressed=sum(bool(row.suppressed_by) for row in rows),
        merged_or_retracted=merged_or_retracted,
        people=len({subject(row) for row in rows}),
        addresses=len({address for row in rows for address in row.addresses}),
        by_severity={severity.value: sum(row.severity is severity for row in rows) for severity in Severity},
        by_rule=dict(sorted(Counter(row.rule for row in rows).items())),
        by_week={name: dict(found) for name, found in sorted(weeks.items())},
    )


def subject(row: AlertRow) -> str:
    """Whose alert it is: the person, else the principal."""
    return row.person or row.principal


def week(row: AlertRow) -> str:
    """The ISO week of its highest event."""
    year, number, _ = row.time.isocalendar()
    return f"{year}-W{number:02}"


def timing(values: Iterable[float | None]) -> Duration:
    """One duration over those alerts that have it."""
    known = sorted(value for value in values if value is not None)
    return Duration(count=len(known), median=statistics.median(known) if known else None, longest=known[-1] if known else None)
