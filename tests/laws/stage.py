"""Runs a world through the real pipeline: in one go, in pieces, or by several writers that interleave and crash on command."""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from gatewatch.flow.delivery import deliver
from gatewatch.flow.recompute import recompute
from gatewatch.model import Alert, AlertStatus, Evidence
from gatewatch.ports import AlertQuery, Notice, Ports, Store
from tests.laws.world import MIDNIGHT

NOW = MIDNIGHT + timedelta(hours=48)
CHANNEL = "pager"


class Pager:
    """Remembers what it was told."""

    name = CHANNEL

    def __init__(self) -> None:
        self.told: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self.told.append(notice)


class Ticking:
    """A clock that moves a second at every look, so that leases and ledgers have an order."""

    def __init__(self) -> None:
        self._now = NOW

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def ports(store: Store, pager: Pager, worker: str = "w0") -> Ports:
    """One worker's bundle."""
    return Ports(store=store, clock=Ticking(), channels=(CHANNEL,), notifiers={CHANNEL: pager}, worker=worker)


def batch(evidence: Sequence[Evidence], bundle: Ports) -> None:
    """Steps 1 to 5 of the design for one batch, as the pipeline does them."""
    bundle.store.append(evidence)
    written = recompute(evidence, bundle)
    deliver([alert.key for alert in written], bundle)


def final(store: Store) -> dict[str, Alert]:
    """The alerts that count, without what order may change: openings, ledger, owed, times of writing."""
    found = store.search(AlertQuery(limit=1_000))
    return {a.id: plain(a) for a in found if a.status in {AlertStatus.OPEN, AlertStatus.CLOSED}}


def plain(alert: Alert) -> Alert:
    """What the evidence alone decides of an alert."""
    return structs.replace(
        alert,
        occurrence=1,
        notification_log=(),
        leases=(),
        pending=(),
        pending_reason=None,
        replaces=(),
        responses=(),
        created=NOW,
        updated=NOW,
    )


class Crash(Exception):  # noqa: N818 - what happens to a worker, not an error of ours
    """The worker dies here."""


class Interleaved:
    """Several workers on one store; who makes the next store call, and who dies at it, is decided by a list of numbers."""

    def __init__(self, store: Store, schedule: Iterable[int], crashes: Iterable[int]) -> None:
        self._store = store
        self._schedule = iter(schedule)
        self._crashes = set(crashes)
        self._calls = 0
        self._script: list[tuple[int, int | None]] = []
        self._dying = False
        self._turns: dict[int, threading.Semaphore] = {}
        self._parked = threading.Semaphore(0)
        self._alive: set[int] = set()
        self.crashed: list[int] = []

    @classmethod
    def scripted(cls, store: Store, script: Sequence[tuple[int, int | None]]) -> "Interleaved":
        """Worker by worker as the script says: so many calls each, or (None) to its end. Who is left over dies at its next call."""
        stage = cls(store, (), ())
        stage._script = list(script)
        return stage

    def run(self, jobs: Sequence[Callable[[Store], None]]) -> None:
        """Run every job to its end or its crash."""
        threads = [threading.Thread(target=self._work, args=(number, job)) for number, job in enumerate(jobs)]
        self._alive = set(range(len(jobs)))
        self._turns = {number: threading.Semaphore(0) for number in self._alive}
        for thread in threads:
            thread.start()
            self._parked.acquire()
        for worker, calls in self._script:
            for _ in range(calls if calls is not None else 10_000):
                if worker in self._alive:
                    self._turns[worker].release()
                    self._parked.acquire()
        self._dying = bool(self._script)
        while self._alive:
            waiting = sorted(self._alive)
            self._turns[waiting[next(self._schedule, 0) % len(waiting)]].release()
            self._parked.acquire()
        for thread in threads:
            thread.join()

    def _work(self, number: int, job: Callable[[Store], None]) -> None:
        try:
            self._wait(number)
            job(_Gate(self._store, lambda: self._step(number)))
        except Crash:
            self.crashed.append(number)
        finally:
            self._alive.discard(number)
            self._parked.release()

    def _step(self, number: int) -> None:
        self._wait(number)
        self._calls += 1
        if self._dying or self._calls in self._crashes:
            raise Crash

    def _wait(self, number: int) -> None:
        self._parked.release()
        self._turns[number].acquire()


class _Gate:
    """The store behind a gate that opens when it is this worker's turn."""

    def __init__(self, store: Store, gate: Callable[[], None]) -> None:
        self._store = store
        self._gate = gate

    def __getattr__(self, name: str) -> object:
        method = getattr(self._store, name)

        def call(*args: object) -> object:
            self._gate()
            return method(*args)

        return call
