"""One poll of one stream: claim, read slice by slice, hand over, move the watermark."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct, structs

from ..errors import StoreUnavailable
from .cursor import Cursor, Rescan
from .deadline import Deadline
from .errors import Behind, DeadlineReached, LeaseLost, SliceRefused, SourceUnavailable
from .hand_over import HandOver
from .pace import Pace
from .ports import Dependencies
from .streams import Slice, Stream, fresh, oldest_kept, slices

LOG = logging.getLogger(__name__)
LEASE_MARGIN = timedelta(seconds=60)
"""How long a lease outlives its run's deadline: the last page may still be on its way into the store, and clocks differ."""
FRESH_SHARE = 0.75
"""The part of a run that new records may take while a rescan is under way; the rest is the rescan's."""
UNFINISHED_RUNS = 3
"""How many runs in a row the deadline may end before that counts as a failure."""


class PollReport(Struct, frozen=True):
    """What a poll did. ``state``: done, locked (another worker is at it), taken_over, unfinished (the deadline came first).

    ``rescanned`` is where the second reading stands, ``unfinished`` counts the runs in a row that did not finish.
    """

    stream: str
    state: str
    counts: dict[str, int] = {}
    watermark: datetime | None = None
    rescanned: datetime | None = None
    unfinished: int = 0

    def raise_if_behind(self) -> None:
        """A run that did not finish is a success only while the next ones catch up; raises ``Behind``."""
        if self.unfinished >= UNFINISHED_RUNS:
            raise Behind(
                f"{self.unfinished} runs in a row did not finish poll {self.stream}: "
                f"new records are read up to {self.watermark}, the second reading stands at {self.rescanned}"
            )


def poll(stream: Stream, needs: Dependencies) -> PollReport:
    """Read what is new and what overlaps.

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
    finally:
        run.release()
    cursor = run.cursor
    rescanned = cursor.rescan.at if cursor.rescan is not None else cursor.rescanned
    unfinished = cursor.unfinished if state == "unfinished" else 0
    return PollReport(stream.name, state, dict(run.counts), cursor.watermark, rescanned, unfinished)


class _Run:
    """The moving parts of one poll."""

    def __init__(self, stream: Stream, needs: Dependencies, cursor: Cursor, started: datetime) -> None:
        self.stream, self.needs, self.cursor, self.started = stream, needs, cursor, started
        self._hand_over = HandOver(stream, needs, cursor.settled)
        self.counts = self._hand_over.counts
        self._answers = 0

    def run(self) -> str:
        """What is new first, then what was read before; says whether both fitted the deadline."""
        new, old = self._read_new(), self._read_again()
        if new and old:
            self._save(unfinished=0)
            return "done"
        self._save(unfinished=self.cursor.unfinished + 1)
        LOG.warning("poll %s: the deadline came before the end, the next run goes on", self.stream.name)
        return "unfinished"

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
        if self.cursor.watermark is not None:
            self._begin_rescan(part.start)
            deadline = deadline.share(FRESH_SHARE)
        span = Slice(part.start, part.end)
        done, seconds = self._read(span, self.cursor.slice_seconds, deadline, lambda at: self._save(watermark=at))
        self._save(slice_seconds=seconds)
        if done:
            self._save(watermark=min(self.cursor.watermark or part.end, part.end))
        return done

    def _begin_rescan(self, until: datetime) -> None:
        """A rescan starts the overlap before the end of the last one: records that became visible in between are in it."""
        if self.cursor.rescan is None:
            at = max((self.cursor.rescanned or until) - self.stream.overlap, oldest_kept(self.stream, self.started))
            self._save(rescan=Rescan(until=until, started=self.started, at=at))

    def _read_again(self) -> bool:
        """Goes on with the second reading, over as many runs as it takes. False when it is not through."""
        rescan = self.cursor.rescan
        if rescan is None:
            return True
        span = Slice(max(rescan.at, oldest_kept(self.stream, self.started)), rescan.until)
        done, seconds = self._read(
            span, self.cursor.rescan_slice_seconds, self.needs.deadline, lambda at: self._save(rescan=structs.replace(rescan, at=at))
        )
        self._save(rescan_slice_seconds=seconds)
        if done:
            self._save(rescan=None, rescanned=rescan.until, settled=rescan.started)
        return done

    def _read(self, span: Slice, seconds: int | None, deadline: Deadline, move: Callable[[datetime], None]) -> tuple[bool, int | None]:
        """A stretch of time in slices, ``move`` after each; says whether the deadline left time for all of it, and the next run's length."""
        pace = Pace(span, seconds, self.stream.longest, deadline.left())
        while not pace.over:
            left = deadline.left()
            piece = pace.next_slice(left)
            try:
                self._slice(piece, deadline)
                if self._hand_over.away is not None:
                    self._look_ahead(Slice(piece.end, span.end), pace.length, deadline, self._hand_over.away)
            except DeadlineReached as reached:
                self._raise_what_is_away(reached)
                pace.broken_off(piece, left)
                return False, pace.seconds
            move(piece.end)
            pace.finished(piece, left - deadline.left())
        return True, pace.seconds

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
