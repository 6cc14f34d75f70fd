"""Replay of files: the same functions over any amount of history. The final state depends neither on file order nor on batch size."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import batched

from msgspec import Struct, field, structs

from ..evidence import stored_time, wants
from ..model import Alert, Event, Evidence, GroupKey, RawRecord, Refused
from ..ports import Appended, Ports
from .decoding import Decoded, decoded
from .delivery import Sent, deliver
from .intake import Accepted, Disposition, RecordResult, open_chunk, take_in
from .learner import Learner
from .limits import Limits
from .policy import begin
from .recompute import recompute, recompute_day
from .tally import FileCount, Seen, Tally
from .unreadable import without_unreadable
from .wanted import Wanted, of_files

READ_BATCH = 1_000
APPEND_BATCH = 5_000
RECOMPUTE_BATCH = 2_000


class Replayed(Struct, frozen=True):
    """What a replay did: how many records got which disposition (by reason), the first refusals, the alerts written, the notifications sent.

    ``files`` has the same per file, ``seen`` the span of time and the doubts of all events.
    """

    records: int
    counts: dict[str, int]
    refused: tuple[RecordResult, ...]
    alerts: tuple[Alert, ...]
    sent: tuple[Sent, ...]
    files: dict[str, FileCount] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)


EVERYTHING = Wanted()


def replay(
    records: Callable[[], Iterable[RawRecord | Refused]],
    ports: Ports,
    progress: Callable[[int], None] = lambda _: None,
    wanted: Wanted = EVERYTHING,
) -> Replayed:
    """Read everything once (twice when records name others that say nothing by themselves), then compute every day once.

    ``records`` is called again for the second reading. ``progress`` gets the number of records read so far. An event without a time
    of its own is refused: the clock of the replay says nothing about it.

    Raises:
        StoreUnavailable: the store is away; run it again, nothing is stored twice.
    """
    ports = begin(ports)
    tally, learner = Tally(), Learner(ports)
    first_reading = list(_read(records(), ports, tally, learner, (progress, wanted)))
    accepted = _second_reading(records, first_reading, ports, tally)
    touched = learner.finish()
    created = _append(accepted, ports, tally)
    alerts: dict[GroupKey, Alert] = {}
    for seeds in _days(created):
        alerts |= {alert.key: alert for alert in recompute(seeds, ports)}
    for day in touched:
        alerts |= {alert.key: alert for alert in recompute_day(day, ports)}
    sent = deliver(sorted(alerts), ports) if ports.notifiers else []
    return Replayed(
        tally.records, dict(+tally.counts), tuple(tally.refused), tuple(alerts.values()), tuple(sent), tally.files, tally.in_all()
    )


def _read(
    records: Iterable[RawRecord | Refused],
    ports: Ports,
    tally: Tally,
    learner: Learner,
    caller: tuple[Callable[[int], None], Wanted],
) -> Iterator[Accepted]:
    progress, wanted = caller
    limits = Limits()
    for batch in batched(records, READ_BATCH):
        readable = [record for record in batch if isinstance(record, RawRecord)]
        for record in batch:
            if isinstance(record, Refused):
                tally.refuse(RecordResult(0, Disposition.REFUSED, record.reason, record.detail, record.origin))
        opened = without_unreadable(of_files(open_chunk(readable, ports.geo), wanted), ports.tuning, ports.clock())
        tally.see(opened)
        learner.learn(opened.events)
        intake = take_in(opened, ports.tuning, ports.clock(), learner.starts_a_run, limits.beyond(opened.events))
        for item in intake.items:
            if item.disposition is Disposition.REFUSED:
                tally.refuse(item)
            else:
                tally.leave_out(item)
        for kept in intake.accepted:
            tally.keep(kept)
        tally.records += len(batch) - len(readable) + len(intake.items) + len(intake.accepted)
        progress(tally.records)
        yield from intake.accepted


def _second_reading(
    records: Callable[[], Iterable[RawRecord | Refused]], accepted: list[Accepted], ports: Ports, tally: Tally
) -> list[Evidence]:
    """With every copy of the records that others name: the first reading kept those that lay in one batch with the record that names them."""
    named = {vendor_id for a in accepted if (vendor_id := wants(a.evidence.event))}
    if {hash(vendor_id) for vendor_id in named}.isdisjoint(tally.left_out):
        return [a.evidence for a in accepted]
    others = [a.evidence for a in accepted if a.evidence.event.vendor_id not in named]
    found: list[Accepted] = []
    for batch in batched(records(), READ_BATCH):
        opened = [decoded(record) for record in batch if isinstance(record, RawRecord)]
        wanted = [structs.replace(one, raw=structs.replace(one.raw, wanted=True)) for one in opened if _holds(one, named)]
        opened_again = of_files(open_chunk(wanted, ports.geo), EVERYTHING)
        intake = take_in(without_unreadable(opened_again, ports.tuning, ports.clock()), ports.tuning, ports.clock())
        found += [a for a in intake.accepted if a.evidence.event.vendor_id in named]
    kept_before = Counter((a.origin, a.evidence.id) for a in accepted if a.evidence.event.vendor_id in named)
    for item in found:
        copy = item.origin, item.evidence.id
        if kept_before[copy] > 0:
            kept_before[copy] -= 1
        else:
            tally.keep_after_all(item, ports.tuning)
    return [*others, *(a.evidence for a in found)]


def _holds(record: Decoded, named: set[str]) -> bool:
    return any(isinstance(event, Event) and event.vendor_id in named for event in record.found)


def _append(evidence: list[Evidence], ports: Ports, tally: Tally) -> list[Evidence]:
    kept: list[Evidence] = []
    for batch in batched(evidence, APPEND_BATCH):
        for item, result in zip(batch, ports.store.append(batch), strict=True):
            if result.status is Appended.REFUSED:
                tally.refuse(RecordResult(0, Disposition.REFUSED, result.reason, "", "", item.event.vendor_id), of_file=False)
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
