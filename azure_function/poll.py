"""One poll of one stream: claim, read slice by slice, hand over, move the watermark. The world comes in through ``Seams``."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, structs

from gatewatch.announce import announce_unstored
from gatewatch.errors import Conflict, StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.pipeline import Outcome, process
from gatewatch.ports import Ports

from .checkpoint import Checkpoint, Cursor, LeaseLost, record_key
from .graph_http import Deadline, DeadlineReached
from .streams import SHORTEST_SLICE, Slice, Stream, slices, span
from .withhold import sift

LOG = logging.getLogger(__name__)
LEASE_MARGIN = timedelta(seconds=60)
"""How long a lease outlives its run's deadline: the last page may still be on its way into the store, and clocks differ."""


class Pages(Protocol):
    """Where records come from: ``azure_function.graph.Graph``, or a list in tests."""

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[list[RawRecord]]:
        """The records of a slice, a page at a time."""
        ...


class DeadLetters(Protocol):
    """Where records go that nobody can take."""

    def put(self, raw: RawRecord, reason: str, detail: str) -> None:
        """Keep it with its reason, once however often it is read; raises when it cannot be kept."""
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
    state = "done"
    try:
        run.read()
    except DeadlineReached:
        state = "unfinished"
        LOG.warning("poll %s: the deadline came before the end, the next run goes on", stream.name)
    except LeaseLost:
        return Report(stream.name, "taken_over", dict(run.counts))
    finally:
        run.release()
    return Report(stream.name, state, dict(run.counts), run.cursor.watermark)


class _Run:
    """The moving parts of one poll."""

    def __init__(self, stream: Stream, seams: Seams, cursor: Cursor, started: datetime) -> None:
        self.stream, self.seams, self.cursor, self.started = stream, seams, cursor, started
        self.counts: Counter[str] = Counter()
        self._told = seams.checkpoint.announced()
        self._entered: list[str] = []
        self._away: StoreUnavailable | None = None

    def read(self) -> None:
        """The fresh part first, oldest slice first, so that a stream that cannot be read in full never goes blind; then the overlap."""
        reach = span(self.stream, self.cursor.watermark, self.cursor.reread_from, self.started)
        if reach.lost:
            LOG.error("poll %s: %s lie beyond what Graph keeps and were never read", self.stream.name, reach.lost)
        fresh = list(slices(reach.fresh_from, reach.until, self._length(), fresh=True))
        for number, piece in enumerate(fresh):
            self._slice(piece)
            if self._away is not None:
                self._announce_rest(fresh[number + 1 :])
            self._save(watermark=piece.end, reread_from=reach.reread_from)
        for piece in slices(reach.reread_from, reach.fresh_from, self.stream.longest, fresh=False):
            self._slice(piece)
            if self._away is not None:
                raise self._away
        mark = min(self.cursor.watermark or reach.until, reach.until)
        self._save(watermark=mark, reread_from=None, settled=self.started, slice_seconds=self._grown())

    def release(self) -> None:
        """Give the lease back; whoever took it over keeps it."""
        try:
            self._save(locked_until=None)
        except LeaseLost:
            LOG.warning("poll %s: another worker took over", self.stream.name)

    def _save(self, **changes: object) -> None:
        self.cursor = self.seams.checkpoint.save(structs.replace(self.cursor, **changes))

    def _length(self) -> timedelta:
        seconds = self.cursor.slice_seconds
        return self.stream.longest if seconds is None else min(timedelta(seconds=seconds), self.stream.longest)

    def _grown(self) -> int | None:
        """Slices that fit may be twice as long next time."""
        longer = self._length() * 2
        return None if longer >= self.stream.longest else int(longer.total_seconds())

    def _slice(self, piece: Slice) -> None:
        """All pages of a slice; a fresh one that does not fit this run is cut in half for the next."""
        try:
            for page in self.seams.graph.pages(self.stream, piece, self.seams.deadline):
                self._take(page)
        except DeadlineReached:
            if piece.fresh:
                half = max((piece.end - piece.start) / 2, SHORTEST_SLICE)
                self._save(slice_seconds=int(half.total_seconds()))
            raise
        if self._away is None and self._entered:
            self.seams.checkpoint.forget(self._entered)
            self._entered = []

    def _take(self, page: list[RawRecord]) -> None:
        """Into the store; while that is away, at least say aloud what cannot wait."""
        records = [self._with_memory(raw) for raw in page]
        self.counts["read"] += len(records)
        if self._away is None:
            try:
                sifted = sift(records, self.seams.ports.store, self.seams.ports.tuning, self.cursor.settled)
                self.counts["withheld"] += sifted.withheld
                self._hand_over(sifted.records)
            except StoreUnavailable as error:
                self._away = error
            else:
                self._entered += [self._key(raw) for raw in records if raw.announced]
                return
        self._announce(records)

    def _announce_rest(self, later: Sequence[Slice]) -> None:
        """The store is away: look through what is left, newest first, for findings that cannot wait. Always raises."""
        for piece in reversed(later):
            self._slice(piece)
        if self._away is not None:
            raise self._away

    def _announce(self, records: Sequence[RawRecord]) -> None:
        told = announce_unstored(records, self.seams.ports)
        found = {self._key(records[index]): channels for index, channels in told.items()}
        if found:
            self.seams.checkpoint.remember(found)
            self._told |= found
            self.counts["announced"] += len(found)

    def _with_memory(self, raw: RawRecord) -> RawRecord:
        channels = self._told.get(self._key(raw)) if self._told else None
        return structs.replace(raw, announced=channels) if channels else raw

    def _key(self, raw: RawRecord) -> str:
        return record_key(self.stream.resource, raw.data)

    def _hand_over(self, records: Sequence[RawRecord]) -> None:
        """Through the pipeline. A record that breaks it is found by halving and goes to the dead letters: it must not stop the others."""
        if not records:
            return
        try:
            outcome = process(records, self.seams.ports)
        except (StoreUnavailable, Conflict):
            raise
        except Exception as error:
            LOG.exception("poll %s: a batch of %d failed", self.stream.name, len(records))
            if len(records) == 1:
                self._bury(records[0], "not_processable", type(error).__name__)
                return
            middle = len(records) // 2
            self._hand_over(records[:middle])
            self._hand_over(records[middle:])
        else:
            self._account(outcome, records)

    def _account(self, outcome: Outcome, records: Sequence[RawRecord]) -> None:
        for item in outcome.refused():
            self._bury(records[item.index], item.reason, item.detail)
        self.counts.update(outcome.counts())
        self.counts["alerts_written"] += len(outcome.alerts)
        self.counts["told"] += sum(not sent.error for sent in outcome.sent)

    def _bury(self, raw: RawRecord, reason: str, detail: str) -> None:
        self.seams.letters.put(raw, reason, detail)
        self.counts["dead_letters"] += 1


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
