"""One poll of one stream: claim, read slice by slice, hand over, move the watermark."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from ..errors import StoreUnavailable
from .cursor import Cursor, Rescan
from .errors import DeadlineReached, LeaseLost, SliceRefused
from .hand_over import HandOver
from .ports import Dependencies
from .streams import SHORTEST_SLICE, Slice, Stream, fresh, oldest_kept, slices

LOG = logging.getLogger(__name__)
MANY_SLICES = 4
LEASE_MARGIN = timedelta(seconds=60)
"""How long a lease outlives its run's deadline: the last page may still be on its way into the store, and clocks differ."""


class PollReport(Struct, frozen=True):
    """What a poll did. ``state``: done, locked (another worker is at it), taken_over, unfinished (the deadline came first)."""

    stream: str
    state: str
    counts: dict[str, int] = {}
    watermark: datetime | None = None


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
    return PollReport(stream.name, state, dict(run.counts), run.cursor.watermark)


class _Run:
    """The moving parts of one poll."""

    def __init__(self, stream: Stream, needs: Dependencies, cursor: Cursor, started: datetime) -> None:
        self.stream, self.needs, self.cursor, self.started = stream, needs, cursor, started
        self._hand_over = HandOver(stream, needs, cursor.settled)
        self.counts = self._hand_over.counts
        self._finished = 0

    def run(self) -> str:
        """Read all there is; says whether that fitted the deadline."""
        try:
            self._read()
        except DeadlineReached:
            if self._hand_over.away is not None:
                raise self._hand_over.away from None
            LOG.warning("poll %s: the deadline came before the end, the next run goes on", self.stream.name)
            self._unfinished()
            return "unfinished"
        return "done"

    def _read(self) -> None:
        """What is new first, oldest slice first, so that a stream too large to be read twice never goes blind; then what was read before."""
        first_run = self.cursor.watermark is None
        part = fresh(self.stream, self.cursor.watermark, self.started)
        if part.lost:
            LOG.error("poll %s: %s lie beyond what the source keeps and were never read", self.stream.name, part.lost)
        if not first_run:
            self._begin_rescan(part.start)
        pieces = list(slices(part.start, part.end, self._length()))
        for number, piece in enumerate(pieces):
            self._slice(piece)
            if self._hand_over.away is not None:
                self._look_ahead(pieces[number + 1 :], self._hand_over.away)
            self._save(watermark=piece.end)
        self._rescan()
        self._save(watermark=min(self.cursor.watermark or part.end, part.end), slice_seconds=self._grown())

    def release(self) -> None:
        """Give the lease back; whoever took it over keeps it."""
        try:
            self._save(locked_until=None)
        except LeaseLost:
            LOG.warning("poll %s: another worker took over", self.stream.name)

    def _unfinished(self) -> None:
        """The deadline came: a slice that does not fit a whole run is halved, many short ones are joined."""
        if self._finished == 0:
            self._save(slice_seconds=int(max(self._length() / 2, SHORTEST_SLICE).total_seconds()))
        elif self._finished >= MANY_SLICES:
            self._save(slice_seconds=self._grown())

    def _begin_rescan(self, until: datetime) -> None:
        """A rescan starts the overlap before the end of the last one: records that became visible in between are in it."""
        if self.cursor.rescan is None:
            at = max((self.cursor.rescanned or until) - self.stream.overlap, oldest_kept(self.stream, self.started))
            self._save(rescan=Rescan(until=until, started=self.started, at=at))

    def _rescan(self) -> None:
        """Goes on with the second reading, over as many runs as it takes."""
        rescan = self.cursor.rescan
        if rescan is None:
            return
        for piece in slices(max(rescan.at, oldest_kept(self.stream, self.started)), rescan.until, self._length()):
            self._slice(piece)
            if self._hand_over.away is not None:
                raise self._hand_over.away
            self._save(rescan=structs.replace(rescan, at=piece.end))
        self._save(rescan=None, rescanned=rescan.until, settled=rescan.started)

    def _look_ahead(self, later: Sequence[Slice], away: StoreUnavailable) -> None:
        """The store is away: look through what is left, newest first, for findings that cannot wait."""
        for piece in reversed(later):
            self._slice(piece)
        raise away

    def _slice(self, piece: Slice) -> None:
        """All pages of a slice."""
        try:
            for page in self.needs.source.pages(self.stream, piece, self.needs.deadline):
                self._hand_over.take(page)
        except SliceRefused:
            if self.started - piece.start < (self.stream.least_retention or self.stream.retention):
                raise
            LOG.exception("poll %s: the source keeps less than expected, a slice from %s is skipped", self.stream.name, piece.start)
            self.counts["slices_beyond_retention"] += 1
        self._hand_over.finish()
        self._finished += 1

    def _save(self, **changes: object) -> None:
        self.cursor = self.needs.checkpoint.save(structs.replace(self.cursor, **changes))

    def _length(self) -> timedelta:
        seconds = self.cursor.slice_seconds
        return self.stream.longest if seconds is None else min(timedelta(seconds=seconds), self.stream.longest)

    def _grown(self) -> int | None:
        longer = self._length() * 2
        return None if longer >= self.stream.longest else int(longer.total_seconds())
