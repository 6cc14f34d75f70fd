"""Fakes of the poll's ports, in memory: one contract suite holds them and the real adapters alike."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from msgspec import structs

from azure_function.graph_streams import Query
from gatewatch.errors import NotifyUnavailable
from gatewatch.model import Announcement, RawRecord
from gatewatch.polling.cursor import Cursor, mended
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import DeadlineReached, LeaseLost
from gatewatch.polling.streams import Slice, Stream
from gatewatch.ports import Notice
from scripts.local_cloud.fake_cloud.odata import compile_filter, moment


@dataclass
class Clock:
    """Time that moves when it is told to."""

    now: datetime = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


class MemoryCheckpoint:
    """``gatewatch.polling.ports.Checkpoint`` in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, Cursor] = {}
        self.announcements: set[Announcement] = set()
        self.marked: set[str] = set()
        self._tokens = count(1)

    def claim(self, stream: str, owner: str, now: datetime, until: datetime) -> Cursor | None:
        """See ``Checkpoint``."""
        cursor, _ = mended(self.rows.get(stream, Cursor(stream=stream)), now)
        if cursor.locked_until is not None and cursor.locked_until > now:
            return None
        try:
            return self.save(structs.replace(cursor, owner=owner, locked_until=until))
        except LeaseLost:
            return None

    def save(self, cursor: Cursor) -> Cursor:
        """See ``Checkpoint``."""
        stored = self.rows.get(cursor.stream)
        if (stored.token if stored else "") != cursor.token:
            raise LeaseLost(cursor.stream)
        self.rows[cursor.stream] = structs.replace(cursor, token=str(next(self._tokens)))
        return self.rows[cursor.stream]

    def announced(self) -> tuple[Announcement, ...]:
        """See ``AnnouncementStore``."""
        return tuple(self.announcements)

    def remember(self, announcements: Iterable[Announcement]) -> None:
        """See ``AnnouncementStore``."""
        self.announcements |= set(announcements)

    def forget(self, announcements: Iterable[Announcement]) -> None:
        """See ``AnnouncementStore``."""
        self.announcements -= set(announcements)

    def marks(self) -> frozenset[str]:
        """See ``AnnouncementStore``."""
        return frozenset(self.marked)

    def add_marks(self, marks: Collection[str]) -> None:
        """See ``AnnouncementStore``."""
        self.marked |= set(marks)


@dataclass
class MemoryDeadLetters:
    """``gatewatch.polling.ports.DeadLetters`` in a list."""

    kept: list[tuple[Any, str, str]] = field(default_factory=list)

    def put(self, raw: RawRecord, reason: str, detail: str) -> bool:
        """See ``DeadLetters``."""
        if (raw.data, reason, detail) in self.kept:
            return False
        self.kept.append((raw.data, reason, detail))
        return True


@dataclass
class Story:
    """One Graph record over time: from when it shows, and what it becomes when."""

    record: dict[str, Any]
    visible: datetime
    changes: tuple[tuple[datetime, dict[str, Any]], ...] = ()

    def at(self, now: datetime) -> dict[str, Any] | None:
        """What Graph shows now."""
        if now < self.visible:
            return None
        shown = self.record
        for when, change in self.changes:
            if when <= now:
                shown = shown | change
        return shown


@dataclass
class StoryPages:
    """Pages of stories, read with the very filter that the product would send."""

    clock: Clock
    stories: list[Story]
    queries: Mapping[str, Query]
    size: int = 3
    before_page: Callable[[Slice, int], None] = lambda _piece, _number: None
    asked: list[Slice] = field(default_factory=list)
    seconds_a_page: float = 0.0

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[list[RawRecord]]:
        """See ``gatewatch.polling.ports.PageSource``."""
        self.asked.append(piece)
        query = self.queries[stream.name]
        keep, time = compile_filter(query.filter(piece)), query.time_field
        shown = [r for s in self.stories if (r := s.at(self.clock())) is not None and (time not in r or keep(r))]
        shown.sort(key=lambda r: moment(r[time]) if time in r else self.clock(), reverse=True)
        for number, start in enumerate(range(0, max(len(shown), 1), self.size)):
            if deadline.left() <= 0:
                raise DeadlineReached("no time left")
            self.before_page(piece, number)
            self.clock.advance(seconds=self.seconds_a_page)
            yield [
                RawRecord(data=r, fetched=self.clock(), tenant="tenant-1", origin="graph:test") for r in shown[start : start + self.size]
            ]


@dataclass
class Sink:
    """A notifier that remembers, and is away when told."""

    name: str = "teams"
    notices: list[Notice] = field(default_factory=list)
    away: bool = False

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        if self.away:
            raise NotifyUnavailable("away")
        self.notices.append(notice)
