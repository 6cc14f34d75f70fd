"""``make stress`` for replays: probes against the slow way on many odd records, and kill -9 at random moments of time."""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

from benchmarks.corpus import write
from tests.laws.killed import run
from tests.laws.probes import TUNINGS, same_by_both_ways
from tests.laws.test_replay_killed import content
from tests.laws.test_twins import parsed_alike, read_alike

_AT_A_TIME = 5_000


def main() -> int:
    """Run both; 0 when nothing differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress.replay", description=__doc__)
    parser.add_argument("--mutants", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--records", type=int, default=200_000, help="records of the replay that is killed")
    asked = parser.parse_args()
    for seed in range(asked.mutants // _AT_A_TIME):
        same_by_both_ways(_AT_A_TIME, seed, TUNINGS[seed % len(TUNINGS)])  # an AssertionError names the record
        read_alike(_AT_A_TIME, seed)
        parsed_alike(_AT_A_TIME, seed)
    sys.stdout.write(f"{asked.mutants} odd records: probe and slow way agree\n")
    with tempfile.TemporaryDirectory(prefix="gatewatch-") as folder:
        wrong = killed(Path(folder), asked.kills, asked.records)
    sys.stdout.write(f"{asked.kills} kills of a replay of {asked.records} records: {wrong} with another result\n")
    return 1 if wrong else 0


def killed(folder: Path, kills: int, count: int, seed: int = 1) -> int:
    """Kill a replay at random moments, run it again each time; how often the result was another one. Every other one has two processes."""
    records = folder / "records.jsonl"
    with records.open("wb") as file:
        write("realistic", count, file.write)
    began = monotonic()
    run(str(records), str(folder / "straight.sqlite"))
    lasts, straight = monotonic() - began, content(folder / "straight.sqlite")
    moments, wrong = random.Random(seed), 0
    for number in range(kills):
        store = folder / f"killed{number}.sqlite"
        process = subprocess.Popen([sys.executable, "-m", "tests.laws.killed", str(records), str(store), "0", str(1 + number % 2)])
        try:
            process.wait(timeout=moments.uniform(0, 1.2) * lasts)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        run(str(records), str(store))
        wrong += content(store) != straight
        for left in folder.glob(f"{store.name}*"):
            left.unlink()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
