"""Raw JSON values to events: containers are opened, then the first provider that recognises a record reads it."""

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct, structs

from ..errors import SourceError
from ..model import Event, Evidence, Ignored, RawRecord, Refused
from ..providers.catalogue import PROVIDERS, dialect_of
from ..providers.dialect import Dialect
from ..providers.provider import Decode
from ..reading.envelopes import Inner, unwrap
from ..reading.fields import Fields
from ..reading.json_text import value_of
from .known_events import KnownEvents, name_of, of_parsed
from .own_documents import stored_evidence

_UNRECOGNISED = "unrecognised_record"
_DIALECTS_AT_MOST = 3  # an export may flatten the columns of another product


class Decoded(Struct, frozen=True, gc=False):
    """A raw record with what it decodes to. Whoever needs the events before the pipeline does hands this over, so that decoding happens once."""

    raw: RawRecord
    found: tuple[Event | Ignored | Refused, ...]
    stored: tuple[Evidence | None, ...] = ()  # parallel to ``found``: the evidence that an event was read back from; () if there is none

    def raw_of(self, index: int) -> RawRecord:
        """The raw record of this event: with the id and the time of its evidence if it was read back from that."""
        evidence = self.stored[index] if self.stored else None
        if evidence is None:
            return self.raw
        return structs.replace(self.raw, fetched=evidence.fetched or evidence.ingested, evidence_id=evidence.id)


def decoded(record: RawRecord | Decoded) -> Decoded:
    """The record with its events; what is decoded already comes back as it is."""
    if isinstance(record, Decoded):
        return record
    asked = of_parsed(record.data) if type(record.data) is dict and _KNOWN.is_worth_asking() else None
    if asked is None:
        return _decoded(record)
    question, rest, own = asked
    name = name_of(question, rest, record.tenant)
    event = _KNOWN.twin(name, question, own)
    if event is not None:
        return Decoded(record, (event,))
    found = _decoded(record)
    _KNOWN.add(name, found.found, question, own)
    return found


_KNOWN = KnownEvents()


def _decoded(record: RawRecord) -> Decoded:
    found = _decode(record)
    events = tuple(one.event if isinstance(one, Evidence) else one for one in found)
    stored = tuple(one if isinstance(one, Evidence) else None for one in found)
    return Decoded(record, events, stored if any(stored) else ())


def decode(raw: RawRecord) -> list[Event | Ignored | Refused]:
    """Every event in one raw JSON value, or why there is none. Never raises."""
    return [one.event if isinstance(one, Evidence) else one for one in _decode(raw)]


def _decode(raw: RawRecord) -> list[Event | Evidence | Ignored | Refused]:
    try:
        value = value_of(raw.data)
    except ValueError:
        return [Refused(origin=raw.origin, reason="invalid_json")]
    return [_one(data, raw) for data in unwrap(value)]


def fields_of(raw: RawRecord) -> Iterator[Fields]:
    """Every record in one raw JSON value in its vendor's own form, whatever it says; what cannot be read is passed over."""
    try:
        value = value_of(raw.data)
    except ValueError:
        return
    for inner in unwrap(value):
        with suppress(SourceError):
            yield _translated(_fields(inner.data))[0]


def event(raw: RawRecord) -> Event | Ignored | Refused:
    """The event of exactly one record; anything else is refused."""
    found = decode(raw)
    return found[0] if len(found) == 1 else Refused(origin=raw.origin, reason="not_one_record")


def _one(inner: Inner, raw: RawRecord) -> Event | Evidence | Ignored | Refused:
    found: Event | Evidence | str | None
    try:
        found = stored_evidence(inner.data)
        if found is None:
            found = _event(inner, raw)
    except SourceError as error:
        broken = error.reason == _UNRECOGNISED and inner.reason  # the object around broken content is no record either
        return Refused(origin=raw.origin, reason=broken or error.reason, detail=inner.detail if broken else error.detail)
    except Exception as error:  # noqa: BLE001 - one poison record must never stop the rest; it is refused and counted
        return Refused(origin=raw.origin, reason="undecodable_record", detail=type(error).__name__)
    if isinstance(found, str):
        return Ignored(origin=raw.origin, reason=found)
    return found


def _event(inner: Inner, raw: RawRecord) -> Event | str:
    """The event of a vendor's record, with the flags of its dialects, or why it is ignored; raises SourceError."""
    record, dialects = _translated(_fields(inner.data))
    answer = _recognised(record)
    found = answer if isinstance(answer, str) else answer(record, raw.tenant)
    flags = {flag for dialect in dialects for flag in dialect.flags(found.action)} if isinstance(found, Event) else ()
    return (
        structs.replace(found, data_quality=tuple(sorted({*found.data_quality, *flags}))) if flags and isinstance(found, Event) else found
    )


def _fields(data: object) -> Fields:
    if not isinstance(data, dict):
        raise SourceError(_UNRECOGNISED)
    return Fields(data)


def _translated(record: Fields) -> tuple[Fields, list[Dialect]]:
    """The record in its vendor's own form, and the dialects that it was written in; raises SourceError."""
    dialects: list[Dialect] = []
    for _ in range(_DIALECTS_AT_MOST):
        dialect = dialect_of(record)
        if dialect is None:
            break
        record = Fields(dialect.translate(record))
        dialects.append(dialect)
    return record, dialects


def _recognised(record: Fields) -> Decode | str:
    """How to read this record, or why it is ignored; raises SourceError for an unknown shape."""
    for provider in PROVIDERS:
        answer = provider.recognise(record)
        if answer is not None:
            return answer
    raise SourceError(_UNRECOGNISED)
