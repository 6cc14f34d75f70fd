"""Evidence of any store as records of another replay: the same evidence under the same ids, and the same alerts."""

from datetime import UTC, datetime, timedelta

from gatewatch.flow.replay import replay
from gatewatch.flow.stored import copy_familiarity, stored_records
from gatewatch.ports import AlertQuery, Ports, Store
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import raw_login, raw_root
from tests.builders.entra import raw_detection, raw_sign_in

NOW = datetime(2026, 11, 21, tzinfo=UTC)
RECORDS = [
    raw_sign_in("s-0", 1, level="none"),
    raw_sign_in("s-1", 10, level="none"),
    raw_detection(1, "s-1", 20, "high"),
    raw_login(1, 40),
    raw_root(1, 90),
]


def ports(store: Store) -> Ports:
    return Ports(store=store, clock=lambda: NOW, seeds=False, retention=timedelta(days=36_500))


def evidence(store: Store) -> list[str]:
    return sorted(item.id for day in store.days() for page in store.evidence_on(day) for item in page)


def alerts(store: Store) -> dict[str, tuple[str, int]]:
    return {alert.id: (alert.rule, alert.score) for alert in store.search(AlertQuery(limit=100))}


def test_what_a_store_holds_is_replayed_as_it_was_stored(store: Store) -> None:
    replay(lambda: RECORDS, ports(store))
    copy = MemoryStore()
    copy_familiarity(store, copy)
    done = replay(stored_records(store, "store"), ports(copy))
    assert evidence(copy) == evidence(store)
    assert done.counts == {"stored": len(evidence(store))}
    assert alerts(copy) == alerts(store)
    assert len(alerts(store)) == 3
