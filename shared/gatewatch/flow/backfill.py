"""What happened before Gatewatch watched: history in parts, oldest first, through the pipeline that runs in the clouds.

Every record is processed as a live one: it is stored once under its own id, teaches familiarity, and makes alerts, whose notifications the hosts
send under the policy in force. What was done is kept in the store part by part, so that the next run of the same job goes on behind it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from ..errors import StoreError
from ..model import Event, GroupKey, RawRecord, Refused
from ..ports import Ports, StateKey, StateWrite, Store
from . import pipeline
from .intake import Disposition, RecordResult
from .policy import current
from .probed import Chunk, chunks
from .probing import Prober
from .tally import counted_as

SAVED_EVERY = timedelta(seconds=30)
REFUSED_KEPT = 100


class HistoryPart(NamedTuple):
    """A piece of history. Names grow with time: what is named like the last part that was done, or before it, is done."""

    name: str
    records: Callable[[], Iterator[RawRecord | Refused]]


class Reached(Struct, omit_defaults=True):
    """How far a job is: the last part that was done; finished once, it begins anew."""

    done: str = ""
    finished: bool = False


class Backfilled(Struct):
    """What a run did so far. ``counts`` has the records by what became of them, as a replay counts them; ``refused`` the first refusals."""

    after: str = ""  # the part behind which an earlier run was left; "" for a run from the beginning
    parts: int = 0
    records: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[RecordResult] = field(default_factory=list)
    sent: int = 0  # notifications that a channel accepted, and those that it did not
    unsent: int = 0
    alerts: set[GroupKey] = field(default_factory=set)
    earliest: datetime | None = None  # of the events that were looked at whole
    latest: datetime | None = None
    finished: bool = False


def backfill(
    job: str,
    parts: Callable[[str], Iterable[HistoryPart]],
    ports: Ports,
    progress: Callable[[Backfilled, str], None],
    *,
    anew: bool = False,
) -> Backfilled:
    """Process the parts that ``parts`` gives behind the name of the last one done, in its order. ``anew`` begins at the beginning.

    ``progress`` gets what was done so far and the name of the part. ``job`` names what is read, in what span: two jobs know nothing of each other.

    Raises:
        StoreUnavailable: the store is away; run it again, it goes on.
        Conflict: other writers kept winning; the same.
    """
    key = StateKey("familiarity", f"backfill:{job}")
    place = Reached() if anew else _reached(ports.store, key)
    done = Backfilled(after="" if place.finished else place.done)
    reached, saved = Reached(done.after), ports.clock()
    ports = current(ports)
    prober = Prober(ports.tuning, ports.geo)
    try:
        for part in parts(done.after):
            if part.name <= reached.done:
                continue
            for chunk in chunks(part.records(), prober):
                _take(chunk, ports, done)
                progress(done, part.name)
            done.parts += 1
            reached.done = part.name
            if ports.clock() - saved >= SAVED_EVERY:
                saved = ports.clock()
                _save(reached, ports.store, key)
                ports, prober = _renewed(ports, prober)
        done.finished = reached.finished = True
    finally:
        with suppress(StoreError):
            _save(reached, ports.store, key)
    return done


def _take(chunk: Chunk, ports: Ports, done: Backfilled) -> None:
    for refused in chunk.refused:
        _refuse(RecordResult(0, Disposition.REFUSED, refused.reason, refused.detail, refused.origin), done)
    done.records += len(chunk.records) + sum(chunk.ignored.values()) + len(chunk.refused)
    done.counts.update({counted_as(Disposition.IGNORED, reason): number for reason, number in chunk.ignored.items()})
    if not chunk.records:
        return
    outcome = pipeline.process(chunk.records, ports)
    for item in outcome.items:
        if item.disposition is Disposition.REFUSED:
            _refuse(item, done)
        else:
            done.counts[counted_as(item.disposition, item.reason)] += 1
    unsent = sum(bool(one.error) for one in outcome.sent)
    done.sent, done.unsent = done.sent + len(outcome.sent) - unsent, done.unsent + unsent
    done.alerts.update(alert.key for alert in outcome.alerts)
    times = [event.time for record in chunk.records for event in record.found if isinstance(event, Event) and event.time is not None]
    done.earliest = min((*times, *([done.earliest] if done.earliest else ())), default=None)
    done.latest = max((*times, *([done.latest] if done.latest else ())), default=None)


def _refuse(item: RecordResult, done: Backfilled) -> None:
    done.counts[counted_as(Disposition.REFUSED, item.reason)] += 1
    if len(done.refused) < REFUSED_KEPT:
        done.refused.append(item)


def _renewed(ports: Ports, prober: Prober) -> tuple[Ports, Prober]:
    """The ports under the policy in force; a new policy has a new prober."""
    renewed = current(ports)
    return (renewed, prober) if renewed.policy_version == ports.policy_version else (renewed, Prober(renewed.tuning, renewed.geo))


def _reached(store: Store, key: StateKey) -> Reached:
    document = store.read_state((), (key,)).documents.get(key)
    if document is None:
        return Reached()
    try:
        return msgspec.json.decode(document.body, type=Reached)
    except msgspec.DecodeError:
        return Reached()


def _save(place: Reached, store: Store, key: StateKey) -> None:
    """Keep it. Whoever runs the same job at the same time does the same work, so the last writer may win."""
    document = store.read_state((), (key,)).documents.get(key)
    store.write_state([StateWrite(key, msgspec.json.encode(place), document.version if document is not None else None)])
