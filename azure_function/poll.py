"""One poll of one stream: claim, read slice by slice, hand over, move the watermark. The world comes in through ``Seams``."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

from msgspec import Struct, structs

from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.ports import Ports

from .checkpoint import Checkpoint, Cursor, LeaseLost, Pass
from .graph_http import Deadline, DeadlineReached, GraphError
from .intake import DeadLetters, Intake
from .streams import SHORTEST_SLICE, Slice, Stream, fresh, oldest_kept, slices

LOG = logging.getLogger(__name__)
SHORT_RETENTION = timedelta(days=7)
"""What Graph keeps for a tenant without Entra ID P1 (Microsoft Learn, "Microsoft Entra data retention")."""
MANY_SLICES = 4
LEASE_MARGIN = timedelta(seconds=60)
"""How long a lease outlives its run's deadline: the last page may still be on its way into the store, and clocks differ."""


class Pages(Protocol):
    """Where records come from: ``azure_function.graph.Graph``, or a list in tests."""

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[list[RawRecord]]:
        """The records of a slice, a page at a time."""
        ...


class Seams(Struct, frozen=True):
    """What a poll needs from the world."""

    graph: Pages
    checkpoint: Checkpoint
    letters: DeadLetters
    ports: Ports
    deadline: Deadline


class Report(Struct, frozen=True):
    """What a poll did. ``state``: done, locked (somebody else is at it), taken_over, unfinished (the deadline came first)."""

    stream: str
    state: str
    counts: dict[str, int] = {}
    watermark: datetime | None = None


def poll(stream: Stream, seams: Seams) -> Report:
    """Read what is new and what overlaps.

    Raises:
        StoreUnavailable: the watermark stays; urgent findings were announced.
        GraphUnavailable, GraphError: the watermark stays at the last finished slice.
    """
    now = seams.ports.clock()
    cursor = seams.checkpoint.claim(stream.name, seams.ports.worker, now, seams.deadline.at + LEASE_MARGIN)
    if cursor is None:
        return Report(stream.name, "locked")
    run = _Run(stream, seams, cursor, now)
    try:
        state = run.run()
    except LeaseLost:
        state = "taken_over"
    finally:
        run.release()
    return Report(stream.name, state, dict(run.counts), run.cursor.watermark)


class _Run:
    """The moving parts of one poll."""

    def __init__(self, stream: Stream, seams: Seams, cursor: Cursor, started: datetime) -> None:
        self.stream, self.seams, self.cursor, self.started = stream, seams, cursor, started
        self._intake = Intake(stream, seams.checkpoint, seams.letters, seams.ports, cursor.settled)
        self.counts = self._intake.counts
        self._finished = 0

    def run(self) -> str:
        """Read all there is; says whether that fitted the deadline."""
        try:
            self._read()
        except DeadlineReached:
            if self._intake.away is not None:
                raise self._intake.away from None
            LOG.warning("poll %s: the deadline came before the end, the next run goes on", self.stream.name)
            self._unfinished()
            return "unfinished"
        return "done"

    def _read(self) -> None:
        """What is new first, oldest slice first, so that a stream too large to be read twice never goes blind; then what was read before."""
        first_run = self.cursor.watermark is None
        part = fresh(self.stream, self.cursor.watermark, self.started)
        if part.lost:
            LOG.error("poll %s: %s lie beyond what Graph keeps and were never read", self.stream.name, part.lost)
        if not first_run:
            self._begin_pass(part.start)
        pieces = list(slices(part.start, part.end, self._length()))
        for number, piece in enumerate(pieces):
            self._slice(piece)
            if self._intake.away is not None:
                self._look_ahead(pieces[number + 1 :], self._intake.away)
            self._save(watermark=piece.end)
        self._read_again()
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

    def _begin_pass(self, mark: datetime) -> None:
        """A second reading goes back to where the last one began, less the overlap: whatever showed up in between is in it."""
        if self.cursor.passing is None:
            at = max((self.cursor.passed or mark) - self.stream.overlap, oldest_kept(self.stream, self.started))
            self._save(passing=Pass(mark=mark, started=self.started, at=at))

    def _read_again(self) -> None:
        """Goes on with the second reading, over as many runs as it takes."""
        passing = self.cursor.passing
        if passing is None:
            return
        for piece in slices(max(passing.at, oldest_kept(self.stream, self.started)), passing.mark, self._length()):
            self._slice(piece)
            if self._intake.away is not None:
                raise self._intake.away
            self._save(passing=structs.replace(passing, at=piece.end))
        self._save(passing=None, passed=passing.mark, settled=passing.started)

    def _look_ahead(self, later: Sequence[Slice], away: StoreUnavailable) -> None:
        """The store is away: look through what is left, newest first, for findings that cannot wait."""
        for piece in reversed(later):
            self._slice(piece)
        raise away

    def _slice(self, piece: Slice) -> None:
        """All pages of a slice."""
        try:
            for page in self.seams.graph.pages(self.stream, piece, self.seams.deadline):
                self._intake.take(page)
        except GraphError as error:
            if error.status != HTTPStatus.BAD_REQUEST or self.started - piece.start < SHORT_RETENTION:
                raise
            LOG.exception("poll %s: Graph keeps less than expected, a slice from %s is skipped", self.stream.name, piece.start)
            self.counts["slices_beyond_retention"] += 1
        self._intake.finish()
        self._finished += 1

    def _save(self, **changes: object) -> None:
        self.cursor = self.seams.checkpoint.save(structs.replace(self.cursor, **changes))

    def _length(self) -> timedelta:
        seconds = self.cursor.slice_seconds
        return self.stream.longest if seconds is None else min(timedelta(seconds=seconds), self.stream.longest)

    def _grown(self) -> int | None:
        longer = self._length() * 2
        return None if longer >= self.stream.longest else int(longer.total_seconds())


def each(jobs: Iterable[Callable[[], None]]) -> None:
    """Runs all of them even when some fail, then raises what failed, so that the host counts the run as failed."""
    failures: list[Exception] = []
    for job in jobs:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - raised below, together
            failures.append(error)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise ExceptionGroup("several jobs of this run failed", failures)
