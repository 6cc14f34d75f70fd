"""The law of the design: alerts are a pure function of the evidence, and no order of arrival, crash or race changes where they end."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.flow.delivery import deliver
from gatewatch.flow.recompute import recompute
from gatewatch.model import Alert, AlertStatus, Evidence
from gatewatch.ports import AlertQuery, Store
from gatewatch.stores import open_store
from gatewatch.tuning import Tuning
from tests.elastic_server.fixtures import Elastic, elastic_server
from tests.laws.stage import CHANNEL, Interleaved, Pager, batch, final, ports
from tests.laws.world import worlds
from tests.support.in_memory import folder

__all__ = ["elastic_server"]

STORES = ["memory", "sqlite"]
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "60"))
law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=EXAMPLES)
law_on_a_server = settings(law, max_examples=max(1, EXAMPLES // 8))
_WORLDS = count()


@contextmanager
def opened(kind: str, elastic: Elastic | None = None) -> Iterator[Store]:
    """A fresh store of this kind."""
    if elastic is not None:
        with closing(elastic.store(f"law{next(_WORLDS)}")) as store:
            yield store
        return
    with (
        folder() as place,
        closing(open_store("memory:" if kind == "memory" else f"sqlite:{place / 'law.sqlite'}")) as store,
    ):
        yield store


def expected(world: list[Evidence]) -> dict[str, Alert]:
    """What the evidence says when all of it arrives at once."""
    store = open_store("memory:")
    store.append(world)
    recompute(world, ports(store, Pager()))
    return final(store)


def known(world: list[Evidence]) -> list[Evidence]:
    """One copy of each version: the law is claimed for given history facts."""
    return list({item.id: item for item in reversed(world)}.values())


@pytest.mark.parametrize("kind", STORES)
@law
@given(world=worlds.map(known), data=st.data())
def test_order_duplication_and_splitting_change_nothing(kind: str, world: list[Evidence], data: st.DataObject) -> None:
    order_duplication_and_splitting(kind, None, world, data)


@pytest.mark.elastic
@law_on_a_server
@given(world=worlds.map(known), data=st.data())
def test_order_duplication_and_splitting_change_nothing_on_a_server(
    elastic_server: Elastic, world: list[Evidence], data: st.DataObject
) -> None:
    order_duplication_and_splitting("elasticsearch", elastic_server, world, data)


def order_duplication_and_splitting(kind: str, elastic: Elastic | None, world: list[Evidence], data: st.DataObject) -> None:
    arrivals = data.draw(st.permutations(world + data.draw(st.lists(st.sampled_from(world), max_size=4))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(arrivals)), max_size=5)))
    with opened(kind, elastic) as store:
        pager = Pager()
        for start, end in zip([0, *cuts], [*cuts, len(arrivals)], strict=True):
            if start < end:
                batch(arrivals[start:end], ports(store, pager))
        assert final(store) == expected(world)
        assert_told(store, pager)


@pytest.mark.parametrize("kind", STORES)
@law
@given(world=worlds.map(known), data=st.data())
def test_interleaved_and_crashing_writers_change_nothing(kind: str, world: list[Evidence], data: st.DataObject) -> None:
    interleaved_and_crashing(kind, None, world, data)


@pytest.mark.elastic
@law_on_a_server
@given(world=worlds.map(known), data=st.data())
def test_interleaved_and_crashing_writers_change_nothing_on_a_server(
    elastic_server: Elastic, world: list[Evidence], data: st.DataObject
) -> None:
    interleaved_and_crashing("elasticsearch", elastic_server, world, data)


def interleaved_and_crashing(kind: str, elastic: Elastic | None, world: list[Evidence], data: st.DataObject) -> None:
    """Two to eight writers, crashes between any two store calls; who crashed is delivered again."""
    arrivals = data.draw(st.permutations(world))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(arrivals)), max_size=7)))
    batches = [arrivals[a:b] for a, b in zip([0, *cuts], [*cuts, len(arrivals)], strict=True) if a < b]
    schedule = data.draw(st.lists(st.integers(0, 7), max_size=120))
    crashes = data.draw(st.sets(st.integers(1, 60), max_size=3))
    with opened(kind, elastic) as store:
        pager = Pager()
        stage = Interleaved(store, schedule, crashes)
        stage.run([lambda gated, n=n, b=b: batch(b, ports(gated, pager, f"w{n}")) for n, b in enumerate(batches)])
        for number in stage.crashed:
            batch(batches[number], ports(store, pager, "again"))
        assert final(store) == expected(world)


def assert_told(store: Store, pager: Pager) -> None:
    """No open, unsuppressed alert at or above ``notify_from`` is untold at its final severity, and nothing is told twice."""
    tuning = Tuning()
    deliver(store.pending(1_000), ports(store, pager))
    for alert in store.search(AlertQuery(limit=1_000)):
        entries = [t for t in alert.notification_log if t.channel == CHANNEL and t.occurrence == alert.occurrence]
        if alert.status is AlertStatus.OPEN and not alert.snapshot.suppressed and alert.severity >= tuning.notify_from:
            assert any(t.severity >= alert.severity for t in entries)
        by_severity = [t.severity for t in entries if t.why != "address"]
        assert by_severity == sorted(set(by_severity))
    entries = [entry for a in store.search(AlertQuery(limit=1_000)) for entry in a.notification_log]
    assert len(pager.told) == sum(entry.notified_by is None for entry in entries)
