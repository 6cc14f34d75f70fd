"""Two processes write the two halves of a pair at the same moment, again and again, on a real server."""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier

from gatewatch.alerts.group import alert_id
from gatewatch.flow.recompute import recompute
from gatewatch.model import Alert, Event, Evidence, GroupKey
from gatewatch.ports import Ports, Store
from gatewatch.stores.elastic import Authorization, Client, ElasticStore, Peer
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import login
from tests.builders.entra import detection, sign_in
from tests.elastic_server.fixtures import Elastic
from tests.laws.stage import plain
from tests.laws.world import wrap

SPAWN = multiprocessing.get_context("spawn")
WAIT_SECONDS = 120
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Where:
    """What a process needs to open the store; plain values, so that it can be handed over."""

    url: str
    ca: str | None
    key: str
    product: str | None
    name: str

    @classmethod
    def of(cls, elastic: Elastic, name: str) -> "Where":
        """A place of its own on this server."""
        ca = elastic.server.ca
        return cls(elastic.server.url, str(ca) if ca else None, elastic.encoded, elastic.product, name)

    def store(self) -> ElasticStore:
        """A handle of this process."""
        key = Authorization.api_key(self.key) if self.key else None
        client = Client(endpoint(self.url, ca_file=self.ca), key, peer=Peer(product=self.product))
        return ElasticStore(client, namespace=self.name, data_streams_only=self.product is not None)


def pair(number: int) -> tuple[Evidence, Evidence]:
    """Even: an Entra risk and the AWS login that follows it. Odd: a sign-in and the detection that names it."""
    user, at = f"user-{number}", NOON + timedelta(seconds=number)
    person = f"{user}@contoso.example"
    if number % 2 == 0:
        follows = login(number, at=at + timedelta(minutes=5), person=person, principal=f"111122223333/{user}", user_name=user)
        signed_in = sign_in(f"r-{number}", at=at, user=user, upn=person, correlation=None, risk_state="atrisk")
        return _one(signed_in), _one(follows)
    quiet = sign_in(f"r-{number}", at=at, user=user, upn=person, correlation=None, risk_state="none", level_during="none")
    named = detection(number, request=f"r-{number}", at=at, user=user, correlation_id=None, risk_type="unlikelyTravel", level="high")
    return _one(quiet), _one(named)


def _one(event: Event) -> Evidence:
    return wrap(event, None)


def keys(number: int) -> list[GroupKey]:
    """Every group that a pair may touch."""
    user, day = f"user-{number}", "2026-11-20"
    return [
        GroupKey("entra", "tenant", user, day),
        GroupKey("aws", "111122223333", f"111122223333/{user}", day),
        GroupKey("xcloud", "", f"{user}@contoso.example", day),
    ]


def step(evidence: list[Evidence], store: Store, worker: str) -> None:
    """What the pipeline does with one batch, without telling anybody."""
    store.append(evidence)
    recompute(evidence, Ports(store=store, clock=lambda: NOON + timedelta(hours=1), worker=worker))


def _run(where: Where, half: int, pairs: int, barrier: Barrier) -> None:
    store = where.store()
    store.pending(1)  # connect before the first race
    for number in range(pairs):
        barrier.wait(WAIT_SECONDS)
        step([pair(number)[half]], store, f"half-{half}")
    store.close()


def race(where: Where, pairs: int) -> None:
    """Both processes, all pairs; raises when one of them failed."""
    with SPAWN.Manager() as manager:
        barrier = manager.Barrier(2)
        writers = [SPAWN.Process(target=_run, args=(where, half, pairs, barrier)) for half in (0, 1)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    if codes := [writer.exitcode for writer in writers if writer.exitcode]:
        message = f"a writer ended with {codes}"
        raise RuntimeError(message)


def wrong(where: Where, pairs: int) -> Iterator[tuple[int, list[Alert], list[Alert]]]:
    """The pairs whose alerts are not those of one writer who saw both halves at once."""
    store = where.store()
    for number in range(pairs):
        model = MemoryStore()
        step(list(pair(number)), model, "model")
        expected, found = (_plain(known, number) for known in (model, store))
        if expected != found or not expected:
            yield number, expected, found
    store.close()


def _plain(store: Store, number: int) -> list[Alert]:
    stored = store.read_alerts(keys(number))
    return sorted((plain(one.alert) for one in stored.values()), key=lambda alert: alert_id(alert.key))
