"""Dates of one file that can be read in two ways: another date of the file says whether day or month is first in it."""

from collections import deque
from collections.abc import Iterator, Mapping

from ...model import RawRecord, Refused
from ..times import day_first, is_ambiguous, month_first_text

_AHEAD = 1_000
"""How many rows are looked at before the first one is given out, if that one has such a date."""


def in_one_order(rows: Iterator[RawRecord | Refused]) -> Iterator[RawRecord | Refused]:
    """The rows, with dates that have slashes and their day first as ISO text, once a date with a day above 12 shows that they do."""
    waiting: deque[RawRecord | Refused] = deque()
    order: bool | None = None
    for row in rows:
        if order is None and isinstance(row, RawRecord) and isinstance(row.data, Mapping):
            order = day_first(row.data.values())
        if order is None and (waiting or _doubtful(row)) and len(waiting) < _AHEAD:
            waiting.append(row)
            continue
        while waiting:
            yield _ordered(waiting.popleft(), order)
        yield _ordered(row, order)
    for row in waiting:
        yield _ordered(row, order)


def _doubtful(row: RawRecord | Refused) -> bool:
    return isinstance(row, RawRecord) and isinstance(row.data, Mapping) and any(is_ambiguous(cell) for cell in row.data.values())


def _ordered(row: RawRecord | Refused, order: bool | None) -> RawRecord | Refused:  # noqa: FBT001 - three values, as day_first gives them
    if not order or not isinstance(row, RawRecord) or not isinstance(row.data, Mapping):
        return row
    data = {name: month_first_text(cell) if isinstance(cell, str) and cell[:1].isdigit() else cell for name, cell in row.data.items()}
    return RawRecord(data=data, fetched=row.fetched, tenant=row.tenant, origin=row.origin)
