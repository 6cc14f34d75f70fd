"""The init phase in the Lambda emulator: our artifact against an empty handler that imports boto3, in one interleaved run.

    python -m benchmarks.lambda_init [ROUNDS] [--check]

Wall time as the emulator's own line ``INIT REPORT(durationMs: ...)`` says it, and the CPU time of the runtime's process at the end of that phase,
which a module around the handler prints. ``--check`` fails where the ratio of CPU times is beyond the limit: wall times say nothing on a machine that
does other work. The SDK is compiled first, as Lambda's runtime ships it: without byte code it takes twice as long, and everything looks good beside it.

Ours then takes a console login without MFA and publishes the alert to a topic that a server of this process plays. The CPU time up to then is in the
result too: what is only moved from the init phase into the first invocation is no gain.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from scripts.local_cloud.lambda_artifact import Artifact, build, environment
from scripts.local_cloud.lambda_emulator import Emulator, FunctionError
from tests.builders.aws import envelope, user_record

LIMIT = 0.70
EMPTY = "import boto3\n\n\ndef lambda_handler(event, context):\n    return {}\n"
MEASURED = """
import time
from aws_lambda.handler import lambda_handler as inner

def lambda_handler(event, context):
    answer = inner(event, context)
    print(f"FIRST CPU {time.process_time() * 1000:.1f}", flush=True)
    return answer

print(f"INIT CPU {time.process_time() * 1000:.1f}", flush=True)
"""
LOGIN = {"messageId": "m-1", "body": json.dumps(envelope(user_record("alice", additionalEventData={"MFAUsed": "No"}))), "attributes": {}}
PUBLISHED = b"""<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult>
<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishResponse>"""
VARIABLES = {
    "GATEWATCH_STORE": "memory:",
    "NOTIFICATION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
    "DEAD_LETTER_QUEUE_URL": "http://127.0.0.1:1/dead",
}
_CPU = re.compile(r"(INIT|FIRST) CPU ([0-9.]+)")
_INIT = re.compile(r"INIT REPORT\(durationMs: ([0-9.]+)\)")


class Start(NamedTuple):
    """One cold start, in milliseconds: wall time of the init phase, CPU time of it, CPU time at the end of the first invocation."""

    wall: float
    cpu: float
    first: float


@contextmanager
def topic() -> Iterator[str]:
    """The address of a server that takes every message to a topic."""

    class Sns(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(PUBLISHED)))
            self.end_headers()
            self.wfile.write(PUBLISHED)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Sns) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def compile_sdk() -> None:
    """Write the byte code of the emulator's SDK, and refuse to measure without.

    Raises:
        FunctionError: a module of boto3 or botocore has none.
    """
    venv = environment(".venv-rie", "requirements/rie.txt")
    packages = next(venv.glob("lib/python3.*/site-packages"))
    python = [str(venv / "bin" / "python"), "-m", "compileall", "-q"]
    subprocess.run([*python, str(packages)], check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - our own interpreter
    for name in ("boto3", "botocore", "urllib3"):
        for source in (packages / name).rglob("*.py"):
            if not Path(cache_from_source(str(source))).is_file():
                raise FunctionError("NoByteCode", f"{source} has no byte code: the comparison would be false")


def empty_artifact(folder: Path) -> Artifact:
    """A function that does nothing and loads the SDK."""
    function, layer = folder / "function", folder / "layer"
    (function / "aws_lambda").mkdir(parents=True)
    (function / "aws_lambda" / "handler.py").write_text(EMPTY, "utf-8")
    (layer / "python").mkdir(parents=True)
    return Artifact(function, layer, folder / "template.yaml")


def start(artifact: Artifact, log: Path, sns: str) -> Start:
    """One cold start: a fresh environment, and one batch with a login that raises an alert."""
    variables = {**VARIABLES, "AWS_ENDPOINT_URL_SNS": sns, "PYTHONPATH": f"{artifact.path}{os.pathsep}{log.parent}"}
    with Emulator(artifact, variables, log=log, handler="measured.lambda_handler") as function:
        function.invoke({"Records": [LOGIN]})
        found, cpu = _INIT.search(function.log()), dict(_CPU.findall(function.log()))
    if found is None or set(cpu) != {"INIT", "FIRST"}:
        raise FunctionError("NoInitReport", log.read_text("utf-8", "replace")[-500:])
    return Start(float(found[1]), float(cpu["INIT"]), float(cpu["FIRST"]))


def main(rounds: int) -> dict[str, float]:
    """Best and median in milliseconds, and their ratios."""
    compile_sdk()
    taken: dict[str, list[Start]] = {"ours": [], "empty and boto3": []}
    with TemporaryDirectory() as name, topic() as sns:
        folder = Path(name)
        (folder / "measured.py").write_text(MEASURED, "utf-8")
        artifacts = {"ours": build(), "empty and boto3": empty_artifact(folder)}
        for _ in range(rounds + 1):
            for which, artifact in artifacts.items():
                taken[which].append(start(artifact, folder / "emulator.log", sns))
    ours, empty = (values[1:] for values in taken.values())  # the first of each warms the disk
    best = [min(one.wall for one in values) for values in (ours, empty)]
    cpu = [statistics.median(one.cpu for one in values) for values in (ours, empty)]
    return {
        "rounds": rounds,
        "ours_best_ms": round(best[0], 1),
        "ours_median_ms": round(statistics.median(one.wall for one in ours), 1),
        "empty_and_boto3_best_ms": round(best[1], 1),
        "empty_and_boto3_median_ms": round(statistics.median(one.wall for one in empty), 1),
        "ours_cpu_ms": round(cpu[0]),
        "empty_and_boto3_cpu_ms": round(cpu[1]),
        "ratio_of_best": round(best[0] / best[1], 2),
        "ratio_of_cpu": round(cpu[0] / cpu[1], 2),
        "ours_cpu_with_first_alert_ms": round(statistics.median(one.first for one in ours)),
    }


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("rounds", type=int, nargs="?", default=9)
    arguments.add_argument("--check", action="store_true", help=f"fail where the ratio is above {LIMIT}")
    options = arguments.parse_args()
    result = main(options.rounds)
    print(json.dumps(result, indent=2))
    raise SystemExit(1 if options.check and result["ratio_of_cpu"] > LIMIT else 0)
