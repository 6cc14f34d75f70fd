"""Ask before you read: records that nothing keeps are dropped by a look at their bytes, after they taught.

A ``Prober`` belongs to one policy. The first record of a kind goes the slow way (decoding, normalising, the policy) and answers for all
records with the same question; the providers' probes say what the question is. What such a record teaches beyond its equals is only when:
the prober knows the span of days that its equals taught, and says so when a record lies outside of it.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol

from msgspec import Raw, Struct

from ..evidence import ignore_reason, wants
from ..familiarity import JOINED_WITHIN, asks, key_of, teaches
from ..model import Event, Ignored, RawRecord
from ..ports import Geo
from ..providers.catalogue import provider_of
from ..providers.probe import Question
from ..tuning import Tuning
from .decoding import Decoded, decoded
from .forms import Forms
from .intake import Disposition
from .known_events import KnownEvents, name_of
from .located import located
from .tally import counted_as
from .unreadable import flags_of
from .wanted import EVERYTHING, OUTSIDE_TIME, Wanted

KINDS_AT_MOST = 80_000
"""Kinds of records that a prober knows at a time; beyond it forgets the oldest half, which then go the slow way again."""

RECENT_AT_MOST = 4_096
"""Kinds that are also known by their whole question, of some hundred bytes each."""

_JOINED = timedelta(days=JOINED_WITHIN)
_DAY = timedelta(days=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


class RecordKind(Struct, gc=False):
    """What is known of all records with one question: why they are ignored and what they teach."""

    reason: str
    counted: str = ""  # the name under which they are counted
    key: str = ""  # whose familiarity they teach; empty: they teach nothing
    features: tuple[tuple[str, str], ...] = ()
    account: str | None = None
    doubts: tuple[str, ...] = ()
    dated: bool = False  # whether they have an event: without one, neither id nor time counts
    changes: bool = False  # whether later versions of a record may differ, or another record may name it
    since: datetime = _NEVER  # the first moment that was taught, and the end of the last day; equal: nothing was taught yet
    until: datetime = _NEVER


class Left(Struct, frozen=True, gc=False):
    """A record that nothing keeps. ``news``: it teaches its kind's features on a day on which they were not taught yet."""

    kind: RecordKind
    vendor_id: str
    time: datetime
    news: bool = False


class RecordsByIndex(Protocol):
    """Has many records, of which each is made when it is asked for."""

    def record(self, index: int) -> RawRecord:
        """The record with this index."""
        ...


class _One(Struct, frozen=True):
    raw: RawRecord

    def record(self, _index: int) -> RawRecord:
        return self.raw


class Prober:
    """Compiled for one policy. Not safe for several threads."""

    def __init__(
        self,
        tuning: Tuning,
        geo: Geo | None = None,
        wanted: Wanted = EVERYTHING,
        may_remember: Callable[[str], bool] = lambda _key: True,
    ) -> None:
        """``may_remember`` says whether records that teach this familiarity may be answered for by the first of them."""
        self._tuning, self._geo, self._wanted, self._may_remember = tuning, geo, wanted, may_remember
        self._everything = wanted.everything
        self._tenant: str | None = None
        self._seed = repr(None).encode()  # equal records of two tenants are of two kinds
        self._kinds: dict[bytes, RecordKind | None] = {}  # None: records of this kind are decoded, each of them
        self._recent: dict[bytes, RecordKind] = {}  # some of them by their question, for this tenant: no digest is made for most records
        self._events: dict[bytes, KnownEvents] = defaultdict(KnownEvents)  # by form: where few records have twins, others may have many
        self._forms = Forms()

    def ask(self, raw: RawRecord) -> Left | Decoded:
        """What becomes of this record, without decoding it; or the record decoded, because only that can tell."""
        if type(raw.data) is not Raw or raw.wanted or raw.announced:
            return decoded(raw)
        return self.look(raw.data, raw.tenant, _One(raw), 0)

    def look(self, data: Raw | bytes, tenant: str | None, among: "RecordsByIndex", index: int) -> Left | Decoded:
        """The same for the record with this index among others, of which ``data`` are the bytes. It is made only where it is decoded."""
        question = self._forms.question(data)
        if question is None:
            return decoded(among.record(index))
        if tenant != self._tenant:
            self._tenant = tenant
            self._seed = repr(tenant).encode("utf-8", "backslashreplace")
            self._recent = {}
        key = question.key
        if key:
            kind = self._recent.get(key)
            if kind is None:
                name = sha256(self._seed + key).digest()
                kind = self._kinds.get(name, _UNMET)
                if kind is _UNMET:
                    return self._first(among.record(index), question, name)
                self._remember(key, kind)
            if kind is not None:
                time = question.time
                if self._everything and (not kind.key or kind.since < time < kind.until):
                    return Left(kind, question.vendor_id, time)
                left = self._left(kind, question)
                if left is not None:
                    return left
        return self._twin(among.record(index), question)

    def read(self, raw: RawRecord) -> Decoded:
        """The record decoded, whatever keeps it."""
        question = self._forms.question(raw.data) if type(raw.data) is Raw else None
        return decoded(raw) if question is None else self._twin(raw, question)

    def _remember(self, key: bytes, kind: RecordKind | None) -> None:
        """Records of this kind are found by their question itself, as long as few other kinds come between them."""
        if kind is None:
            return
        if len(self._recent) >= RECENT_AT_MOST:
            self._recent = {}
        self._recent[key] = kind

    def _left(self, kind: RecordKind, question: Question) -> Left | None:
        """A record of this kind is left out, unless it may start a run."""
        if not self._everything and kind.dated and self._wanted.outside(question.time):
            return Left(_OUTSIDE, question.vendor_id, question.time)
        if not kind.key or (kind.since < question.time < kind.until):
            return Left(kind, question.vendor_id, question.time)
        return Left(kind, question.vendor_id, question.time, news=True) if _extends(kind, question.time) else None

    def _twin(self, raw: RawRecord, question: Question) -> Decoded:
        """The record decoded: from the event of another one that says the same but for its own values, if there was one."""
        twins = question.twins
        if twins is None:
            return decoded(raw)
        events = self._events[twins.name]
        if not events.is_worth_asking():
            return decoded(raw)
        rest, own = twins.apart(question.record)
        name = name_of(question, rest, raw.tenant)
        event = events.twin(name, question, own)
        if event is not None:
            return Decoded(raw, (event,))
        record = decoded(raw)
        events.add(name, record.found, question, own)
        return record

    def question(self, data: Raw) -> Question | None:
        """What decides about this record; None: only the slow way can tell."""
        return self._forms.question(data)

    def _first(self, raw: RawRecord, question: Question, name: bytes) -> Decoded:
        record = self._twin(raw, question)
        kind = self._kind(record, question) if len(record.found) == 1 else None
        if kind is _UNMET:
            return record
        if len(self._kinds) >= KINDS_AT_MOST:
            for old in list(self._kinds)[: KINDS_AT_MOST // 2]:
                del self._kinds[old]
        self._kinds[name] = kind
        return record

    def _kind(self, record: Decoded, question: Question) -> RecordKind | None:
        """What this record says of all with its question; None where it says nothing of them, ``_UNMET`` if the next one may."""
        found = record.found[0]
        if isinstance(found, Ignored):
            return RecordKind(found.reason, counted_as(Disposition.IGNORED, found.reason))
        if not isinstance(found, Event) or (found.vendor_id, found.time) != (question.vendor_id, question.time):
            return None
        if self._wanted.other_account(found):
            return None
        event = located(found, self._geo)
        provider = provider_of(event)
        reason = ignore_reason(event, self._tuning)
        if reason is None or wants(event) is not None or provider.limit(event) is not None or asks(event) or flags_of(event):
            return None
        kind = RecordKind(
            reason,
            counted_as(Disposition.IGNORED, reason),
            account=event.account,
            doubts=event.data_quality,
            dated=True,
            changes=provider.versioning.changing(event) is not None,
        )
        if teaches(event):
            kind.key = key_of(event)
            if not self._may_remember(kind.key):
                return _UNMET
            kind.features = tuple((feature, str(value)) for feature, value in provider.features(event))
            if not self._wanted.outside(question.time):
                kind.since, kind.until = question.time, _end_of_day(question.time)
        return kind


_OUTSIDE = RecordKind(OUTSIDE_TIME, counted_as(Disposition.IGNORED, OUTSIDE_TIME))
_UNMET = RecordKind("")


def _extends(kind: RecordKind, time: datetime) -> bool:
    """Take a time outside of the kind's span into it. False if the record may start a run: then the slow way has to tell."""
    since, until = kind.since, kind.until
    if since is until or time <= since:
        kind.since, kind.until = time, until if since is not until and since - time < _JOINED else _end_of_day(time)
        return False
    joins = time - until < _JOINED - _DAY
    kind.since, kind.until = since if joins else time, _end_of_day(time)
    return joins


def _end_of_day(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
