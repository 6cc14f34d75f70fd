"""What a cold start costs before the first event: the handler's import from the built artifact, against `import boto3`.

    python -m benchmarks.lambda_cold_start [ROUNDS] [--check]

Fresh processes, interleaved, CPU time of each; ratios of medians, because the machine's speed changes by the minute. The reference is what every
function of this kind pays that makes a client when it starts; ours loads boto3 with the first secret, alert or dead letter. ``--check`` fails
beyond the limit.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from scripts.local_cloud.lambda_artifact import build, environment

ROUNDS = 9
LIMIT = 0.65
NO_BYTE_CODE = shutil.ignore_patterns("__pycache__", "byte_code.bin")


class Case(NamedTuple):
    """One thing to start."""

    name: str
    code: str
    compiled: bool = True


CASES = (
    Case("bare interpreter", "pass"),
    Case("boto3", "import boto3"),
    Case("handler", "import aws_lambda.handler"),
    Case("handler without byte code", "import aws_lambda.handler", compiled=False),
    Case("handler and boto3", "import aws_lambda.handler, boto3"),
)


def main(rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of CPU: best and median of each case, and the median as a share of boto3's."""
    artifact = build()
    python = str(environment(".venv-rie", "requirements/rie.txt") / "bin" / "python")
    library = str(Path(python).parent.parent / "lib")
    subprocess.run([python, "-m", "compileall", "-q", library], check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - our own interpreter
    taken: dict[str, list[float]] = {case.name: [] for case in CASES}
    with TemporaryDirectory() as folder:
        bare = [shutil.copytree(part, Path(folder) / part.name, ignore=NO_BYTE_CODE) for part in (artifact.function, artifact.layer)]
        paths = {True: artifact.path, False: f"{bare[0]}:{bare[1]}/python"}
        for _ in range(rounds):
            for case in CASES:
                taken[case.name].append(cpu_milliseconds(python, paths[case.compiled], case.code))
    reference = statistics.median(taken["boto3"])
    return {
        name: {
            "best_ms": round(min(ms)),
            "median_ms": round(statistics.median(ms)),
            "of_boto3": round(statistics.median(ms) / reference, 2),
        }
        for name, ms in taken.items()
    }


def cpu_milliseconds(python: str, path: str, code: str) -> float:
    """One fresh process, user and system time; -P keeps the working folder, with its sources, off the path."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-P", "-c", code], env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}, check=True)  # noqa: S603 - same
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("rounds", type=int, nargs="?", default=ROUNDS)
    arguments.add_argument("--check", action="store_true", help=f"fail where the handler costs more than {LIMIT} of boto3")
    options = arguments.parse_args()
    result = main(options.rounds)
    print(json.dumps(result, indent=2))
    raise SystemExit(1 if options.check and result["handler"]["of_boto3"] > LIMIT else 0)
