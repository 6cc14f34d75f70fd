"""What becomes evidence, under which id, and by which tokens it is found again. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from .model import Event, Evidence, Outcome
from .providers.catalogue import TEACHING_KINDS, provider_of
from .providers.codec import decoder
from .tuning import Tuning

_CANONICAL = msgspec.json.Encoder(order="sorted")


def digest(value: object) -> str:
    """Sha256 hex of the canonical (sorted keys) JSON of anything msgspec encodes."""
    return hashlib.sha256(_CANONICAL.encode(value)).hexdigest()


def order_time(event: Event, fetched: datetime | None) -> datetime | None:
    """What orders versions of one vendor id: lastUpdatedDateTime, else the fetch time of a record that can change.

    A record that never changes is the same version at every delivery, whenever it was fetched;
    only one without a time of its own carries its fetch time into its identity.
    """
    if event.updated is not None:
        return event.updated
    changes = provider_of(event).versioning.changing(event) is not None
    return fetched if changes or event.time is None else None


def evidence_id(event: Event, fetched: datetime | None) -> str:
    """The id of one record version: vendor id, normalised fields, order time. Enrichment (geography) is added after it is taken."""
    return digest((event.vendor_id, event, order_time(event, fetched)))


def stored_time(evidence: Evidence) -> datetime:
    """The time a store finds this version by."""
    return evidence.event.time or evidence.fetched or evidence.ingested


def links(event: Event) -> tuple[str, ...]:
    """What ties this event to others whatever their time: its own id, and what its provider says."""
    return (id_link(event.vendor_id), *provider_of(event).links(event))


def id_link(vendor_id: str) -> str:
    """The link token of a vendor id."""
    return f"id:{vendor_id}"


def wants(event: Event) -> str | None:
    """The vendor id of the record that this one names and that must be evidence as well."""
    return provider_of(event).wants(event)


def taught(event: Event) -> tuple[tuple[str, str | int], ...]:
    """What this event makes familiar of its principal: pairs of country, asn or client and the value.

    Only successes teach; an attacker's failures must not.
    """
    teaches = event.outcome is Outcome.SUCCESS and event.kind in TEACHING_KINDS
    return provider_of(event).features(event) if teaches else ()


def has_history(event: Event) -> bool:
    """Whether the provider of this event keeps a history of its principals: some of its kinds teach."""
    return bool(provider_of(event).teaching)


def ignore_reason(event: Event, tuning: Tuning) -> str | None:
    """Why this event is not kept as evidence, or None when it is: its provider's word."""
    return provider_of(event).keep(event, tuning)


def make(event: Event, *, fetched: datetime | None, now: datetime) -> Evidence:
    """One evidence document of this event, without history facts."""
    return Evidence(id=evidence_id(event, fetched), event=event, ingested=now.astimezone(UTC), fetched=fetched)


def encode(evidence: Evidence) -> bytes:
    """The typed evidence as JSON; ``decode`` gives an equal one back."""
    return msgspec.json.encode(evidence)


_DECODER = decoder(Evidence)


def decode(body: bytes | str) -> Evidence:
    """What ``encode`` wrote."""
    return _DECODER.decode(body)


def distinct(evidence: Iterable[Evidence]) -> dict[str, Evidence]:
    """Evidence by id; a copy stored twice across a rollover counts once, the earliest ingest time speaks."""
    found: dict[str, Evidence] = {}
    for item in evidence:
        known = found.get(item.id)
        if known is None or item.ingested < known.ingested:
            found[item.id] = item
    return found
