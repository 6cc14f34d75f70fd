"""Which stretches of time a second reading covers. Pure.

How often a record is read again follows from how the readings before fitted their runs: the whole overlap each time, or each record twice more,
or once more when it is as old as the overlap. What a reading covers is fixed when it begins, so that a run that dies loses none of it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from .cursor import Cursor, Rescan
from .streams import Slice, Stream, oldest_kept

SLOW = timedelta(minutes=15)
"""A second reading that takes longer is followed by one without its middle."""
JUST_READ = timedelta(minutes=5)
"""What is read again with the new records while second readings need several runs: most records that are late are late by minutes."""
CLOCKS_DIFFER = timedelta(minutes=1)
AT_LEISURE, SHORTER, SHORTEST = 0, 1, 2
"""Values of ``Cursor.haste``: all of the overlap, two stretches of it, or the oldest one only."""


def begins_at(stream: Stream, cursor: Cursor, until: datetime) -> datetime:
    """Where a second reading begins: records that became visible since the last one are in it."""
    start = (cursor.rescanned or cursor.late_from or until) - stream.overlap
    return start if cursor.final is None else max(start, cursor.final)


def spans(stream: Stream, cursor: Cursor, rescan: Rescan, now: datetime) -> Iterator[Slice]:
    """What is left of a second reading, oldest first, without what was first read late and what the source no longer keeps."""
    at = max(rescan.at, cursor.final or rescan.at, oldest_kept(stream, now))
    late = Slice(cursor.late_from or at, cursor.late_until or at)
    for part in _parts(stream, cursor, rescan):
        if part.end > at:
            yield from _without(Slice(max(part.start, at), part.end), late)
            at = part.end


def _parts(stream: Stream, cursor: Cursor, rescan: Rescan) -> Iterator[Slice]:
    """All of it; in haste what got as old as the overlap since the last one, and what got as old as ``near``."""
    if stream.near is None or covers_all(stream, cursor):
        yield Slice(rescan.at, rescan.until)
        return
    yield Slice(rescan.at, old_until(stream, rescan))
    if cursor.haste == SHORTER:
        yield Slice((cursor.rescanned or rescan.until) - stream.near, rescan.until - stream.near)


def covers_all(stream: Stream, cursor: Cursor) -> bool:
    """Whether a second reading meets every record of the overlap, also those that a run which died had stored and nothing more."""
    return stream.near is None or cursor.haste == AT_LEISURE


def old_until(stream: Stream, rescan: Rescan) -> datetime:
    """What lies before is as old as the overlap when this second reading meets it, by any clock, and needs no further one.

    Streams without ``near`` also show what changes later: they go back as far as the second reading before this one.
    """
    if stream.near is None:
        return rescan.until - stream.overlap
    return min(rescan.started - stream.overlap - CLOCKS_DIFFER, rescan.until)


def _without(span: Slice, gap: Slice) -> Iterator[Slice]:
    """The parts of a span before and after a gap."""
    for part in (
        (Slice(span.start, min(span.end, gap.start)), Slice(max(span.start, gap.end), span.end)) if gap.start < gap.end else (span,)
    ):
        if part.start < part.end:
            yield part


def haste_after(cursor: Cursor, rescan: Rescan, now: datetime, *, whole_run: bool, spent: bool) -> int:
    """How the next one covers its time. ``whole_run``: this one began in the run that ends it; ``spent``: that took most of the run."""
    if now - rescan.started > SLOW:
        return SHORTEST
    if not whole_run or (cursor.haste != AT_LEISURE and spent):
        return SHORTER
    return AT_LEISURE
