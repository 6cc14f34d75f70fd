"""What a cold start costs before the first event: the handler's import from the built artifact, against `import boto3`.

    python benchmarks/lambda_cold_start.py [ROUNDS]

Fresh processes, interleaved, CPU time of each; ratios of medians, because the machine's speed changes by the minute. The reference is what every
function of this kind pays that makes a client when it starts; ours loads boto3 with the first secret, alert or dead letter.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.lambda_artifact import build, environment  # noqa: E402 - a program of the checkout

ROUNDS = 9


class Case(NamedTuple):
    """One thing to start."""

    name: str
    code: str
    flags: tuple[str, ...] = ()


CASES = (
    Case("bare interpreter", "pass"),
    Case("boto3", "import boto3"),
    Case("handler", "import aws_lambda.handler"),
    Case("handler, no byte code", "import aws_lambda.handler", ("-X", "pycache_prefix=/nonexistent")),
    Case("handler and boto3", "import aws_lambda.handler, boto3"),
)


def main(rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of CPU: best and median of each case, and the median as a share of boto3's."""
    artifact = build()
    runtime = environment(".venv-rie", "requirements/rie.txt")
    subprocess.run([runtime / "bin" / "python", "-m", "compileall", "-q", runtime / "lib"], check=False, stdout=subprocess.DEVNULL)
    measure = starter(str(runtime / "bin" / "python"), artifact.path)
    taken: dict[str, list[float]] = {case.name: [] for case in CASES}
    for _ in range(rounds):
        for case in CASES:
            taken[case.name].append(measure(case))
    reference = statistics.median(taken["boto3"])
    return {
        name: {
            "best_ms": round(min(ms)),
            "median_ms": round(statistics.median(ms)),
            "of_boto3": round(statistics.median(ms) / reference, 2),
        }
        for name, ms in taken.items()
    }


def starter(python: str, path: str) -> Callable[[Case], float]:
    """Runs one case in a fresh process."""
    here = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}

    def measure(case: Case) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([python, *case.flags, "-c", case.code], env=here, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000

    return measure


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS), indent=2))
