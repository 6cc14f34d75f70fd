"""Runs each contestant in fresh processes, in turn, round after round, so that a busy machine slows all alike."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.side_by_side.contestants import BASE, Answer, Contestant

LAUNCH = Path(__file__).resolve().parent / "launch.py"


class Run(NamedTuple):
    """One run: CPU seconds of the process and all its children, the largest resident set of any of them in MB, seconds on the wall."""

    cpu: float
    memory: float
    answer: Answer
    wall: float = 0.0


class Row(NamedTuple):
    """What the rounds say of one contestant."""

    contestant: Contestant
    runs: list[Run]
    ratio: float | None  # median of the ratios to json.loads of the same round
    right: bool | None  # whether it found exactly what was planted; None: it evaluates nothing

    @property
    def cpu(self) -> float:
        """The best CPU seconds."""
        return min(run.cpu for run in self.runs)

    @property
    def wall(self) -> float:
        """The best seconds on the wall."""
        return min(run.wall for run in self.runs)

    @property
    def memory(self) -> float:
        """The largest peak in MB."""
        return max(run.memory for run in self.runs)


def once(contestant: Contestant, records: Path) -> Run:
    """One run in a process of its own; raises ``RuntimeError`` when it fails."""
    with tempfile.TemporaryDirectory(prefix="gatewatch-bench-") as folder:
        out = Path(folder, "out")
        command = [sys.executable, "-S", "-E", str(LAUNCH), str(out), *contestant.command(records, Path(folder))]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - the contestants of this repository
        status, cpu, memory, wall = done.stdout.split()
        if status != "0":
            raise RuntimeError(f"{contestant.name} failed: {done.stderr[-2000:]}")
        return Run(float(cpu), float(memory) / 2**20, contestant.answer(out.read_text("utf-8"), Path(folder)), float(wall))


def rounds(
    some: Sequence[Contestant], records: Path, truth: frozenset[str], count: int, say: Callable[[str], None] = lambda _line: None
) -> list[Row]:
    """Measure everybody who is here, ``count`` times in turn; every other round in the opposite order."""
    here = [contestant for contestant in some if not contestant.missing]
    runs: dict[str, list[Run]] = {contestant.name: [] for contestant in here}
    for number in range(count):
        for contestant in here if number % 2 == 0 else reversed(here):
            if number >= contestant.rounds_at_most:
                continue
            run = once(contestant, records)
            runs[contestant.name].append(run)
            say(f"  round {number + 1}: {contestant.name}: {run.cpu:.2f} s of CPU, {run.wall:.2f} s, {run.memory:.0f} MB")
    return [_row(contestant, runs, truth) for contestant in here]


def _row(contestant: Contestant, runs: dict[str, list[Run]], truth: frozenset[str]) -> Row:
    mine, base = runs[contestant.name], runs.get(BASE, [])
    ratio = median(run.cpu / other.cpu for run, other in zip(mine, base, strict=False)) if base else None
    found = [run.answer.findings for run in mine]
    return Row(contestant, mine, ratio, None if found[0] is None else all(each == truth for each in found))
