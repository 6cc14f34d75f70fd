"""The init phase in the Lambda emulator: our artifact against an empty handler that imports boto3, in one interleaved run.

    python -m benchmarks.lambda_init [ROUNDS] [--check]

Wall time as the emulator's own line ``INIT REPORT(durationMs: ...)`` says it, and the CPU time of the runtime's process at the end of that phase,
which a module around the handler prints. ``--check`` fails where the ratio of CPU times is beyond the limit: wall times say nothing on a machine that
does other work.
"""

import argparse
import json
import os
import re
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.local_cloud.lambda_artifact import Artifact, build
from scripts.local_cloud.lambda_emulator import Emulator, FunctionError

LIMIT = 0.70
EMPTY = "import boto3\n\n\ndef lambda_handler(event, context):\n    return {}\n"
MEASURED = "import time\nfrom aws_lambda.handler import lambda_handler\nprint(f'INIT CPU {time.process_time() * 1000:.1f}', flush=True)\n"
VARIABLES = {
    "GATEWATCH_STORE": "memory:",
    "NOTIFICATION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
    "DEAD_LETTER_QUEUE_URL": "http://127.0.0.1:1/dead",
}
_CPU = re.compile(r"INIT CPU ([0-9.]+)")
_INIT = re.compile(r"INIT REPORT\(durationMs: ([0-9.]+)\)")


def empty_artifact(folder: Path) -> Artifact:
    """A function that does nothing and loads the SDK."""
    function, layer = folder / "function", folder / "layer"
    (function / "aws_lambda").mkdir(parents=True)
    (function / "aws_lambda" / "handler.py").write_text(EMPTY, "utf-8")
    (layer / "python").mkdir(parents=True)
    return Artifact(function, layer, folder / "template.yaml")


def init_milliseconds(artifact: Artifact, log: Path) -> tuple[float, float]:
    """One cold start: a fresh environment, one empty batch. The wall time of the init phase, and CPU time."""
    variables = {**VARIABLES, "PYTHONPATH": f"{artifact.path}{os.pathsep}{log.parent}"}
    with Emulator(artifact, variables, log=log, handler="measured.lambda_handler") as function:
        function.invoke({"Records": []})
        found, cpu = _INIT.search(function.log()), _CPU.search(function.log())
    if found is None or cpu is None:
        raise FunctionError("NoInitReport", log.read_text("utf-8", "replace")[-500:])
    return float(found[1]), float(cpu[1])


def main(rounds: int) -> dict[str, float]:
    """Best and median in milliseconds, and their ratios."""
    taken: dict[str, list[tuple[float, float]]] = {"ours": [], "empty and boto3": []}
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "measured.py").write_text(MEASURED, "utf-8")
        artifacts = {"ours": build(), "empty and boto3": empty_artifact(folder)}
        for _ in range(rounds + 1):
            for which, artifact in artifacts.items():
                taken[which].append(init_milliseconds(artifact, folder / "emulator.log"))
    wall, cpu = ([[one[which] for one in values[1:]] for values in taken.values()] for which in (0, 1))  # the first of each warms the disk
    return {
        "rounds": rounds,
        "ours_best_ms": round(min(wall[0]), 1),
        "ours_median_ms": round(statistics.median(wall[0]), 1),
        "empty_and_boto3_best_ms": round(min(wall[1]), 1),
        "empty_and_boto3_median_ms": round(statistics.median(wall[1]), 1),
        "ours_cpu_ms": round(statistics.median(cpu[0])),
        "empty_and_boto3_cpu_ms": round(statistics.median(cpu[1])),
        "ratio_of_best": round(min(wall[0]) / min(wall[1]), 2),
        "ratio_of_cpu": round(statistics.median(cpu[0]) / statistics.median(cpu[1]), 2),
    }


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("rounds", type=int, nargs="?", default=9)
    arguments.add_argument("--check", action="store_true", help=f"fail where the ratio is above {LIMIT}")
    options = arguments.parse_args()
    result = main(options.rounds)
    print(json.dumps(result, indent=2))
    raise SystemExit(1 if options.check and result["ratio_of_cpu"] > LIMIT else 0)
