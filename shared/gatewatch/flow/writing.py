"""Writes the evidence of a replay and its alerts, component by component, on as many processes as the replay has."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import batched, takewhile

from ..evidence import decode
from ..model import Alert, Evidence, Prepared
from ..ports import AlertWrite, Appended, AppendResult, Ports, Written
from .changed import Changed
from .components import Component, alerts_of
from .familiarity import familiar_in, state_keys
from .held import Held, Portion
from .intake import Disposition, RecordResult
from .made import Made, making, unpacked_made
from .policy import IN_FORCE, alert_inputs, in_force
from .processes import Claims, in_shares
from .recompute import recompute
from .tally import Tally

APPEND_BATCH = 8_000
"""Evidence in one transaction: a store that keeps its indexes in pages writes each page once, whatever part of the batch it holds."""

RECOMPUTE_BATCH = 2_000
SHARED_FROM = 500
"""Evidence from which several processes compute alerts together."""

_PIECES = 8
"""Pieces of a part for each process: a process that is done with one takes the next."""


class ComponentWriter:
    """Stores evidence and alerts."""

    def __init__(self, ports: Ports, tally: Tally, changed: Changed, *, alone: bool, workers: int) -> None:
        """``alone``: the store was empty and has no other writer, so that a component's evidence is all there is about it."""
        self._ports, self._tally, self._changed = ports, tally, changed
        self._alone = alone and not in_force(ports.store.read_state((), IN_FORCE), ports).outdated
        self._workers = workers if self._alone else 1
        self._made: list[tuple[Portion, Made]] = []  # what several processes made, and this one has not stored yet

    def write(self, held: Held) -> None:
        """Store everything; raises ``StoreUnavailable``."""
        for part in held.of_people():
            if self._workers > 1 and part.size >= SHARED_FROM:
                self._make(part)
            else:
                self._write_part(part)
            del part  # before the next one is put together: two of them would be the peak of a replay
        self._store_made()
        for components in held.of_addresses() if self._alone else ():
            self._write_alerts_of(components, None)

    def _make(self, part: Portion) -> None:
        """Several processes make what is stored of a part, while this one first stores what was made of the part before."""
        pieces = part.divided(self._workers * _PIECES)
        make = making(self._ports.store.read_state((), state_keys(part.familiarity_keys())), alert_inputs(self._ports))

        def work(share: int) -> Iterator[tuple[int, Made | bytes | None]]:
            mine = takewhile(lambda number: number < len(pieces), iter(claims.take, None))
            if share:
                yield from [(number, make(pieces[number]).packed()) for number in mine]  # all of it first: the pipe is read later
            else:
                self._store_made()
                yield from ((number, make(pieces[number])) for number in mine)

        with Claims() as claims:
            for number, made in in_shares(self._workers, work):
                if made is None:  # a text that cannot be handed over
                    self._write_part(pieces[number])
                else:
                    self._made.append((pieces[number], unpacked_made(made) if isinstance(made, bytes) else made))

    def _store_made(self) -> None:
        """Store what several processes made, in one transaction for the evidence and one for the alerts."""
        made, self._made = self._made, []
        if not made:
            return
        self._tally.add(Disposition.DUPLICATE, times=sum(one.copies for _, one in made))
        evidence = [item for _, one in made for item in one.evidence]
        stored = self._append(evidence, self._ports.store.append_prepared, _vendor_id)
        if len(stored) == len(evidence):
            components = (component for part, _ in made for component in part.components())
            self._write(components, [alert for _, one in made for alert in one.alerts])
        else:
            for part, _ in made:
                self._write_alerts_of(part.components(), stored)

    def _write_part(self, part: Portion) -> None:
        components = part.components()
        evidence = [item for component in components for item in component.evidence]
        self._tally.add(Disposition.DUPLICATE, times=part.size - len(evidence))
        del part  # its JSON is not needed any more
        stored = self._append(evidence, self._ports.store.append, lambda item: item.event.vendor_id)
        self._write_alerts_of(components, stored)

    def _write_alerts_of(self, components: list[Component], stored: Collection[str] | None) -> None:
        """The alerts of what is stored of these components; None: all of it is."""
        whole = stored is None or all(item.id in stored for component in components for item in component.evidence)
        for some in _batches(components if whole else _kept(components, stored or ())):
            if self._alone:
                self._write(some, [alert for alerts in self._alerts_of(some) for alert in alerts])
            else:
                self._recompute(some)

    def _alerts_of(self, some: Sequence[Component]) -> Iterator[list[Alert]]:
        """The alerts of each of these components, from what is known now."""
        keys = sorted({key for component in some for key in component.familiarity_keys()})
        familiar = familiar_in(self._ports.store.read_state((), state_keys(keys)), keys)
        inputs = alert_inputs(self._ports)
        return (alerts_of(component, familiar, inputs) for component in some)

    def _write(self, some: Iterable[Component], alerts: Iterable[Alert]) -> None:
        ordered = sorted(alerts, key=lambda alert: alert.key)
        results = self._ports.store.write_alerts([AlertWrite(alert, None) for alert in ordered])
        if all(result is Written.DONE for result in results):
            self._changed.add(ordered)
        else:
            self._recompute(some)

    def _recompute(self, some: Iterable[Component]) -> None:
        for seeds in batched((item for component in some for item in component.evidence), RECOMPUTE_BATCH):
            self._changed.add(recompute(list(seeds), self._ports))

    def _append[T: (Evidence, Prepared)](
        self, evidence: Sequence[T], append: Callable[[Sequence[T]], list[AppendResult]], vendor_id: Callable[[T], str]
    ) -> set[str]:
        """Write the evidence; the ids of what the store has."""
        stored: set[str] = set()
        for batch in batched(evidence, APPEND_BATCH):
            results = append(batch)
            for disposition, status in ((Disposition.STORED, Appended.CREATED), (Disposition.DUPLICATE, Appended.DUPLICATE)):
                self._tally.add(disposition, times=sum(result.status is status for result in results))
            for item, result in zip(batch, results, strict=True):
                if result.status is Appended.REFUSED:
                    self._tally.refuse(RecordResult(0, Disposition.REFUSED, result.reason, "", "", vendor_id(item)), of_file=False)
                else:
                    stored.add(item.id)
        return stored


def _vendor_id(prepared: Prepared) -> str:
    return decode(prepared.body).event.vendor_id if prepared.body is not None else ""


def _kept(components: Iterable[Component], stored: Collection[str]) -> list[Component]:
    """The components without what the store refused."""
    return [Component(evidence=tuple(item for item in one.evidence if item.id in stored)) for one in components]


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
