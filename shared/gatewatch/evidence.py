"""What becomes evidence, which id it has, and by which tokens a store finds it. Pure functions."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from .model import Event, Evidence, Outcome, Prepared
from .model.tokens import address_token, subjects
from .providers.catalogue import provider_of
from .providers.codec import decoder
from .tuning import Tuning

_CANONICAL = msgspec.json.Encoder(order="sorted")


def digest(value: object) -> str:
    """The SHA-256 of the canonical JSON (sorted keys) of any value that msgspec encodes, in hex."""
    return hashlib.sha256(_CANONICAL.encode(value)).hexdigest()


def order_time(event: Event, fetched: datetime | None) -> datetime | None:
    """The time that orders the versions of one vendor id: lastUpdatedDateTime, else the fetch time of a record that can change.

    None for a record that never changes, because every delivery of it is the same version. Exception: a record
    without an activity time uses its fetch time.
    """
    if event.updated is not None:
        return event.updated
    changes = provider_of(event).versioning.changing(event) is not None
    return fetched if changes or event.time is None else None


def evidence_id(event: Event, fetched: datetime | None) -> str:
    """The id of one record version: a digest of vendor id, normalised fields and order time, taken before geography is added."""
    return digest((event.vendor_id, event, order_time(event, fetched)))


def stored_time(evidence: Evidence) -> datetime:
    """The time by which a store finds this version: activity time, else fetch time, else ingest time."""
    return evidence.event.time or evidence.fetched or evidence.ingested


def links(event: Event) -> tuple[str, ...]:
    """The tokens that connect this event to others at any time: the token of its own id, and those of its provider."""
    return (id_link(event.vendor_id), *provider_of(event).links(event))


def mentions(event: Event) -> tuple[str, ...]:
    """The tokens of what this event names without being its subject, such as an access key. Only people look by them: they join nothing."""
    return provider_of(event).mentions(event)


def tokens(event: Event) -> tuple[str, ...]:
    """Subjects, source address, mentions and links of an event, each once."""
    address = address_token(event)
    return tuple(dict.fromkeys((*subjects(event), *((address,) if address else ()), *mentions(event), *links(event))))


def succeeded(event: Event) -> bool:
    """Which of the two bounded piles an event belongs to; unknown is not success."""
    return event.outcome is Outcome.SUCCESS


def microseconds(moment: datetime) -> int:
    """Microseconds since the epoch, exact; negative before 1970."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def id_link(vendor_id: str) -> str:
    """The link token of a vendor id."""
    return f"id:{vendor_id}"


def wants(event: Event) -> str | None:
    """The vendor id of the record that this event names and that must be evidence too, or None."""
    return provider_of(event).wants(event)


def ignore_reason(event: Event, tuning: Tuning) -> str | None:
    """Why this event is not kept as evidence, or None when it is kept. The provider decides."""
    return provider_of(event).keep(event, tuning)


def make(event: Event, *, fetched: datetime | None, now: datetime) -> Evidence:
    """Make the evidence of this event. ``now`` becomes its ingest time (UTC)."""
    return Evidence(id=evidence_id(event, fetched), event=event, ingested=now.astimezone(UTC), fetched=fetched)


def encode(evidence: Evidence) -> bytes:
    """The typed evidence as JSON. ``decode`` returns equal evidence."""
    return msgspec.json.encode(evidence)


def prepared(evidence: Evidence, body: bytes | None = None) -> Prepared:
    """This evidence as a store writes it. ``body``: what ``encode`` gives for it, where that is known."""
    event = evidence.event
    return Prepared(
        id=evidence.id,
        time=microseconds(stored_time(evidence)),
        ingested=microseconds(evidence.ingested),
        wants=wants(event),
        success=succeeded(event),
        tokens=tokens(event),
        body=_encoded(evidence) if body is None else body,
    )


def _encoded(evidence: Evidence) -> bytes | None:
    try:
        return encode(evidence)
    except UnicodeEncodeError:  # half a surrogate pair
        return None


_DECODER = decoder(Evidence)


def decode(body: bytes | str) -> Evidence:
    """Read what ``encode`` wrote; raises ``msgspec.ValidationError`` for other JSON."""
    return _DECODER.decode(body)


def distinct(evidence: Iterable[Evidence]) -> dict[str, Evidence]:
    """Evidence by id. A rollover of the data stream can store a copy twice; the copy with the earliest ingest time is used."""
    found: dict[str, Evidence] = {}
    for item in evidence:
        known = found.get(item.id)
        if known is None or item.ingested < known.ingested:
            found[item.id] = item
    return found


def same_copy(known: Evidence, found: Evidence) -> bool:
    """Whether evidence of one id is the copy that is known. The id says the rest: it is made before geography is added."""
    return known is found or (
        found.ingested == known.ingested and found.fetched == known.fetched and found.event.place == known.event.place
    )
