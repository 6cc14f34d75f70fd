"""Which polled records need not be handed over again: those whose newest stored version says the same and went through a finished run.

Graph is read with a wide overlap, so most of a page was seen before. A record without lastUpdatedDateTime is ordered by its fetch time
and would be a new version at every poll; it keeps the fetch time of the version it repeats (design: "the fetch time is stamped once").
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct, structs

from gatewatch.evidence import evidence_id, ignore_reason, order_time
from gatewatch.flow import decoding
from gatewatch.model import Event, Evidence, RawRecord
from gatewatch.ports import Store
from gatewatch.providers.catalogue import provider_of
from gatewatch.tuning import Tuning

_NEVER = datetime.min.replace(tzinfo=UTC)


class Sifted(Struct, frozen=True):
    """What to hand over, and how many records were withheld."""

    records: tuple[RawRecord, ...]
    withheld: int


def sift(records: Sequence[RawRecord], store: Store, tuning: Tuning, settled: datetime | None) -> Sifted:
    """Leaves out what is stored and settled; raises ``StoreUnavailable``."""
    events = [_event(raw, tuning) for raw in records]
    wanted = {event.vendor_id for event in events if event is not None}
    stored: defaultdict[str, list[Evidence]] = defaultdict(list)
    for evidence in store.evidence_of(wanted) if wanted else ():
        stored[evidence.event.vendor_id].append(evidence)
    kept: list[RawRecord] = []
    for raw, event in zip(records, events, strict=True):
        repeated = _repeats(event, raw, stored[event.vendor_id]) if event is not None else None
        if repeated is None:
            kept.append(raw)
        elif settled is None or repeated.ingested > settled or raw.announced:
            kept.append(structs.replace(raw, fetched=repeated.fetched or raw.fetched))
    return Sifted(tuple(kept), len(records) - len(kept))


def _event(raw: RawRecord, tuning: Tuning) -> Event | None:
    """The event of a record that becomes evidence by itself."""
    decoded = decoding.decode(raw)
    if len(decoded) != 1 or not isinstance(decoded[0], Event) or ignore_reason(decoded[0], tuning) is not None:
        return None
    return decoded[0]


def _repeats(event: Event, raw: RawRecord, versions: Sequence[Evidence]) -> Evidence | None:
    """The stored version that this record repeats."""
    if event.updated is not None:
        same = evidence_id(event, raw.fetched)
        return next((e for e in versions if e.id == same), None)
    newest = max(versions, key=_order, default=None)
    return newest if newest is not None and _changing(newest.event) == _changing(event) else None


def _order(evidence: Evidence) -> tuple[datetime, datetime, str]:
    return (order_time(evidence.event, evidence.fetched) or _NEVER, evidence.ingested, evidence.id)


def _changing(event: Event) -> tuple[object, ...] | None:
    """The fields that may change after the fact."""
    return provider_of(event).versioning.changing(event)
