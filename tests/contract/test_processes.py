"""Several processes on one SQLite file at the same moment: nothing lost, nothing doubled, no error."""

import multiprocessing
import sqlite3
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from msgspec.structs import replace

from gatewatch.errors import ConfigError, StoreError, StoreUnavailable
from gatewatch.model.tokens import principal_token
from gatewatch.ports import AlertWrite, Appended, Written
from gatewatch.stores import open_store
from tests.builders.alerts import alert, key
from tests.builders.aws import login, many
from tests.builders.common import minutes

PROCESSES = 4
ROUNDS = 15
SPAWN = multiprocessing.get_context("spawn")


def _append_all(file: str, barrier: Barrier) -> int:
    """Everybody appends the same documents; how many this process was told it created."""
    barrier.wait()
    store = open_store(f"sqlite:{file}")
    created = [result.status for item in many(ROUNDS) for result in store.append([item])].count(Appended.CREATED)
    store.close()
    return created


def _raise_score(file: str, barrier: Barrier) -> int:
    """Adds one to the score of one alert, so many times, by compare-and-swap; how many conflicts that took."""
    store, conflicts, done = open_store(f"sqlite:{file}"), 0, 0
    barrier.wait()
    while done < ROUNDS:
        read = store.read_alerts([key()])[key()]
        (written,) = store.write_alerts([AlertWrite(alert(score=read.alert.score + 1), read.version)])
        done, conflicts = (done + 1, conflicts) if written is Written.DONE else (done, conflicts + 1)
    store.close()
    return conflicts


def _together(work, file: Path) -> list[int]:
    with SPAWN.Manager() as manager, SPAWN.Pool(PROCESSES) as pool:
        return pool.starmap(work, [(str(file), manager.Barrier(PROCESSES))] * PROCESSES)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shared.sqlite"


def test_each_document_is_created_by_exactly_one(file: Path) -> None:
    assert sum(_together(_append_all, file)) == ROUNDS
    store = open_store(f"sqlite:{file}")
    found = store.context([principal_token(login())], [(minutes(-1), minutes(60))], ())
    store.close()
    assert len(found.evidence) == ROUNDS


def test_no_swap_is_lost(file: Path) -> None:
    store = open_store(f"sqlite:{file}")
    store.write_alerts([AlertWrite(alert(score=0), None)])
    _together(_raise_score, file)
    final = store.read_alerts([key()])[key()]
    store.close()
    assert (final.alert.score, final.version) == (PROCESSES * ROUNDS, str(PROCESSES * ROUNDS + 1))


def test_somebody_elses_database_is_left_alone(file: Path) -> None:
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(ConfigError, match="another program"):
        open_store(f"sqlite:{file}")


def test_a_newer_schema_version_is_named(file: Path) -> None:
    open_store(f"sqlite:{file}").close()
    newer = sqlite3.connect(file)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(ConfigError, match="schema version 99"):
        open_store(f"sqlite:{file}")


def test_a_damaged_file_is_an_error_of_ours(file: Path) -> None:
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError):
        open_store(f"sqlite:{file}")


def test_a_missing_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        open_store(f"sqlite:{tmp_path / 'absent' / 'x.sqlite'}")


def test_a_closed_store_is_an_error_of_ours(file: Path) -> None:
    store = open_store(f"sqlite:{file}")
    store.close()
    with pytest.raises(StoreError):
        store.pending(1)


@pytest.mark.parametrize("url", ["", "sqlite:", "postgres:x", "plainfile"])
def test_an_unknown_store_is_named(url: str) -> None:
    with pytest.raises(ConfigError, match="unknown store"):
        open_store(url)


def test_refuses_text_that_is_no_unicode(file: Path) -> None:
    store = open_store(f"sqlite:{file}")
    (item,) = many(1)
    broken = replace(item, event=replace(item.event, user_agent="\ud800"))
    assert [result.status for result in store.append([broken, item])] == [Appended.REFUSED, Appended.CREATED]
    store.close()


def test_refuses_an_alert_that_is_no_unicode(file: Path) -> None:
    store = open_store(f"sqlite:{file}")
    assert store.write_alerts([AlertWrite(alert(reason="\ud800"), None), AlertWrite(alert(), None)]) == [Written.REFUSED, Written.DONE]
    store.close()


def test_a_batch_that_fails_leaves_nothing(file: Path) -> None:
    store = open_store(f"sqlite:{file}")
    (item,) = many(1)
    with pytest.raises(AttributeError):
        store.append([item, None])  # type: ignore[list-item]
    assert store.evidence_of([item.event.vendor_id]) == []
    assert [result.status for result in store.append([item])] == [Appended.CREATED]
    store.close()
