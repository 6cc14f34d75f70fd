"""Ask before you read: records that nothing keeps are dropped by a look at their bytes, after they taught.

A ``Prober`` belongs to one policy. The first record of a kind goes the slow way (decoding, normalising, the policy) and answers for all
records with the same question; the providers' probes say what the question is. What such a record teaches beyond its equals is only when:
the prober knows the span of days that its equals taught, and says so when a record lies outside of it.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from os import urandom
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
from .record_kinds import KINDS_AT_MOST, NEVER, UNMET, Known, KnownKinds, Lesson, RecordKind, end_of_day
from .tally import counted_as
from .unreadable import flags_of
from .wanted import EVERYTHING, OUTSIDE_TIME, Wanted

RECENT_AT_MOST = 4_096
"""Kinds that are also known by their whole question, of some hundred bytes each."""

_JOINED = timedelta(days=JOINED_WITHIN)


class Left(Struct, frozen=True, gc=False):
    """A record that nothing keeps. ``news``: what it teaches, on a day on which it was not taught yet."""

    kind: RecordKind
    vendor_id: str
    time: datetime
    news: Lesson | None = None


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
        kinds_at_most: int = KINDS_AT_MOST,
    ) -> None:
        """``may_remember`` says whether records that teach this familiarity may be answered for by the first of them."""
        self._tuning, self._geo, self._wanted, self._may_remember = tuning, geo, wanted, may_remember
        self._everything = wanted.everything
        self._tenant: str | None = None
        self._secret = urandom(16)  # nobody can make a record whose digest of 64 bits is that of another one
        self._seed = self._secret + repr(None).encode()  # equal records of two tenants are of two kinds
        self._kinds_at_most = kinds_at_most
        self._kinds = KnownKinds(kinds_at_most)
        self._recent: dict[bytes, Known] = {}  # some of them by their question, for this tenant: no digest is made for most records
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
            self._seed = self._secret + repr(tenant).encode("utf-8", "backslashreplace")
            self._recent = {}
        key = question.key
        if key:
            known = self._recent.get(key)
            if known is None:
                name = int.from_bytes(sha256(self._seed + key).digest()[:8], "little", signed=True)
                known = self._kinds.get(name)
                if known is UNMET:
                    return self._first(among.record(index), question, name)
                self._remember(key, known)
            if known is not None:
                time = question.time
                if self._everything and known.since < time < known.until:
                    return Left(known.kind, question.vendor_id, time)
                left = self._left(known, question)
                if left is not None:
                    return left
        return self._twin(among.record(index), question)

    def read(self, raw: RawRecord) -> Decoded:
        """The record decoded, whatever keeps it."""
        question = self._forms.question(raw.data) if type(raw.data) is Raw else None
        return decoded(raw) if question is None else self._twin(raw, question)

    def forget_kinds(self) -> None:
        """Every record may be the first of its kind from now on. Remove the temporary file."""
        self._kinds.close()
        self._kinds, self._recent = KnownKinds(self._kinds_at_most), {}

    def close(self) -> None:
        """Forget everything."""
        self.forget_kinds()
        self._events.clear()

    def _remember(self, key: bytes, known: Known | None) -> None:
        """Records of this kind are found by their question itself, as long as few other kinds come between them."""
        if known is None:
            return
        if len(self._recent) >= RECENT_AT_MOST:
            self._recent = {}
        self._recent[key] = known

    def _left(self, known: Known, question: Question) -> Left | None:
        """A record of this kind is left out, unless it may start a run."""
        kind, time = known.kind, question.time
        if not self._everything and kind.dated and self._wanted.outside(time):
            return Left(_OUTSIDE, question.vendor_id, time)
        if known.lesson < 0 or known.since < time < known.until:
            return Left(kind, question.vendor_id, time)
        return Left(kind, question.vendor_id, time, self._kinds.lesson(known)) if known.extends(time, _JOINED) else None

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

    def _first(self, raw: RawRecord, question: Question, name: int) -> Decoded:
        record = self._twin(raw, question)
        known = self._known(record, question) if len(record.found) == 1 else None
        if known is not UNMET:
            self._kinds.put(name, known)
        return record

    def _known(self, record: Decoded, question: Question) -> Known | None:
        """What this record says of all with its question; None where it says nothing of them, ``UNMET`` if the next one may."""
        found = record.found[0]
        if isinstance(found, Ignored):
            return self._kinds.of(RecordKind(found.reason, counted_as(Disposition.IGNORED, found.reason)))
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
        if not teaches(event):
            return self._kinds.of(kind)
        key, time = key_of(event), question.time
        if not self._may_remember(key):
            return UNMET
        lesson = (key, tuple((feature, str(value)) for feature, value in provider.features(event)))
        return self._kinds.of(kind, lesson, (NEVER, NEVER) if self._wanted.outside(time) else (time, end_of_day(time)))


_OUTSIDE = RecordKind(OUTSIDE_TIME, counted_as(Disposition.IGNORED, OUTSIDE_TIME))
