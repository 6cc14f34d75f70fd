"""kill -9 during a replay, then the same command: the same evidence and the same alerts (at random moments of time in `make stress`)."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus import write
from gatewatch.stores.sqlite import SqliteStore
from tests.laws.killed import run
from tests.laws.stage import final

RECORDS = 300


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("killed") / "records.jsonl"
    with path.open("wb") as file:
        write("realistic", RECORDS, file.write)
    return path


def content(file: Path) -> tuple[Any, ...]:
    with closing(SqliteStore(str(file))) as store:
        evidence = {item.id for day in store.days() for page in store.evidence_on(day) for item in page}
        familiar = store._connection.execute("SELECT id, body FROM state WHERE id LIKE 'familiar:%' ORDER BY id").fetchall()
        return evidence, familiar, final(store)


@pytest.fixture(scope="module")
def straight(records: Path) -> tuple[tuple[Any, ...], int]:
    """What an undisturbed replay stores, and how many calls of the store it makes."""
    file = records.with_name("straight.sqlite")
    calls = run(str(records), str(file))
    found = content(file)
    assert len(found[0]) > 50
    assert len(found[2]) >= 3
    return found, calls


@pytest.mark.parametrize("part", [0.1, 0.6, 0.9, 0.97, 1.0], ids=lambda part: f"after {part:.0%} of its calls")
def test_the_same_command_completes_what_was_killed(
    part: float, records: Path, straight: tuple[tuple[Any, ...], int], tmp_path: Path
) -> None:
    file = tmp_path / "killed.sqlite"
    last = max(1, round(straight[1] * part))
    died = subprocess.run([sys.executable, "-m", "tests.laws.killed", str(records), str(file), str(last)], check=False, timeout=50)
    assert died.returncode == -9
    run(str(records), str(file))
    assert content(file) == straight[0]
