"""Replay of files: the same functions over any amount of history. The final state depends neither on file order nor on batch size."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import batched

from msgspec import Struct, structs

from ..evidence import ignore_reason, stored_time, wants
from ..model import Alert, Event, Evidence, GroupKey, RawRecord, Refused
from ..ports import Appended, Ports
from ..tuning import Tuning
from .decoding import Decoded, decoded
from .delivery import Sent, deliver
from .intake import Accepted, Disposition, RecordResult, open_chunk, take_in
from .learner import Learner
from .limits import Limits
from .policy import begin
from .recompute import recompute, recompute_day

READ_BATCH = 1_000
APPEND_BATCH = 5_000
RECOMPUTE_BATCH = 2_000
REFUSED_KEPT = 1_000
"""Refusals kept word for word; all are counted."""


class Replayed(Struct, frozen=True):
    """What a replay did: how many records got which disposition (by reason), the first refusals, the alerts written, the notifications sent."""

    records: int
    counts: dict[str, int]
    refused: tuple[RecordResult, ...]
    alerts: tuple[Alert, ...]
    sent: tuple[Sent, ...]


def replay(
    records: Callable[[], Iterable[RawRecord | Refused]], ports: Ports, progress: Callable[[int], None] = lambda _: None
) -> Replayed:
    """Read everything once (twice when records name others that say nothing by themselves), then compute every day once.

    ``records`` is called again for the second reading. ``progress`` gets the number of records read so far.

    Raises:
        StoreUnavailable: the store is away; run it again, nothing is stored twice.
    """
    ports = begin(ports)
    tally, learner = _Tally(), Learner(ports)
    first_reading = [a.evidence for a in _read(records(), ports, tally, learner, progress)]
    accepted = _second_reading(records, first_reading, ports, tally)
    touched = learner.finish()
    created = _append(accepted, ports, tally)
    alerts: dict[GroupKey, Alert] = {}
    for seeds in _days(created):
        alerts |= {alert.key: alert for alert in recompute(seeds, ports)}
    for day in touched:
        alerts |= {alert.key: alert for alert in recompute_day(day, ports)}
    sent = deliver(sorted(alerts), ports) if ports.notifiers else []
    return Replayed(tally.records, dict(+tally.counts), tuple(tally.refused), tuple(alerts.values()), tuple(sent))


class _Tally:
    """Counts as the reading goes."""

    def __init__(self) -> None:
        self.records = 0
        self.counts: Counter[str] = Counter()
        self.refused: list[RecordResult] = []
        self.left_out = array("q")  # hashes of the vendor ids of events that say nothing by themselves: eight bytes each

    def add(self, disposition: Disposition, reason: str = "", times: int = 1) -> None:
        self.counts[f"{disposition.value}:{reason}" if reason else disposition.value] += times

    def leave_out(self, item: RecordResult) -> None:
        self.add(item.disposition, item.reason)
        if item.vendor_id:
            self.left_out.append(hash(item.vendor_id))

    def keep_after_all(self, event: Event, tuning: Tuning) -> None:
        """An event that the first reading ignored becomes evidence: another record names it."""
        reason = ignore_reason(event, tuning)
        if reason is not None:
            self.add(Disposition.IGNORED, reason, -1)

    def refuse(self, item: RecordResult) -> None:
        self.add(Disposition.REFUSED, item.reason)
        if len(self.refused) < REFUSED_KEPT:
            self.refused.append(item)


def _read(
    records: Iterable[RawRecord | Refused], ports: Ports, tally: _Tally, learner: Learner, progress: Callable[[int], None]
) -> Iterator[Accepted]:
    limits = Limits()
    for batch in batched(records, READ_BATCH):
        readable = [record for record in batch if isinstance(record, RawRecord)]
        for record in batch:
            if isinstance(record, Refused):
                tally.refuse(RecordResult(0, Disposition.REFUSED, record.reason, record.detail, record.origin))
        opened = open_chunk(readable, ports.geo)
        learner.learn(opened.events)
        intake = take_in(opened, ports.tuning, ports.clock(), learner.starts_a_run, limits.beyond(opened.events))
        for item in intake.items:
            if item.disposition is Disposition.REFUSED:
                tally.refuse(item)
            else:
                tally.leave_out(item)
        tally.records += len(batch) - len(readable) + len(intake.items) + len(intake.accepted)
        progress(tally.records)
        yield from intake.accepted


def _second_reading(
    records: Callable[[], Iterable[RawRecord | Refused]], accepted: list[Evidence], ports: Ports, tally: _Tally
) -> list[Evidence]:
    """With every copy of the records that others name: the first reading kept those that lay in one batch with the record that names them."""
    named = {vendor_id for e in accepted if (vendor_id := wants(e.event))}
    if {hash(vendor_id) for vendor_id in named}.isdisjoint(tally.left_out):
        return accepted
    others = [e for e in accepted if e.event.vendor_id not in named]
    found: list[Evidence] = []
    for batch in batched(records(), READ_BATCH):
        opened = [decoded(record) for record in batch if isinstance(record, RawRecord)]
        wanted = [structs.replace(one, raw=structs.replace(one.raw, wanted=True)) for one in opened if _holds(one, named)]
        intake = take_in(open_chunk(wanted, ports.geo), ports.tuning, ports.clock())
        found += [a.evidence for a in intake.accepted if a.evidence.event.vendor_id in named]
    kept_before = Counter(e.id for e in accepted if e.event.vendor_id in named)
    for item in found:
        if kept_before[item.id] > 0:
            kept_before[item.id] -= 1
        else:
            tally.keep_after_all(item.event, ports.tuning)
    return [*others, *found]


def _holds(record: Decoded, named: set[str]) -> bool:
    return any(isinstance(event, Event) and event.vendor_id in named for event in record.found)


def _append(evidence: list[Evidence], ports: Ports, tally: _Tally) -> list[Evidence]:
    kept: list[Evidence] = []
    for batch in batched(evidence, APPEND_BATCH):
        for item, result in zip(batch, ports.store.append(batch), strict=True):
            if result.status is Appended.REFUSED:
                tally.refuse(RecordResult(0, Disposition.REFUSED, result.reason, "", "", item.event.vendor_id))
                continue
            tally.add(Disposition.STORED if result.status is Appended.CREATED else Disposition.DUPLICATE)
            kept.append(item)
    return kept


def _days(evidence: Iterable[Evidence]) -> Iterator[list[Evidence]]:
    """Seeds by UTC day, so that a neighbourhood spans little more than a day."""
    days: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        days[stored_time(item).date().isoformat()].append(item)
    for day in sorted(days):
        for batch in batched(days[day], RECOMPUTE_BATCH):
            yield list(batch)
