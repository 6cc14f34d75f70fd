"""One poll of one stream: claim, read slice by slice, hand over, move the watermark."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import structs

from ..errors import StoreUnavailable
from .cursor import Cursor, Rescan
from .deadline import Deadline
from .errors import DeadlineReached, LeaseLost, SliceRefused, SliceTooLong, SourceUnavailable
from .hand_over import HandOver
from .pace import Pace
from .ports import Dependencies
from .report import PollReport, is_behind, report_of
from .rescan import AT_LEISURE, JUST_READ, begins_at, covers_all, haste_after, old_until, spans
from .streams import PATIENCE, Slice, Stream, fresh, oldest_kept, slices

LOG = logging.getLogger(__name__)
LEASE_MARGIN = timedelta(seconds=60)
"""How long a lease outlives its run's deadline: the last page may still be on its way into the store, and clocks differ."""
FRESH_SHARE = 0.75
"""The part of a run that new records may take while a rescan is under way; the rest is the rescan's."""
LONGEST_RESCAN = timedelta(hours=1)
"""A second reading may take several runs; from this time on they count as not finished."""


def _nobody(_report: PollReport) -> None:
    """Takes the report of a failed run when the caller wants none."""


def poll(stream: Stream, needs: Dependencies, failed: Callable[[PollReport], None] = _nobody) -> PollReport:
    """Read what is new and what overlaps. ``failed`` gets the report of a run that raises.

    Raises:
        StoreUnavailable: the watermark stays; urgent findings were announced.
        SourceUnavailable, SliceRefused, or another error of the source: the watermark stays at the last finished slice.
    """
    now = needs.ports.clock()
    cursor = needs.checkpoint.claim(stream.name, needs.ports.worker, now, needs.deadline.at + LEASE_MARGIN)
    if cursor is None:
        return PollReport(stream.name, "locked")
    run = _Run(stream, needs, cursor, now)
    try:
        state = run.run()
    except LeaseLost:
        state = "taken_over"
    except Exception:
        failed(_reported(run, "failed"))
        raise
    finally:
        run.release()
    return _reported(run, state)


def _reported(run: "_Run", state: str) -> PollReport:
    return report_of(run.stream, run.cursor, state, dict(run.counts), run.needs.ports.clock())


class _Run:
    """The moving parts of one poll."""

    def __init__(self, stream: Stream, needs: Dependencies, cursor: Cursor, started: datetime) -> None:
        self.stream, self.needs, self.cursor, self.started = stream, needs, cursor, started
        self._hand_over = HandOver(stream, needs, cursor.settled)
        self.counts = self._hand_over.counts
        self._answers = 0
        self._behind, self._time = False, needs.deadline.left()

    def run(self) -> str:
        """What is new first, then what was read before; says whether both fitted the deadline."""
        new = self._read_new()
        old = (new or not self._behind) and self._read_again(new=new)
        if new and old:
            self._save(unfinished=0, **({} if self.stream.overlap else {"settled": self.started}))
            return "done"
        rescan = self.cursor.rescan
        late = (not new and not self._has_patience()) or (rescan is not None and self.started - rescan.started > LONGEST_RESCAN)
        self._save(unfinished=self.cursor.unfinished + 1 if late else 0)
        LOG.warning("poll %s: the deadline came before the end, the next run goes on", self.stream.name)
        return "unfinished"

    def _has_patience(self) -> bool:
        """Whether a stream that has only spare time is still near enough to where it should be."""
        watermark = self.cursor.watermark
        return self.stream.spare and watermark is not None and self.started - self.stream.delay - watermark < PATIENCE

    def release(self) -> None:
        """Give the lease back; whoever took it over keeps it."""
        try:
            self._save(locked_until=None)
        except LeaseLost:
            LOG.warning("poll %s: another worker took over", self.stream.name)

    def _read_new(self) -> bool:
        """Oldest slice first, so that a stream too large to be read twice never goes blind. False when the time ended first."""
        part = fresh(self.stream, self.cursor.watermark, self.started)
        if part.lost:
            LOG.error("poll %s: %s lie beyond what the source keeps and were never read", self.stream.name, part.lost)
        deadline = self.needs.deadline
        self._behind = is_behind(self.stream, self.cursor.watermark, part.end)
        if self._behind and self.cursor.late_until != part.start:
            self._save(late_from=part.start, late_until=part.start)
        elif self.cursor.watermark is not None and not self._behind:
            self._begin_rescan(part.start)
            deadline = deadline.share(FRESH_SHARE)
        start = part.start
        if self.stream.near is not None and self.cursor.haste != AT_LEISURE and not self._behind:
            start -= JUST_READ
        done = self._read(Slice(start, part.end), "slice_seconds", deadline, self._move)
        if done:
            self._save(watermark=part.end)
        return done

    def _move(self, at: datetime) -> None:
        """Everything new up to here was read. What is first read when it is older than the overlap needs no second reading."""
        late = {"late_until": at} if self._behind and at <= self.started - self.stream.overlap else {}
        self._save(watermark=max(at, self.cursor.watermark or at), **late)

    def _begin_rescan(self, until: datetime) -> None:
        cursor = self.cursor
        waits = cursor.settled is not None and self.started - cursor.settled < self.stream.rescan_every
        if cursor.rescan is None and self.stream.overlap and not waits:
            at = max(begins_at(self.stream, cursor, until), oldest_kept(self.stream, self.started))
            self._save(rescan=Rescan(until=until, started=self.started, at=at))

    def _read_again(self, *, new: bool) -> bool:
        """Goes on with the second reading, over as many runs as it takes. False when it is not through.

        Unless ``new`` records were read as well and this covers all, none counts as settled: one that is stored may not have got through the pipeline.
        """
        rescan = self.cursor.rescan
        if rescan is None:
            return True
        for span in list(spans(self.stream, self.cursor, rescan, self.started)):
            if not self._read(
                span, "rescan_slice_seconds", self.needs.deadline, lambda at: self._save(rescan=structs.replace(rescan, at=at))
            ):
                return False
        final = old_until(self.stream, rescan)
        spent = self.needs.deadline.left() < self._time / 2
        haste = haste_after(self.cursor, rescan, self.needs.ports.clock(), whole_run=rescan.started == self.started, spent=spent)
        settled = rescan.started if new and covers_all(self.stream, self.cursor) else self.cursor.settled
        self._save(rescan=None, rescanned=rescan.until, settled=settled, final=max(final, self.cursor.final or final), haste=haste)
        return True

    def _read(self, span: Slice, field: str, deadline: Deadline, move: Callable[[datetime], None]) -> bool:
        """A stretch of time in slices, ``move`` after each; says whether the deadline left time for all of it.

        The cursor's ``field`` keeps how long a slice is for the next run.
        """
        pace = Pace(span, getattr(self.cursor, field), self.stream.longest, deadline.left())
        try:
            return self._read_slices(pace, span, deadline, move)
        finally:
            if pace.seconds != getattr(self.cursor, field):
                self._save(**{field: pace.seconds})

    def _read_slices(self, pace: Pace, span: Slice, deadline: Deadline, move: Callable[[datetime], None]) -> bool:
        while not pace.over:
            left = deadline.left()
            piece = pace.next_slice(left)
            try:
                self._slice(piece, deadline)
                if self._hand_over.away is not None:
                    self._look_ahead(Slice(piece.end, span.end), pace.length, deadline, self._hand_over.away)
            except DeadlineReached as reached:
                if self._answers == 0 and left:
                    pace.failed(piece)
                self._raise_what_is_away(reached)
                pace.broken_off(piece, left)
                return False
            except SliceTooLong:
                if not pace.too_long(piece):
                    raise
                continue
            except SourceUnavailable:
                if not pace.failed(piece):
                    raise
                continue
            move(piece.end)
            pace.finished(piece, left - deadline.left())
        return True

    def _look_ahead(self, later: Slice, length: timedelta, deadline: Deadline, away: StoreUnavailable) -> None:
        """The store is away: look through what is left, newest first, for findings that cannot wait."""
        for piece in reversed(list(slices(later.start, later.end, length))):
            self._slice(piece, deadline)
        raise away

    def _raise_what_is_away(self, reached: DeadlineReached) -> None:
        """A run that met the deadline because the store or the source is away is a failure."""
        if self._hand_over.away is not None:
            raise self._hand_over.away from None
        if self._answers == 0:
            raise SourceUnavailable("no page came before the deadline of this run") from reached

    def _slice(self, piece: Slice, deadline: Deadline) -> None:
        """All pages of a slice."""
        try:
            for page in self.needs.source.pages(self.stream, piece, deadline):
                self._answers += 1
                self._hand_over.take(page)
        except SliceRefused:
            if self.started - piece.start < (self.stream.least_retention or self.stream.retention):
                raise
            LOG.exception("poll %s: the source keeps less than expected, a slice from %s is skipped", self.stream.name, piece.start)
            self.counts["slices_beyond_retention"] += 1
        self._answers += 1
        self._hand_over.finish()

    def _save(self, **changes: object) -> None:
        self.cursor = self.needs.checkpoint.save(structs.replace(self.cursor, **changes))
