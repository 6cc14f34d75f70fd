"""Writes the evidence of a replay and its alerts, component by component, on as many processes as the replay has."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import batched

import msgspec

from ..model import Alert
from ..ports import AlertWrite, Appended, Ports, Written
from ..providers.codec import decoder
from .changed import Changed
from .components import Component, alerts_of
from .familiarity import familiar_in, state_keys
from .held import Held
from .intake import Disposition, RecordResult
from .policy import IN_FORCE, alert_inputs, in_force
from .processes import in_shares
from .recompute import recompute
from .tally import Tally

APPEND_BATCH = 8_000
"""Evidence in one transaction: a store that keeps its indexes in pages writes each page once, whatever part of the batch it holds."""

RECOMPUTE_BATCH = 2_000
SHARED_FROM = 500
"""Evidence from which several processes compute alerts together."""

_ALERT = decoder(Alert)

type _Computed = Callable[[Sequence[Component]], Iterator[list[Alert]]]


class ComponentWriter:
    """Stores evidence and alerts."""

    def __init__(self, ports: Ports, tally: Tally, changed: Changed, *, alone: bool, workers: int) -> None:
        """``alone``: the store was empty and has no other writer, so that a component's evidence is all there is about it."""
        self._ports, self._tally, self._changed = ports, tally, changed
        self._alone = alone and not in_force(ports.store.read_state((), IN_FORCE), ports).outdated
        self._workers = workers if self._alone else 1

    def write(self, held: Held) -> None:
        """Store everything; raises ``StoreUnavailable``."""
        for part in held.of_people():
            if self._workers > 1 and _size(part) >= SHARED_FROM:
                self._write_shared(part)
            else:
                self._write_alerts_of(part, self._append(part))
        self._tally.add(Disposition.DUPLICATE, times=held.copies)
        for part in held.of_addresses() if self._alone else ():
            self._write_alerts_of(part, None)

    def _write_shared(self, part: list[Component]) -> None:
        """The same by several processes: this one stores the evidence, which costs as much as the alerts, while the others compute."""
        computed = self._computing(part)
        stored: set[str] = set()

        def work(share: int) -> Iterator[list[Alert | bytes]]:
            if share:
                yield from (list(map(_packed, alerts)) for alerts in computed(part[share - 1 :: self._workers - 1]))
            else:
                stored.update(self._append(part))

        alerts = [_unpacked(alert) for some in in_shares(self._workers, work) for alert in some]
        if len(stored) == _size(part):
            self._write(part, alerts)
        else:
            self._write_alerts_of(part, stored)

    def _write_alerts_of(self, part: list[Component], stored: Collection[str] | None) -> None:
        """The alerts of what is stored of this part; None: all of it is."""
        whole = stored is None or len(stored) == _size(part)
        for some in _batches(part if whole else _kept(part, stored or ())):
            if self._alone:
                self._write(some, [alert for alerts in self._computing(some)(some) for alert in alerts])
            else:
                self._recompute(some)

    def _computing(self, some: Sequence[Component]) -> _Computed:
        """Computes the alerts of some of these components, one by one, from what is known now."""
        keys = sorted({key for component in some for key in component.familiarity_keys()})
        familiar = familiar_in(self._ports.store.read_state((), state_keys(keys)), keys)
        inputs = alert_inputs(self._ports)
        return lambda components: (alerts_of(component, familiar, inputs) for component in components)

    def _write(self, some: Sequence[Component], alerts: Iterable[Alert]) -> None:
        ordered = sorted(alerts, key=lambda alert: alert.key)
        results = self._ports.store.write_alerts([AlertWrite(alert, None) for alert in ordered])
        if all(result is Written.DONE for result in results):
            self._changed.add(ordered)
        else:
            self._recompute(some)

    def _recompute(self, some: Iterable[Component]) -> None:
        for seeds in batched((item for component in some for item in component.evidence), RECOMPUTE_BATCH):
            self._changed.add(recompute(list(seeds), self._ports))

    def _append(self, part: Iterable[Component]) -> set[str]:
        """Write the evidence; the ids of what the store has."""
        stored: set[str] = set()
        for batch in batched((item for component in part for item in component.evidence), APPEND_BATCH):
            results = self._ports.store.append(batch)
            for disposition, status in ((Disposition.STORED, Appended.CREATED), (Disposition.DUPLICATE, Appended.DUPLICATE)):
                self._tally.add(disposition, times=sum(result.status is status for result in results))
            for item, result in zip(batch, results, strict=True):
                if result.status is Appended.REFUSED:
                    refused = RecordResult(0, Disposition.REFUSED, result.reason, "", "", item.event.vendor_id)
                    self._tally.refuse(refused, of_file=False)
                else:
                    stored.add(item.id)
        return stored


def _size(part: Iterable[Component]) -> int:
    return sum(len(component.evidence) for component in part)


def _packed(alert: Alert) -> Alert | bytes:
    """An alert for another process: as JSON, a fifth of what it costs to pickle it."""
    try:
        return msgspec.json.encode(alert)
    except UnicodeEncodeError:  # half a surrogate pair: no JSON holds it, and the store says what becomes of it
        return alert


def _unpacked(alert: Alert | bytes) -> Alert:
    return _ALERT.decode(alert) if isinstance(alert, bytes) else alert


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
