"""A stretch of the past from Graph, oldest first: all streams of a day before the next day, so that familiarity grows as it would have."""

from collections import Counter
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct, structs

from gatewatch.errors import GatewatchError
from gatewatch.polling.cursor import Cursor
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import DeadlineReached, SliceRefused, SliceTooLong, SourceUnavailable
from gatewatch.polling.hand_over import HandOver
from gatewatch.polling.pace import Pace
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import SHORTEST_SLICE, Slice, Stream, slices

SLICE_SECONDS = 240.0
"""What one slice may take; one that needs more is halved."""
LEASE = timedelta(seconds=2 * SLICE_SECONDS)
DAY = timedelta(days=1)
BROKEN_OFF = 5
"""How many slices in a row may be too long before Graph counts as away."""


class StretchHeld(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """Another process reads this stretch now, or one that died did so minutes ago."""


class DayRead(Struct, frozen=True):
    """A stream was read up to here."""

    stream: str
    up_to: datetime
    counts: Counter[str]


def backfill(span: Slice, streams: Sequence[Stream], needs: Dependencies) -> Generator[DayRead]:
    """Reads and hands over; each item is a day of a stream. A repetition goes on where the last one stopped.

    Raises:
        StretchHeld: another process is at it.
        SourceUnavailable, StoreUnavailable, GraphError: what was read stays read; run it again.
    """
    cursors = {stream.name: _claimed(stream, span, needs) for stream in streams}
    running = {stream.name: _Stretch(stream, needs, cursors[stream.name]) for stream in streams}
    try:
        for day in slices(span.start, span.end, DAY):
            for stream in streams:
                if running[stream.name].read(day):
                    yield DayRead(stream.name, day.end, running[stream.name].counts)
    finally:
        for one in running.values():
            one.release()


def name_of(stream: str, span: Slice) -> str:
    """The name of the cursor: a stretch of its own for each pair of times."""
    return f"backfill {stream} {span.start.astimezone(UTC):%Y-%m-%dT%H:%M:%S} {span.end.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _claimed(stream: Stream, span: Slice, needs: Dependencies) -> Cursor:
    now = needs.ports.clock()
    cursor = needs.checkpoint.claim(name_of(stream.name, span), needs.ports.worker, now, now + LEASE)
    if cursor is None:
        minutes = int(LEASE.total_seconds() // 60)
        raise StretchHeld(
            f"another process reads {stream.name} of this time now, or one that was killed did; its lease ends within {minutes} minutes"
        )
    return cursor


class _Stretch:
    """One stream's part of a backfill."""

    def __init__(self, stream: Stream, needs: Dependencies, cursor: Cursor) -> None:
        self._stream, self._needs, self._cursor = stream, needs, cursor
        self._hand_over = HandOver(stream, needs, None)
        self._length = stream.longest if cursor.slice_seconds is None else timedelta(seconds=cursor.slice_seconds)
        self.counts = self._hand_over.counts

    def read(self, day: Slice) -> bool:
        """The part of a day that was not read yet; False when there is none."""
        start = max(day.start, self._cursor.watermark or day.start)
        if start >= day.end:
            return False
        pace = Pace(Slice(start, day.end), int(self._length.total_seconds()), DAY, SLICE_SECONDS)
        broken_off = 0
        while not pace.over:
            begun = self._needs.ports.clock()
            piece = pace.next_slice(SLICE_SECONDS)
            try:
                self._slice(piece, Deadline(self._needs.ports.clock, begun + timedelta(seconds=SLICE_SECONDS)))
            except (DeadlineReached, SliceTooLong) as reached:
                broken_off += 1
                if broken_off == BROKEN_OFF or piece.end - piece.start <= SHORTEST_SLICE:
                    raise SourceUnavailable(f"Graph did not finish {self._stream.name} of {piece.start:%Y-%m-%d %H:%M}") from reached
                pace.broken_off(piece, SLICE_SECONDS)
                continue
            broken_off = 0
            pace.finished(piece, (self._needs.ports.clock() - begun).total_seconds())
            self._save(watermark=piece.end, slice_seconds=int(pace.length.total_seconds()))
        self._length = pace.length
        return True

    def _slice(self, piece: Slice, deadline: Deadline) -> None:
        try:
            for page in self._needs.source.pages(self._stream, piece, deadline):
                self._hand_over.take(page)
        except SliceRefused:
            if self._needs.ports.clock() - piece.start < (self._stream.least_retention or self._stream.retention):
                raise
            self.counts["slices_beyond_retention"] += 1
        if self._hand_over.away is not None:
            raise self._hand_over.away
        self._hand_over.finish()

    def _save(self, **changes: object) -> None:
        until = self._needs.ports.clock() + LEASE
        self._cursor = self._needs.checkpoint.save(structs.replace(self._cursor, **{"locked_until": until, **changes}))

    def release(self) -> None:
        """Give the lease back."""
        self._save(locked_until=None)
