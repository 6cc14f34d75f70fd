"""Raw records to evidence: what each record became, by name. Every record ends as stored, ignored by reason, or refused by reason."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, structs

from ..evidence import ignore_reason, make, wants
from ..model import Event, Evidence, Ignored, RawRecord, Refused
from ..ports import Geo
from ..tuning import Tuning
from .decoding import Decoded, decoded


class Disposition(StrEnum):
    """The three ends of a record; a duplicate is stored already."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    REFUSED = "refused"


class RecordResult(Struct, frozen=True):
    """What became of one record. ``index`` points into the raw records as handed over (one may hold many)."""

    index: int
    disposition: Disposition
    reason: str = ""
    detail: str = ""
    origin: str = ""
    vendor_id: str = ""


class Accepted(Struct, frozen=True):
    """A record that becomes evidence."""

    index: int
    evidence: Evidence
    origin: str = ""
    announced: tuple[str, ...] = ()


class Intake(Struct, frozen=True):
    """One chunk, decoded."""

    accepted: tuple[Accepted, ...]
    items: tuple[RecordResult, ...]  # the ignored and the refused


def take_in(records: Sequence[RawRecord | Decoded], tuning: Tuning, geo: Geo | None, now: datetime) -> Intake:
    """Decode, locate and sort out one chunk. A record that another of the chunk names is kept whatever it says."""
    opened = [(index, one.raw, found) for index, record in enumerate(records) for one in [decoded(record)] for found in one.found]
    named = {vendor_id for _, _, found in opened if isinstance(found, Event) and (vendor_id := wants(found))}
    accepted: list[Accepted] = []
    items: list[RecordResult] = []
    for index, raw, found in opened:
        if isinstance(found, Refused):
            items.append(RecordResult(index, Disposition.REFUSED, found.reason, found.detail, found.origin or raw.origin))
            continue
        if isinstance(found, Ignored):
            items.append(RecordResult(index, Disposition.IGNORED, found.reason, "", found.origin or raw.origin))
            continue
        reason = None if raw.wanted or found.vendor_id in named else ignore_reason(found, tuning)
        if reason is not None:
            items.append(RecordResult(index, Disposition.IGNORED, reason, "", raw.origin, found.vendor_id))
            continue
        evidence = _located(make(found, fetched=raw.fetched, now=now), geo)
        accepted.append(Accepted(index, evidence, raw.origin, raw.announced))
    return Intake(tuple(accepted), tuple(items))


def _located(evidence: Evidence, geo: Geo | None) -> Evidence:
    """Adds country and autonomous system where the record has none; the evidence id is already taken."""
    place = evidence.event.place
    if geo is None or place.ip is None or (place.country is not None and place.asn is not None):
        return evidence
    found = geo.locate(place.ip)
    if found is None:
        return evidence
    missing = {
        name: getattr(found, name)
        for name in ("country", "region", "city", "latitude", "longitude", "asn", "as_organization")
        if getattr(place, name) is None and getattr(found, name) is not None
    }
    return structs.replace(evidence, event=structs.replace(evidence.event, place=structs.replace(place, **missing)))
