"""Replay of files: the same functions over any amount of history. The final state depends neither on file order nor on batch size."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from itertools import batched
from typing import cast

from msgspec import Struct, field, structs

from ..model import Alert, Evidence, GroupKey
from ..ports import AlertWrite, Appended, Ports, State, Store, Written
from ..reading.files import Given
from .components import Component, alerts_of
from .delivery import Sent, deliver
from .familiarity import familiar_in, state_keys
from .first_reading import FirstReading
from .gathered import Gathered
from .held import Held
from .intake import Disposition, RecordResult
from .learner import Learner
from .policy import IN_FORCE, alert_inputs, begin, in_force
from .processes import in_shares, possible
from .rare_collections import rarely_collected
from .recompute import recompute, recompute_day
from .spool import IN_MEMORY, Spool
from .tally import FileCount, Seen, Tally
from .wanted import EVERYTHING, Wanted

APPEND_BATCH = 8_000
"""Evidence in one transaction: a store that keeps its indexes in pages writes each page once, whatever part of the batch it holds."""

RECOMPUTE_BATCH = 2_000
SHARED_FROM = 500
"""Evidence from which several processes compute alerts together."""


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


def replay(
    records: Callable[[], Iterable[Given]],
    ports: Ports,
    progress: Callable[[int], None] = lambda _: None,
    wanted: Wanted = EVERYTHING,
    in_memory: int = IN_MEMORY,
    workers: int = 1,
) -> Replayed:
    """Read everything once (twice when records name others that say nothing by themselves), then compute component by component.

    ``records`` is called again for the second reading and must then give the same records. ``progress`` gets the number of records read so
    far. An event without a time of its own is refused: the clock of the replay says nothing about it. More evidence than ``in_memory``
    pieces goes to temporary files. ``workers`` processes share the work where the store is this program's own (``Ports.alone``) and
    was empty; the result is the same.

    Raises:
        StoreUnavailable: the store is away; run it again, nothing is stored twice.
        WorkerFailed: a worker process died; run it again.
    """
    with rarely_collected():
        return _replayed(records, begin(ports), progress, wanted, in_memory, workers)


def _replayed(
    records: Callable[[], Iterable[Given]],
    ports: Ports,
    progress: Callable[[int], None],
    wanted: Wanted,
    in_memory: int,
    workers: int,
) -> Replayed:
    alone = ports.alone and not ports.store.days()
    workers = workers if alone and possible() else 1
    learner = Learner(ports)
    with closing(Held(ports.tuning, in_memory)) as held, closing(FirstReading(ports, wanted, learner, held)) as reading:
        for gathered in in_shares(workers, lambda share: _share(records, (reading, wanted, ports), progress, share, workers)):
            reading.absorb(gathered)
        touched = learner.finish()
        reading.decide()
        reading.keep_after_all(records)
        alerts = _Writer(ports, reading.tally, alone=alone, workers=workers).write(held)
        for day in touched:
            alerts |= {alert.key: alert for alert in recompute_day(day, ports)}
        sent = deliver(sorted(alerts), ports) if ports.notifiers else []
        tally = reading.tally
        changed = tuple(alerts[key] for key in sorted(alerts))
        return Replayed(tally.records, dict(+tally.counts), tuple(tally.refused), changed, tuple(sent), tally.files, tally.in_all())


def _share(
    records: Callable[[], Iterable[Given]],
    whole: tuple[FirstReading, Wanted, Ports],
    progress: Callable[[int], None],
    share: int,
    of: int,
) -> Iterator[Gathered]:
    """Read a share of the records: the first one for ``whole`` itself, another one in a process of its own, which asks no store."""
    reading, wanted, ports = whole
    if share == 0:
        reading.read(records(), progress, share, of)
        return
    ports = structs.replace(ports, store=cast("Store", _Unread()), alone=True)
    with closing(FirstReading(ports, wanted, Learner(ports), Spool())) as own:
        own.read(records(), lambda _: None, share, of)
        yield from own.given()


class _Unread:
    """Stands for a store that is known to hold no familiarity."""

    def read_state(self, _alerts: object, _documents: object) -> State:
        return State({}, {})


class _Writer:
    """Stores evidence and alerts, component by component."""

    def __init__(self, ports: Ports, tally: Tally, *, alone: bool, workers: int) -> None:
        """``alone``: the store was empty and has no other writer, so that a component's evidence is all there is about it."""
        self._ports, self._tally, self._workers = ports, tally, workers
        self._alone = alone and not in_force(ports.store.read_state((), IN_FORCE), ports).outdated

    def write(self, held: Held) -> dict[GroupKey, Alert]:
        """Store everything; the alerts that changed."""
        written: dict[GroupKey, Alert] = {}
        for part in held.of_people():
            stored = self._append([item for component in part for item in component.evidence])
            for some in _batches(part if len(stored) == sum(len(one.evidence) for one in part) else _kept(part, stored)):
                written |= self._alerts(some)
        self._tally.add(Disposition.DUPLICATE, times=held.copies)
        for part in held.of_addresses() if self._alone else ():
            written |= self._alerts(part)
        return written

    def _alerts(self, some: list[Component]) -> dict[GroupKey, Alert]:
        if not self._alone:
            return self._recomputed([item for component in some for item in component.evidence])
        keys = sorted({key for component in some for key in component.familiarity_keys()})
        familiar = familiar_in(self._ports.store.read_state((), state_keys(keys)), keys)
        inputs = alert_inputs(self._ports)
        shares = self._workers if sum(len(component.evidence) for component in some) >= SHARED_FROM else 1

        def work(share: int) -> Iterator[list[Alert]]:
            yield [alert for component in some[share::shares] for alert in alerts_of(component, familiar, inputs)]

        alerts = sorted((alert for found in in_shares(shares, work) for alert in found), key=lambda alert: alert.key)
        results = self._ports.store.write_alerts([AlertWrite(alert, None) for alert in alerts])
        if all(result is Written.DONE for result in results):
            return {alert.key: alert for alert in alerts}
        return self._recomputed([item for component in some for item in component.evidence])

    def _recomputed(self, evidence: list[Evidence]) -> dict[GroupKey, Alert]:
        written: dict[GroupKey, Alert] = {}
        for seeds in batched(evidence, RECOMPUTE_BATCH):
            written |= {alert.key: alert for alert in recompute(list(seeds), self._ports)}
        return written

    def _append(self, evidence: list[Evidence]) -> set[str]:
        """Write the evidence; the ids of what the store has."""
        stored: set[str] = set()
        for batch in batched(evidence, APPEND_BATCH):
            for item, result in zip(batch, self._ports.store.append(batch), strict=True):
                if result.status is Appended.REFUSED:
                    refused = RecordResult(0, Disposition.REFUSED, result.reason, "", "", item.event.vendor_id)
                    self._tally.refuse(refused, of_file=False)
                    continue
                self._tally.add(Disposition.STORED if result.status is Appended.CREATED else Disposition.DUPLICATE)
                stored.add(item.id)
        return stored


def _kept(part: Iterable[Component], stored: Collection[str]) -> list[Component]:
    """The components without what the store refused."""
    return [Component(evidence=tuple(item for item in one.evidence if item.id in stored)) for one in part]


def _batches(some: list[Component]) -> Iterator[list[Component]]:
    """Components of about ``RECOMPUTE_BATCH`` pieces of evidence together; a larger one alone."""
    batch: list[Component] = []
    size = 0
    for component in some:
        batch.append(component)
        size += len(component.evidence)
        if size >= RECOMPUTE_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
