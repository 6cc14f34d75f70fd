"""Counts of a replay, in all and per file: records by disposition, the first refusals, the span of time and the doubts about events."""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct, field

from ..model import Event
from .intake import Disposition, Opened, RecordResult

REFUSED_KEPT = 1_000
"""Refusals kept word for word; all are counted."""
KEPT = "kept"
"""What a file's count says of records that become evidence, whether they are new to the store or not."""


class Seen(Struct):
    """What the events of one file, or of all, say about themselves: the span of their times in UTC, and doubts by name."""

    earliest: datetime | None = None
    latest: datetime | None = None
    doubts: Counter[str] = field(default_factory=Counter)

    def add(self, events: Iterable[Event]) -> None:
        """Count these events."""
        for event in events:
            self.note(event.time, event.data_quality)

    def note(self, time: datetime | None, doubts: tuple[str, ...]) -> None:
        """Count one event by its time and its data quality."""
        if doubts:
            self.doubts.update(doubts)
        if time is None:
            return
        if self.earliest is None or time < self.earliest:
            self.earliest = time
        if self.latest is None or time > self.latest:
            self.latest = time


class FileCount(Struct):
    """One file: its records by disposition and reason (``kept``, ``ignored:reason``, ``refused:reason``), and what its events say."""

    dispositions: Counter[str] = field(default_factory=Counter)
    seen: Seen = field(default_factory=Seen)

    @property
    def records(self) -> int:
        """How many records it held."""
        return self.dispositions.total()


class Tally:
    """Counts as the reading goes."""

    def __init__(self) -> None:
        self.records = 0
        self.counts: Counter[str] = Counter()
        self.refused: list[RecordResult] = []
        self.files: dict[str, FileCount] = {}

    def add(self, disposition: Disposition, reason: str = "", times: int = 1) -> None:
        """Count a record by what became of it."""
        self.counts[counted_as(disposition, reason)] += times

    def see(self, opened: Opened) -> None:
        """Count what the events of a chunk say about themselves."""
        for _, raw, found, _ in opened.found:
            if isinstance(found, Event):
                self.file(raw.origin).seen.add([found])

    def leave_out(self, origin: str, reason: str) -> None:
        """Count an ignored record."""
        self.add(Disposition.IGNORED, reason)
        self.file(origin).dispositions[counted_as(Disposition.IGNORED, reason)] += 1

    def leave(self, origin: str, name: str, doubts: tuple[str, ...], time: datetime | None) -> None:
        """Count an ignored record that was not decoded under this name (``counted_as``), with what equal ones say about themselves."""
        file = self.file(origin)
        self.counts[name] += 1
        file.dispositions[name] += 1
        if time is not None:
            file.seen.note(time, doubts)

    def leave_all(self, name: str, counted: list[str], times: list[datetime], doubts: Iterable[str]) -> None:
        """Count ignored records of the file with this name, by the names under which each is counted, and what their events say."""
        file = self.named(name)
        self.records += len(counted)
        together = Counter(counted)
        self.counts.update(together)
        file.dispositions.update(together)
        file.seen.doubts.update(doubts)
        if times:
            file.seen.note(min(times), ())
            file.seen.note(max(times), ())

    def keep(self, origin: str) -> None:
        """Count a record that becomes evidence, for its file: the store says later what it is in all."""
        self.file(origin).dispositions[KEPT] += 1

    def keep_after_all(self, origin: str, reason: str) -> None:
        """An event that the first reading ignored becomes evidence: another record names it, or it is a version of a kept one."""
        self.add(Disposition.IGNORED, reason, -1)
        counted = self.file(origin).dispositions
        counted[counted_as(Disposition.IGNORED, reason)] -= 1
        counted[KEPT] += 1

    def refuse(self, item: RecordResult, *, of_file: bool = True) -> None:
        """Count a refused record; the store's own refusals (``of_file`` false) are counted in all only, since their file kept the record."""
        self.add(Disposition.REFUSED, item.reason)
        if of_file:
            self.file(item.origin).dispositions[counted_as(Disposition.REFUSED, item.reason)] += 1
            insort(self.refused, item, key=_number)
            del self.refused[REFUSED_KEPT:]
        elif len(self.refused) < REFUSED_KEPT:
            self.refused.append(item)

    def absorb(self, other: "Tally") -> None:
        """Add what another process counted of the same files."""
        self.records += other.records
        self.counts += other.counts
        self.refused = sorted((*self.refused, *other.refused), key=_number)[:REFUSED_KEPT]
        for name, theirs in other.files.items():
            mine = self.files.setdefault(name, FileCount())
            mine.dispositions += theirs.dispositions
            mine.seen.doubts.update(theirs.seen.doubts)
            for time in _times(theirs.seen):
                mine.seen.note(time, ())

    def file(self, origin: str) -> FileCount:
        """The count of the file in which this record lies."""
        return self.named(file_of(origin))

    def named(self, name: str) -> FileCount:
        """The count of the file with this name."""
        found = self.files.get(name)
        if found is None:
            found = self.files[name] = FileCount()
        return found

    def in_all(self) -> Seen:
        """What the events of all files say."""
        every = Seen()
        for one in self.files.values():
            every.doubts.update(one.seen.doubts)
            for time in _times(one.seen):
                every.earliest = time if every.earliest is None else min(every.earliest, time)
                every.latest = time if every.latest is None else max(every.latest, time)
        return every


def file_of(origin: str) -> str:
    """The file of a record's origin, ``file:line`` or ``file:line[index]``."""
    return origin.rpartition(":")[0] or origin


def counted_as(disposition: Disposition, reason: str) -> str:
    """The name under which a disposition is counted."""
    return f"{disposition.value}:{reason}" if reason else disposition.value


def _number(item: RecordResult) -> int:
    return item.index


def _times(seen: Seen) -> Iterator[datetime]:
    yield from (time for time in (seen.earliest, seen.latest) if time is not None)
