"""Events in through a faulty connection to a real server; after it has recovered, what is there is what must be there."""

import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import structs

from gatewatch.alerts.pending import pending
from gatewatch.errors import StoreError
from gatewatch.flow.intake import Disposition
from gatewatch.flow.pipeline import BatchResult, process, sweep
from gatewatch.model import Alert, RawRecord
from gatewatch.ports import AlertQuery, Notice, Ports, Store
from gatewatch.stores.elastic import Authorization, Client, ElasticStore, Peer, RequestLimits, Timing
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in
from tests.builders.aws import envelope, user_record
from tests.elastic_server.faults import Fault, FaultProxy, Forward
from tests.elastic_server.fixtures import Elastic
from tests.laws.stage import plain

CHANNEL = "pager"
BATCHES = 10
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHARE = 0.3
"""Of the requests that a fault hits, in two batches of three; in the third it hits every one."""

ONLY_BULK = frozenset({Fault.THROTTLED_ITEMS, Fault.WRONG_COUNT, Fault.FAILURE_STORE, Fault.TOO_LARGE, Fault.BAD_REQUEST})

RECEIVES = 100


class Down(StrEnum):
    """Faults that are no answer to a request."""

    REFUSED = "connection refused"


class Pager:
    """Accepts everything and remembers what it was told."""

    name = CHANNEL

    def __init__(self) -> None:
        self.told: list[tuple[str, int, str, str, tuple[str, ...]]] = []

    def send(self, notice: Notice) -> None:
        """Accepted."""
        alert = notice.alert
        self.told.append((alert.id, alert.occurrence, alert.severity.value, notice.why, tuple(sorted(alert.snapshot.addresses))))


class Ticking:
    """A clock that moves a second at every look."""

    def __init__(self) -> None:
        self.now = NOON + timedelta(hours=6)

    def __call__(self) -> datetime:
        """Now."""
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True)
class Figures:
    """One row of the table."""

    fault: str
    events: int
    faults: int
    redelivered: int
    dead_letters: int
    alerts: int
    expected: int
    lost: int
    doubled: int
    wrong: int
    told: int
    untold: int
    told_twice: int
    cut_off: int  # deliveries that an outage cut off: each may cost one notification told twice

    @property
    def right(self) -> bool:
        """Nothing lost, doubled, wrong or untold; told twice only where an outage came between acceptance and mark."""
        return not (self.lost or self.doubled or self.wrong or self.untold) and self.told_twice <= self.cut_off


def records(count: int, seed: int = 0) -> list[RawRecord]:
    """Logins, sign-ins and detections of few people, shuffled."""
    chance = random.Random(seed)
    found: list[object] = []
    while len(found) < count:
        at = NOON + timedelta(seconds=chance.randrange(5 * 3_600))
        person = f"p{chance.randrange(max(1, count // 12))}@contoso.example"
        eventually = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        place = f"198.51.100.{chance.randrange(1, 5)}"
        kind = chance.randrange(4)
        if kind < 2:
            outcome = {"ConsoleLogin": chance.choice(["Success", "Success", "Failure"])}
            named = f"aws-{chance.getrandbits(64):x}"
            found.append(
                envelope(user_record(person, eventTime=eventually, eventID=named, sourceIPAddress=place, responseElements=outcome))
            )
        elif kind == 2:
            found.append(risky_sign_in(at, person, chance.choice(["medium", "high"]), id=f"s-{chance.getrandbits(64):x}", ipAddress=place))
        else:
            found.append(risk_detection(at, person, id=f"d-{chance.getrandbits(64):x}"))
    chance.shuffle(found)
    return [RawRecord(data=data, fetched=NOON + timedelta(hours=6), tenant="tenant", origin=str(n)) for n, data in enumerate(found)]


def ports(store: Store, pager: Pager) -> Ports:
    """One worker."""
    return Ports(store=store, clock=Ticking(), channels=(CHANNEL,), notifiers={CHANNEL: pager}, worker="w", lease=timedelta(seconds=5))


def outage(elastic: Elastic, fault: Fault | Down, events: int, name: str) -> Figures:
    """All events through the fault, redelivered until accepted; then recovery, a redrive of the dead letters, and sweeps."""
    everything, chance = records(events), random.Random(1)
    pager = Pager()
    with closing(Forward(elastic.server)) as real, FaultProxy(real) as proxy, _store(elastic, proxy, name) as (store, client):
        bundle = ports(store, pager)
        broken = structs.replace(bundle, store=store)
        set_fault = _setter(proxy, client, fault, chance)
        set_fault(True)
        first = _drain(everything, broken, lambda received: set_fault(received < BATCHES * 2))
        set_fault(False)
        _drain(first.dead, bundle, lambda _: None)
        for _ in range(20):
            sweep(bundle)
        return _figures(fault, everything, first, proxy, pager, store, elastic, name)


@dataclass
class Drained:
    """How a queue was emptied."""

    dead: list[RawRecord]
    redelivered: int = 0
    cut_off: int = 0


def _drain(queue: list[RawRecord], bundle: Ports, before: Callable[[int], None]) -> Drained:
    """As SQS would: a batch that is not acknowledged comes again, after the others."""
    size = max(1, len(queue) // BATCHES)
    waiting = deque((queue[at : at + size], 0) for at in range(0, len(queue), size))
    drained, received = Drained([]), 0
    while waiting:
        batch, times = waiting.popleft()
        received += 1
        before(received)
        try:
            done: BatchResult = process(batch, bundle)
        except StoreError:  # away, or an alert refused: the batch comes again
            if times >= RECEIVES:
                raise
            drained.redelivered += 1
            drained.cut_off += 1
            waiting.append((batch, times + 1))
        else:
            drained.dead += [batch[item.index] for item in done.items if item.disposition is Disposition.REFUSED]
    return drained


def _setter(proxy: FaultProxy, client: Client, fault: Fault | Down, chance: random.Random) -> Callable[[bool], None]:
    """Switches the fault on and off; a refused connection is a client that is pointed where nobody listens."""
    there, nowhere = client.endpoint, endpoint("http://127.0.0.1:9")

    def switch(on: bool) -> None:
        share = chance.choice((1.0, SHARE, SHARE)) if on else 0.0
        if isinstance(fault, Down):
            away = chance.random() < share
            client.close()
            client.endpoint = nowhere if away else there
            if away:
                proxy.met.append(Fault.RESET_BEFORE)
        else:
            proxy.matching = "require_data_stream" if fault is Fault.FAILURE_STORE else "_bulk" if fault in ONLY_BULK else ""
            proxy.always = lambda path: fault if chance.random() < share else None

    return switch


@contextmanager
def _store(elastic: Elastic, proxy: FaultProxy, name: str) -> Iterator[tuple[ElasticStore, Client]]:
    key = Authorization.api_key(elastic.encoded) if elastic.encoded else None
    limits, timing = RequestLimits(read_seconds=0.5, connect_seconds=0.5), Timing(sleep=lambda _: None)
    client = Client(endpoint(proxy.url), key, peer=Peer(product=elastic.product), limits=limits, timing=timing)
    yield ElasticStore(client, namespace=name, data_streams_only=elastic.server.elastic), client
    client.close()


def _figures(
    fault: Fault | Down,
    everything: list[RawRecord],
    drained: Drained,
    proxy: FaultProxy,
    pager: Pager,
    store: Store,
    elastic: Elastic,
    name: str,
) -> Figures:
    model = MemoryStore()
    bundle = ports(model, Pager())
    process(everything, bundle)
    expected, found = _alerts(model), _alerts(store)
    elastic.server.admin("POST", f"/gatewatch-alerts-{name}-*/_refresh")
    documents = elastic.server.admin("GET", f"/gatewatch-alerts-{name}-*/_count")["count"]
    stored = store.search(AlertQuery(limit=10_000))
    counted = Counter(pager.told)
    return Figures(
        fault=fault.value,
        events=len(everything),
        faults=len(proxy.met),
        redelivered=drained.redelivered,
        dead_letters=len(drained.dead),
        alerts=len(found),
        expected=len(expected),
        lost=len(expected.keys() - found.keys()),
        doubled=documents - len(expected.keys() | found.keys()) + len(found.keys() - expected.keys()),
        wrong=sum(plain(found[one]) != plain(expected[one]) for one in found.keys() & expected.keys()),
        told=len(pager.told),
        untold=sum(bool(pending(alert, (CHANNEL,), Tuning())) for alert in stored),
        told_twice=sum(times - 1 for times in counted.values()),
        cut_off=drained.cut_off,
    )


def _alerts(store: Store) -> dict[str, Alert]:
    return {alert.id: alert for alert in store.search(AlertQuery(limit=10_000))}
