"""What every store owes to alerts: created once, swapped by version, found by what is owed and by what people ask."""

from typing import Any

import pytest

from gatewatch.model import AlertStatus, Lease, NotificationEntry, Severity
from gatewatch.ports import AlertQuery, AlertWrite, Store, Written
from tests.builders.alerts import alert, key
from tests.builders.common import HOSTILE, minutes


def create(store: Store, *alerts: Any) -> list[Written]:
    return store.write_alerts([AlertWrite(item, None) for item in alerts])


def test_write_nothing(store: Store) -> None:
    assert store.write_alerts([]) == []


def test_read_nothing(store: Store) -> None:
    assert store.read_alerts([]) == {}


def test_create_then_read_equal(store: Store) -> None:
    full = alert(
        notification_log=(
            NotificationEntry(occurrence=1, at=minutes(1), channel="teams", severity=Severity.HIGH, why="new", event_ids=("aws|1",)),
        ),
        leases=(Lease(channel="teams", occurrence=1, owner="w", until=minutes(9)),),
        pending=("sns",),
    )
    assert create(store, full) == [Written.DONE]
    assert store.read_alerts([key()])[key()].alert == full


def test_a_second_create_conflicts_and_changes_nothing(store: Store) -> None:
    create(store, alert())
    assert create(store, alert(score=99)) == [Written.CONFLICT]
    assert store.read_alerts([key()])[key()].alert.score == 40


def test_create_twice_within_a_batch(store: Store) -> None:
    assert create(store, alert(), alert(score=99)) == [Written.DONE, Written.CONFLICT]


def test_compare_and_swap(store: Store) -> None:
    create(store, alert())
    before = store.read_alerts([key()])[key()]
    assert store.write_alerts([AlertWrite(alert(score=50), before.version)]) == [Written.DONE]
    after = store.read_alerts([key()])[key()]
    assert (after.alert.score, after.version != before.version) == (50, True)


def test_a_stale_version_conflicts(store: Store) -> None:
    create(store, alert())
    stale = store.read_alerts([key()])[key()].version
    store.write_alerts([AlertWrite(alert(score=50), stale)])
    assert store.write_alerts([AlertWrite(alert(score=60), stale)]) == [Written.CONFLICT]
    assert store.read_alerts([key()])[key()].alert.score == 50


def test_a_swap_of_what_never_was_conflicts(store: Store) -> None:
    create(store, alert())
    version = store.read_alerts([key()])[key()].version
    assert store.write_alerts([AlertWrite(alert(key("111122223333/bob")), version)]) == [Written.CONFLICT]
    assert store.read_alerts([key("111122223333/bob")]) == {}


def test_results_are_per_item_in_order(store: Store) -> None:
    create(store, alert())
    version = store.read_alerts([key()])[key()].version
    other = alert(key("111122223333/bob"))
    writes = [AlertWrite(alert(), None), AlertWrite(other, None), AlertWrite(alert(score=50), version)]
    assert store.write_alerts(writes) == [Written.CONFLICT, Written.DONE, Written.DONE]


def test_read_over_months_and_what_is_missing(store: Store) -> None:
    march, april, never = key(), key(day="2026-04-01"), key(day="2019-01-01")
    create(store, alert(march), alert(april))
    assert set(store.read_alerts([march, april, never, key("111122223333/nobody")])) == {march, april}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(key(family="xcloud"), id="family"),
        pytest.param(key(account="444455556666"), id="account"),
        pytest.param(key("111122223333/alicf"), id="principal"),
        pytest.param(key(day="2026-03-15"), id="day"),
        pytest.param(key("3333/alice", account="11112222"), id="moved boundary"),
    ],
)
def test_groups_stay_apart(store: Store, other: Any) -> None:
    assert create(store, alert(), alert(other)) == [Written.DONE, Written.DONE]
    assert store.read_alerts([other])[other].alert.key == other


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_keys(store: Store, text: str) -> None:
    group = key(text, account=text)
    mine = alert(group, person=text, reason=text)
    assert create(store, mine, alert()) == [Written.DONE, Written.DONE]
    assert store.read_alerts([group])[group].alert == mine
    version = store.read_alerts([group])[group].version
    assert store.write_alerts([AlertWrite(mine, version)]) == [Written.DONE]


@pytest.mark.parametrize(
    "text", [text for text in HOSTILE.values() if len(text) < 500], ids=[n for n, text in HOSTILE.items() if len(text) < 500]
)
def test_hostile_texts_are_searched_literally(store: Store, text: str) -> None:
    mine = alert(key(f"before {text} after"))
    create(store, mine, alert())
    assert store.search(AlertQuery(text=text)) == [mine]


def test_owed_is_oldest_first_and_ends(store: Store) -> None:
    groups = [key(day=f"2026-03-{day:02d}") for day in (20, 10, 15)]
    for age, group in enumerate(groups):
        create(store, alert(group, pending=("teams",), updated=minutes(age)))
    create(store, alert(key(day="2026-03-01")))
    assert store.pending(10) == groups
    assert store.pending(2) == groups[:2]
    stored = store.read_alerts([groups[0]])[groups[0]]
    store.write_alerts([AlertWrite(alert(groups[0], pending=()), stored.version)])
    assert store.pending(10) == groups[1:]


def test_owed_of_an_empty_store(store: Store) -> None:
    assert store.pending(5) == []


def searched(store: Store, **query: Any) -> list[str]:
    return [item.key.principal for item in store.search(AlertQuery(**query))]


@pytest.fixture
def filled(store: Store) -> Store:
    """Three alerts: old (closed, low), mid (open, medium), new (open, critical)."""
    create(
        store,
        alert(key("mid"), first_seen=minutes(10), last_seen=minutes(15), person="m.person"),
        alert(key("new"), first_seen=minutes(20), last_seen=minutes(25), severity=Severity.CRITICAL, score=90),
        alert(key("old"), first_seen=minutes(0), last_seen=minutes(5), severity=Severity.LOW, score=5, status=AlertStatus.CLOSED),
    )
    return store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, ["new", "mid", "old"], id="all, newest activity first"),
        pytest.param({"limit": 2}, ["new", "mid"], id="limit"),
        pytest.param({"since": minutes(15)}, ["new", "mid"], id="since"),
        pytest.param({"until": minutes(15)}, ["mid", "old"], id="until"),
        pytest.param({"since": minutes(6), "until": minutes(9)}, [], id="between"),
        pytest.param({"statuses": ("closed",)}, ["old"], id="status"),
        pytest.param({"severities": ("low", "critical")}, ["new", "old"], id="severities"),
        pytest.param({"text": "PERSON"}, ["mid"], id="person, case-blind"),
        pytest.param({"text": "ew"}, ["new"], id="part of the principal"),
        pytest.param({"text": alert(key("old")).id[3:40]}, ["old"], id="part of the id"),
        pytest.param({"text": "absent"}, [], id="none"),
    ],
)
def test_search(filled: Store, query: dict[str, Any], expected: list[str]) -> None:
    assert searched(filled, **query) == expected


def test_a_limit_beyond_what_any_store_gives_at_once(filled: Store) -> None:
    assert (len(searched(filled, limit=1_000_000)), filled.pending(1_000_000)) == (3, [])


def test_every_handle_sees_a_write(backend: Any) -> None:
    one, other = backend(), backend()
    create(one, alert(pending=("sns",)))
    assert (other.pending(1), len(other.search(AlertQuery())), key() in other.read_alerts([key()])) == ([key()], 1, True)
