"""What is polled and which stretch of time a poll covers. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from .cursor import EVERYTHING

SHORTEST_SLICE = timedelta(seconds=5)
EDGE = timedelta(minutes=5)
"""Kept away from the end of the source's retention: clocks differ, and a run takes its time."""
PATIENCE = timedelta(hours=6)
"""How far a spare stream may be behind before runs that it does not finish count."""
RESERVE = timedelta(days=1)
"""What a stream that leaves its time to others keeps of the source's retention, so that it loses nothing by waiting."""


class Stream(Struct, frozen=True, kw_only=True):
    """One series of records with a time. ``overlap`` is read again at every poll, because records become visible late.

    ``delay`` leaves the newest seconds to the next poll: of a stream that reads what another one read long ago, hours. Streams of one
    ``resource`` can show the same records. Streams that share a run get parts of it by ``weight``.
    """

    name: str
    resource: str
    overlap: timedelta
    delay: timedelta
    longest: timedelta  # the longest slice
    first: timedelta  # how far the very first poll looks back
    retention: timedelta  # how long the source keeps records at most
    least_retention: timedelta | None = None  # how long it keeps them in any case; None: as long as ``retention``
    rescan_every: timedelta = timedelta(0)  # how often a second reading begins at most
    near: timedelta | None = None  # the age of a further reading while second readings need several runs; None: always the whole overlap
    weight: int = 1
    spare: bool = False  # whether it leaves its time to a stream that is behind, as long as it can wait


class Slice(Struct, frozen=True):
    """A stretch of time, both ends included."""

    start: datetime
    end: datetime


class Span(Struct, frozen=True, kw_only=True):
    """The fresh part of one poll."""

    start: datetime
    end: datetime
    lost: timedelta  # how much the source no longer keeps, and nobody will ever read


def fresh(stream: Stream, watermark: datetime | None, now: datetime) -> Span:
    """What has not been read yet: from the watermark to ``now`` minus the delay, as far as the source keeps it. The end never passes now."""
    end = now - stream.delay
    start = min(watermark, end) if watermark is not None else end - max(stream.first, stream.overlap)
    oldest = oldest_kept(stream, now)
    lost = oldest - start if watermark != EVERYTHING else timedelta(0)
    return Span(start=max(start, oldest), end=end, lost=max(lost, timedelta(0)))


def can_wait(stream: Stream, watermark: datetime | None, now: datetime) -> bool:
    """Whether the source surely keeps for another day what this stream reads next. One that was never read begins at once."""
    kept = stream.least_retention or stream.retention
    return watermark is not None and now - watermark < kept - RESERVE


def oldest_kept(stream: Stream, now: datetime) -> datetime:
    """The oldest moment that may be asked for; a source may refuse a slice that starts before its retention."""
    return now - stream.retention + EDGE


def slices(start: datetime, end: datetime, length: timedelta) -> Iterator[Slice]:
    """[start, end] in pieces of at most ``length``, oldest first; neighbours share their edge, so nothing falls between."""
    length = max(length, SHORTEST_SLICE)
    while start < end:
        edge = min(start + length, end)
        yield Slice(start, edge)
        start = edge
