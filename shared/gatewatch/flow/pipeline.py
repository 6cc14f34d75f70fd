"""The one flow: raw records to evidence, evidence to alerts, alerts to people. Lambda, Function, command line and tests all call it.

raw record -> Event -> store -> neighbourhood -> rules, score -> alerts -> store -> people
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec import Struct, structs

from ..evidence import wants
from ..familiarity import key_of, starts_a_run
from ..model import Alert, Event, RawRecord
from ..ports import Appended, Ports
from ..providers.catalogue import provider_of
from . import jobs
from .announce import announcements
from .decoding import Decoded
from .delivery import Sent, deliver
from .familiarity import learn
from .intake import Accepted, Disposition, Intake, Opened, RecordResult, open_chunk, take_in
from .later import ask_later, ask_now
from .limits import beyond_limit
from .policy import current
from .policy_notices import notify_of_policy
from .recompute import recompute
from .responses import apply_new, teach_new

CHUNK = 500
UNRESOLVED_FOR = timedelta(hours=72)
"""How long a named record is asked for: Graph shows some up to 48 hours late, and a sweep may be away for a day."""
SWEEP_LIMIT = 200

_DISPOSITIONS = {Appended.CREATED: Disposition.STORED, Appended.DUPLICATE: Disposition.DUPLICATE, Appended.REFUSED: Disposition.REFUSED}


class BatchResult(Struct, frozen=True):
    """What a call did: the disposition of every record, the alerts written, the notifications sent."""

    items: tuple[RecordResult, ...] = ()
    alerts: tuple[Alert, ...] = ()
    sent: tuple[Sent, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many records got which disposition; the ignored and the refused by reason."""
        return dict(Counter(f"{i.disposition.value}:{i.reason}" if i.reason else i.disposition.value for i in self.items))

    def refused(self) -> list[RecordResult]:
        """The records for the dead letters."""
        return [item for item in self.items if item.disposition is Disposition.REFUSED]


def process(records: Iterable[RawRecord | Decoded], ports: Ports, at_once: int = CHUNK) -> BatchResult:
    """Take in one batch, so many records ``at_once``. Every record ends as stored, ignored by reason, or refused by reason.

    Raises:
        StoreUnavailable: the store is away; nothing is acknowledged, hand the same batch over again.
        Conflict: other writers kept winning; hand the same batch over again.
    """
    outcome = BatchResult()
    batch = list(records)
    for start in range(0, len(batch), at_once):
        chunk = batch[start : start + at_once]
        step = _step(chunk, start, ports)
        outcome = BatchResult(outcome.items + step.items, outcome.alerts + step.alerts, outcome.sent + step.sent)
    return outcome


def _step(chunk: Sequence[RawRecord | Decoded], start: int, ports: Ports) -> BatchResult:
    opened = open_chunk(chunk, ports.geo)
    events = opened.events
    if not events:
        return _numbered(take_in(opened, ports.tuning, ports.clock()).items, start)
    ports, intake = _sort_out(opened, events, ports)
    accepted, items = _append(intake.accepted, ports)
    pulled, _ = _append(_pull_in(accepted, ports), ports)
    seeds = [a.evidence for a in (*accepted, *pulled)]
    ask_later((seed.event for seed in seeds), ports)
    alerts = recompute(seeds, ports, announcements(accepted, ports), events)
    sent = deliver([alert.key for alert in alerts], ports)
    return structs.replace(_numbered((*intake.items, *items), start), alerts=tuple(alerts), sent=tuple(sent))


def _numbered(items: Iterable[RecordResult], start: int) -> BatchResult:
    """The results of one chunk, numbered as the whole batch is."""
    found = sorted(items, key=lambda item: item.index)
    return BatchResult(tuple(structs.replace(item, index=item.index + start) for item in found))


def _sort_out(opened: Opened, events: Sequence[Event], ports: Ports) -> tuple[Ports, Intake]:
    """Teach familiarity, then decide what is kept: by record and policy, what starts a run, and every version of a stored record."""
    ports, familiar = learn(events, ports)
    changing = {event.vendor_id for event in events if provider_of(event).versioning.changing(event) is not None}
    stored = {item.event.vendor_id for item in ports.store.evidence_of(changing)} if changing else set()

    def holds(event: Event) -> bool:
        known = familiar.get(key_of(event))
        return event.vendor_id in stored or (known is not None and starts_a_run(known, event))

    return ports, take_in(opened, ports.tuning, ports.clock(), holds, beyond_limit(events, ports.store))


def _append(accepted: Sequence[Accepted], ports: Ports) -> tuple[list[Accepted], list[RecordResult]]:
    """Write the evidence. What was there already takes part all the same: its first delivery may have crashed."""
    if not accepted:
        return [], []
    kept: list[Accepted] = []
    items: list[RecordResult] = []
    for one, result in zip(accepted, ports.store.append([a.evidence for a in accepted]), strict=True):
        disposition = _DISPOSITIONS[result.status]
        items.append(RecordResult(one.index, disposition, result.reason, "", one.origin, one.evidence.event.vendor_id))
        if disposition is not Disposition.REFUSED:
            kept.append(one)
    return kept, items


def _pull_in(accepted: Sequence[Accepted], ports: Ports) -> Sequence[Accepted]:
    """The records that these name and that are not stored yet: evidence depends on the record, never on its batch."""
    if ports.lookup is None:
        return ()
    named = {vendor_id for a in accepted if (vendor_id := wants(a.evidence.event))}
    named -= {a.evidence.event.vendor_id for a in accepted}
    if named:
        named -= {item.event.vendor_id for item in ports.store.evidence_of(named)}
    if not named:
        return ()
    opened = open_chunk(ports.lookup.records(named), ports.geo)
    return _sort_out(opened, opened.events, ports)[1].accepted


def sweep(ports: Ports) -> BatchResult:
    """What only time can do: days that are asked for, named records that were not found before, responses that nobody applied, and what is pending.

    Raises:
        StoreUnavailable: the store is away; the next sweep tries again.
        Conflict: other writers kept winning; the next sweep tries again.
    """
    missing = ports.store.unresolved(ports.clock() - UNRESOLVED_FOR, SWEEP_LIMIT) if ports.lookup is not None else []
    found = ports.lookup.records(missing) if ports.lookup is not None and missing else []
    outcome = process(found, ports) if found else BatchResult()
    ports = current(ports)
    teach_new(ports)
    ask_now(ports)
    recomputed = jobs.run(ports)
    answered = apply_new(ports)
    sent = deliver(ports.store.pending(SWEEP_LIMIT), ports) if ports.notifiers else []
    notify_of_policy(ports)
    return BatchResult(outcome.items, (*outcome.alerts, *recomputed, *answered), outcome.sent + tuple(sent))
