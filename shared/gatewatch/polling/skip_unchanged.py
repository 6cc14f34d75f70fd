"""Which polled records need not be processed again: their newest stored version says the same and went through a finished run.

A poll reads a wide overlap, so most of a page was seen before. A record without an update time of its own is ordered by its fetch time
and would be a new version at every poll; it keeps the fetch time of the version it repeats.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct, structs

from ..evidence import evidence_id, ignore_reason, order_time
from ..familiarity import teaches
from ..flow.decoding import Decoded
from ..model import Event, Evidence
from ..providers.catalogue import provider_of
from ..tuning import Tuning

_NEVER = datetime.min.replace(tzinfo=UTC)


class Remaining(Struct, frozen=True):
    """The records that still have to be processed, and how many were skipped."""

    records: tuple[Decoded, ...]
    skipped: int


def skip_unchanged(records: Sequence[Decoded], found: Iterable[Evidence], tuning: Tuning, settled: datetime | None) -> Remaining:
    """Leaves out what is stored, unchanged and ingested up to ``settled``. ``found`` is everything that is stored of these records."""
    stored: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in found:
        stored[evidence.event.vendor_id].append(evidence)
    kept: list[Decoded] = []
    for record in records:
        raw, event = record.raw, _event(record)
        versions = stored.get(event.vendor_id, ()) if event is not None else ()
        repeated = _repeats(event, raw.fetched, versions, tuning) if event is not None and versions else None
        if repeated is None:
            kept.append(record)
        elif settled is None or repeated.ingested > settled or raw.announced:
            kept.append(structs.replace(record, raw=structs.replace(raw, fetched=repeated.fetched or raw.fetched)))
    return Remaining(tuple(kept), len(records) - len(kept))


def _event(record: Decoded) -> Event | None:
    """The event of a record that holds one."""
    event = record.found[0] if len(record.found) == 1 else None
    return event if isinstance(event, Event) else None


def _repeats(event: Event, fetched: datetime | None, versions: Sequence[Evidence], tuning: Tuning) -> Evidence | None:
    """The stored version that this record repeats. None where it would not be stored: it is not kept by itself, and teaches nothing."""
    if ignore_reason(event, tuning) is not None and not teaches(event):
        return None
    if event.updated is not None:
        same = evidence_id(event, fetched)
        return next((e for e in versions if e.id == same), None)
    newest = max(versions, key=_order, default=None)
    return newest if newest is not None and _changing(newest.event) == _changing(event) else None


def _order(evidence: Evidence) -> tuple[datetime, datetime, str]:
    return (order_time(evidence.event, evidence.fetched) or _NEVER, evidence.ingested, evidence.id)


def _changing(event: Event) -> tuple[object, ...] | None:
    """The fields that may change after the fact."""
    return provider_of(event).versioning.changing(event)
