"""Kinds of records by the digest of their question: what is known of all that ask alike, for as many kinds as a large organisation has."""

import marshal
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from .byte_file import ByteFile
from .numbered import HashNumbers

KINDS_AT_MOST = 160_000
"""Kinds of records that are known at a time; of more, half of those that were not met for the longest time go the slow way again."""

NEVER = datetime.min.replace(tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)

type Lesson = tuple[str, tuple[tuple[str, str], ...]]
"""Whose familiarity a record teaches, and which features with their values."""


class RecordKind(Struct, frozen=True, gc=False):
    """Why records are ignored, and how they are counted. There are a few for each account, whoever the records are of."""

    reason: str
    counted: str = ""  # the name under which they are counted
    account: str | None = None
    doubts: tuple[str, ...] = ()
    dated: bool = False  # whether they have an event: without one, neither id nor time counts
    changes: bool = False  # whether later versions of a record may differ, or another record may name it


class Known(Struct, gc=False):
    """What is known of all records with one question: their kind, and when they taught what they teach."""

    kind: RecordKind
    since: datetime = NEVER  # the first moment that was taught, and the end of the last day; equal: nothing was taught yet
    until: datetime = EVER
    lesson: int = -1  # where in ``KnownKinds`` lies what they teach; -1: they teach nothing

    def extends(self, time: datetime, within: timedelta) -> bool:
        """Take a time outside of the span into it. False if the record may start a run: then the slow way has to tell."""
        since, until = self.since, self.until
        if since is until or time <= since:
            self.since, self.until = time, until if since is not until and since - time < within else end_of_day(time)
            return False
        joins = time - until < within - _DAY
        self.since, self.until = since if joins else time, end_of_day(time)
        return joins


class KnownKinds:
    """Two generations: what is met again of the older one goes into the newer one, and a full one makes the older one forgotten."""

    def __init__(self, at_most: int = KINDS_AT_MOST) -> None:
        self._half = at_most // 2
        self._new, self._old = _Generation(), _Generation()
        self._lessons = ByteFile()
        self._plain: dict[RecordKind, Known] = {}

    def __len__(self) -> int:
        return len(self._new.places) + len(self._old.places)

    def get(self, name: int) -> Known | None:
        """What is known of this question; ``UNMET`` if it was not asked before, None if each of its records is decoded."""
        place = self._new.places.get(name)
        if place >= 0:
            return self._new.known[place]
        place = self._old.places.get(name)
        if place < 0:
            return UNMET
        known = self._old.known[place]
        self.put(name, known)
        return known

    def put(self, name: int, known: Known | None) -> None:
        """Remember what is known of a question."""
        self._new.put(name, known)
        if len(self._new.places) >= self._half:
            self._old, self._new = self._new, _Generation()

    def of(self, kind: RecordKind, lesson: Lesson | None = None, span: tuple[datetime, datetime] = (NEVER, NEVER)) -> Known:
        """What is known of records of this kind. ``span``: when they taught."""
        plain = self._plain.setdefault(kind, Known(kind))
        if lesson is None:
            return plain
        since, until = span
        return Known(plain.kind, since, until, self._lessons.put(marshal.dumps(lesson, 2)))

    def lesson(self, known: Known) -> Lesson:
        """What these records teach."""
        found: Lesson = marshal.loads(self._lessons.at(known.lesson))  # noqa: S302 - what this process wrote into a file that has no name
        return found

    def close(self) -> None:
        """Forget everything."""
        self._lessons.close()


class _Generation:
    """What is known, and its place by question. Place 0: each record is decoded."""

    def __init__(self) -> None:
        self.places = HashNumbers("i")
        self.known: list[Known | None] = [None]
        self._plain: dict[RecordKind, int] = {}

    def put(self, name: int, known: Known | None) -> None:
        if known is None:
            place = 0
        elif known.lesson < 0:
            place = self._plain.setdefault(known.kind, len(self.known))
        else:
            place = len(self.known)
        if place == len(self.known):
            self.known.append(known)
        self.places.put(name, place)


UNMET = Known(RecordKind(""))


@lru_cache(maxsize=256)
def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAY


def end_of_day(time: datetime) -> datetime:
    """The end of this UTC day."""
    return _end(time.date())
