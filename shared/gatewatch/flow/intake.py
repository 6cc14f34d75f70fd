"""Raw records to evidence: what each record became, by name. Every record ends as stored, ignored by reason, or refused by reason."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import cast

from msgspec import Struct, structs

from ..evidence import ignore_reason, make, wants
from ..model import Announcement, Event, Evidence, Ignored, RawRecord, Refused
from ..ports import Geo
from ..providers.catalogue import provider_of
from ..tuning import Tuning
from .decoding import Decoded, decoded
from .limits import BEYOND
from .located import located


class Disposition(StrEnum):
    """The three ends of a record; a duplicate is stored already."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    REFUSED = "refused"


class RecordResult(Struct, frozen=True, gc=False):
    """What became of one record. ``index`` points into the raw records as handed over (one may hold many)."""

    index: int
    disposition: Disposition
    reason: str = ""
    detail: str = ""
    origin: str = ""
    vendor_id: str = ""


class Accepted(Struct, frozen=True, gc=False):
    """A record that becomes evidence."""

    index: int
    evidence: Evidence
    origin: str = ""
    announced: tuple[Announcement, ...] = ()


class Intake(Struct, frozen=True):
    """One chunk, decoded."""

    accepted: tuple[Accepted, ...]
    items: tuple[RecordResult, ...]  # the ignored and the refused


class Opened(Struct, frozen=True):
    """One chunk, decoded and located: each record by its index with what it says."""

    found: tuple[tuple[int, RawRecord, Event | Ignored | Refused, Event | None], ...]  # the event as decoded, and as located

    @property
    def events(self) -> list[Event]:
        """The events, located."""
        return [placed for *_, placed in self.found if placed is not None]


type Holds = Callable[[Event], bool]
"""Whether an event is kept for another reason than its own content."""


def open_chunk(records: Sequence[RawRecord | Decoded], geo: Geo | None) -> Opened:
    """Decode and locate one chunk."""
    return Opened(
        tuple(
            (index, one.raw_of(place), found, located(found, geo) if isinstance(found, Event) else None)
            for index, record in enumerate(records)
            for one in [decoded(record)]
            for place, found in enumerate(one.found)
        )
    )


def take_in(opened: Opened, tuning: Tuning, now: datetime, holds: Holds = lambda _event: False, beyond: Collection[str] = ()) -> Intake:
    """Sort out one chunk. Kept are records by their own content, records that another one names, what ``holds`` says, and every version.

    Vendor ids in ``beyond`` are not kept, because enough of their kind are. A record that never changes has one version only, so each copy of it decides for itself.
    """
    named = {vendor_id for event in opened.events if (vendor_id := wants(event))}
    reasons = {number: ignore_reason(placed, tuning) for number, (*_, placed) in enumerate(opened.found) if placed is not None}
    kept = {number for number, reason in reasons.items() if reason is None or holds(cast("Event", opened.found[number][-1]))}
    versions = {placed.vendor_id for number in kept if (placed := opened.found[number][-1]) is not None and _changes(placed)}
    accepted: list[Accepted] = []
    items: list[RecordResult] = []
    for number, (index, raw, found, placed) in enumerate(opened.found):
        if isinstance(found, Refused):
            items.append(RecordResult(index, Disposition.REFUSED, found.reason, found.detail, found.origin or raw.origin))
            continue
        if isinstance(found, Ignored):
            items.append(RecordResult(index, Disposition.IGNORED, found.reason, "", found.origin or raw.origin))
            continue
        if not (raw.wanted or found.vendor_id in named or found.vendor_id in versions or number in kept):
            items.append(RecordResult(index, Disposition.IGNORED, reasons[number] or "", "", raw.origin, found.vendor_id))
            continue
        if found.vendor_id in beyond and not raw.wanted:
            items.append(RecordResult(index, Disposition.IGNORED, BEYOND, "", raw.origin, found.vendor_id))
            continue
        accepted.append(Accepted(index, evidence_of(raw, found, placed or found, now), raw.origin, raw.announced))
    return Intake(tuple(accepted), tuple(items))


def evidence_of(raw: RawRecord, event: Event, placed: Event, now: datetime) -> Evidence:
    """The evidence of an event. Its id is that of the evidence it was read back from, else taken without the geography of ``placed``."""
    evidence = make(event, fetched=raw.fetched, now=now)
    if raw.evidence_id:
        evidence = structs.replace(evidence, id=raw.evidence_id)
    return evidence if placed is event else structs.replace(evidence, event=placed)


def _changes(event: Event) -> bool:
    return provider_of(event).versioning.changing(event) is not None
