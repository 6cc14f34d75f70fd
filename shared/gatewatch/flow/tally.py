"""Counts of a replay, in all and per file: records by disposition, the first refusals, the span of time and the doubts about events."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct, field

from ..evidence import ignore_reason
from ..model import Event
from ..tuning import Tuning
from .intake import Accepted, Disposition, Opened, RecordResult

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
            self.doubts.update(event.data_quality)
            if event.time is not None:
                self.earliest = event.time if self.earliest is None else min(self.earliest, event.time)
                self.latest = event.time if self.latest is None else max(self.latest, event.time)


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
        self.left_out = array("q")  # hashes of the vendor ids of events that say nothing by themselves: eight bytes each
        self.files: dict[str, FileCount] = {}

    def add(self, disposition: Disposition, reason: str = "", times: int = 1) -> None:
        """Count a record by what became of it."""
        self.counts[named(disposition, reason)] += times

    def see(self, opened: Opened) -> None:
        """Count what the events of a chunk say about themselves."""
        for _, raw, found, _ in opened.found:
            if isinstance(found, Event):
                self.file(raw.origin).seen.add([found])

    def leave_out(self, item: RecordResult) -> None:
        """Count an ignored record, and remember its id: another record may name it."""
        self.add(item.disposition, item.reason)
        self.file(item.origin).dispositions[named(item.disposition, item.reason)] += 1
        if item.vendor_id:
            self.left_out.append(hash(item.vendor_id))

    def keep(self, item: Accepted) -> None:
        """Count a record that becomes evidence, for its file: the store says later what it is in all."""
        self.file(item.origin).dispositions[KEPT] += 1

    def keep_after_all(self, item: Accepted, tuning: Tuning) -> None:
        """An event that the first reading ignored becomes evidence: another record names it."""
        reason = ignore_reason(item.evidence.event, tuning)
        if reason is not None:
            self.add(Disposition.IGNORED, reason, -1)
            counted = self.file(item.origin).dispositions
            counted[named(Disposition.IGNORED, reason)] -= 1
            counted[KEPT] += 1

    def refuse(self, item: RecordResult, *, of_file: bool = True) -> None:
        """Count a refused record; the store's own refusals (``of_file`` false) are counted in all only, since their file kept the record."""
        self.add(Disposition.REFUSED, item.reason)
        if of_file:
            self.file(item.origin).dispositions[named(Disposition.REFUSED, item.reason)] += 1
        if len(self.refused) < REFUSED_KEPT:
            self.refused.append(item)

    def file(self, origin: str) -> FileCount:
        """The count of the file in which this record lies."""
        name = file_of(origin)
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


def named(disposition: Disposition, reason: str) -> str:
    """The name under which a disposition is counted."""
    return f"{disposition.value}:{reason}" if reason else disposition.value


def _times(seen: Seen) -> Iterator[datetime]:
    yield from (time for time in (seen.earliest, seen.latest) if time is not None)
