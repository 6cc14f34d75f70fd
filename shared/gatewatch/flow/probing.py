"""Ask before you read: records that nothing keeps are dropped by a look at their bytes, after they taught.

A ``Prober`` belongs to one policy. The first record of a kind goes the slow way (decoding, normalising, the policy) and answers for all
records with the same question; the providers' probes say what the question is. What such a record teaches beyond its equals is only when:
the prober knows the span of days that its equals taught, and says so when a record lies outside of it.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum

import msgspec
from msgspec import Raw, Struct

from ..evidence import ignore_reason, wants
from ..familiarity import JOINED_WITHIN, asks, key_of, teaches
from ..model import Event, Ignored, RawRecord
from ..ports import Geo
from ..providers.catalogue import DIALECTS, PROVIDERS, provider_of
from ..providers.probe import Probe, Question
from ..reading.envelopes import MARKS
from ..tuning import Tuning
from .decoding import Decoded, decoded
from .intake import Disposition
from .located import located
from .own_documents import OWN
from .tally import counted_as
from .unreadable import flags_of
from .wanted import EVERYTHING, OUTSIDE_TIME, Wanted

KINDS_AT_MOST = 80_000
"""Kinds of records that a prober knows at a time; beyond it forgets the oldest half, which then go the slow way again."""

NEVER_PASSED: frozenset[str] = MARKS.union({OWN}, *(dialect.marks for dialect in DIALECTS))
"""Properties by which a record may be an envelope, a document of Gatewatch's own, or written in a dialect."""

_HEAD = 32  # bytes of a record in which its first property is looked for
_HEADS_AT_MOST = 256
_TRIES = 50
_FURTHER_AT_MOST = 100  # properties that no layout knows yet and that no reader asks for; a vendor adds a few every year
_JOINED = timedelta(days=JOINED_WITHIN)
_DAY = timedelta(days=1)
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*?)`(?: - at `(\$.*)`)?", re.DOTALL)


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
        self._seed = hashlib.blake2b(b"None", digest_size=16)  # equal records of two tenants are of two kinds
        self._kinds: dict[bytes, RecordKind | None] = {}  # None: records of this kind are decoded, each of them
        self._forms = [_Form(probe) for provider in PROVIDERS for probe in provider.probes]
        self._by_head: dict[bytes, _Head] = {}

    def ask(self, raw: RawRecord) -> Left | Decoded:
        """What becomes of this record, without decoding it; or the record decoded, because only that can tell."""
        if type(raw.data) is not Raw or raw.wanted or raw.announced:
            return decoded(raw)
        question = self.question(raw.data)
        if question is None:
            return decoded(raw)
        if raw.tenant != self._tenant:
            self._tenant = raw.tenant
            self._seed = hashlib.blake2b(repr(raw.tenant).encode("utf-8", "backslashreplace"), digest_size=16)
        digest = self._seed.copy()
        digest.update(question.key)
        name = digest.digest()
        kind = self._kinds.get(name, _UNMET)
        if kind is None:
            return decoded(raw)
        if kind is _UNMET:
            return self._first(raw, question, name)
        if not self._everything and kind.dated and self._wanted.outside(question.time):
            return Left(_OUTSIDE, question.vendor_id, question.time)
        if not kind.key or (kind.since < question.time < kind.until):
            return Left(kind, question.vendor_id, question.time)
        return Left(kind, question.vendor_id, question.time, news=True) if _extends(kind, question.time) else decoded(raw)

    def question(self, data: Raw) -> Question | None:
        """What decides about this record; None: only the slow way can tell."""
        view = memoryview(data)
        head = bytes(view[:_HEAD]).partition(b":")[0]
        known = self._by_head.get(head)
        if known is None:
            if len(self._by_head) >= _HEADS_AT_MOST:
                return None
            known = self._by_head[head] = _Head()
        for form in known.forms:
            found = form.ask(view)
            if found is not _Other.FORM:
                return found
        if known.tries < _TRIES:
            known.tries += 1
            for form in self._forms:
                if form not in known.forms and (found := form.ask(view)) is not _Other.FORM:
                    known.forms.append(form)
                    return found
        return None

    def _first(self, raw: RawRecord, question: Question, name: bytes) -> Decoded:
        record = decoded(raw)
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


class _Head:
    """The forms that records which begin alike were of, and how often another one was looked for."""

    def __init__(self) -> None:
        self.forms: list[_Form] = []
        self.tries = 0


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


class _Other(Enum):
    """What a form says of a record of another form."""

    FORM = 0


class _Form:
    """One probe with its decoder, which learns the properties that a vendor adds."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._further: set[str] = set()
        self._decode = msgspec.json.Decoder(probe.layout((), True)).decode  # noqa: FBT003 - as Probe.layout
        self._decode_any = msgspec.json.Decoder(probe.layout((), False)).decode  # noqa: FBT003

    def ask(self, data: memoryview) -> Question | _Other | None:
        """What decides about the record; None if only the slow way can tell."""
        while True:
            try:
                return self._probe.ask(self._decode(data))
            except msgspec.ValidationError as error:
                if not self._learns(str(error), data):
                    return _Other.FORM
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                return None

    def _learns(self, problem: str, data: memoryview) -> bool:
        """Whether the record is of this form and has a property that may be passed over and was not known."""
        match = _UNKNOWN_FIELD.fullmatch(problem)
        if match is None or (match[2] or "$") != self._probe.path or len(self._further) >= _FURTHER_AT_MOST:
            return False
        name = match[1]
        if name in NEVER_PASSED or name in self._further or not self._probe.may_pass(name):
            return False
        try:
            self._decode_any(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return False
        self._further.add(name)
        self._decode = msgspec.json.Decoder(self._probe.layout(sorted(self._further), True)).decode  # noqa: FBT003
        return True
