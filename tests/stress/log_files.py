"""`make stress`: large log files through the function for the trail's bucket, read from a real HTTP server, in a process whose peak memory is measured.

python -m tests.stress.log_files [--only NAME]

What is left of an object comes back as SQS would bring it; one of them is read in invocations that are far too short for it.
"""

import argparse
import gzip
import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from aws_lambda_powertools import Logger
from moto.server import ThreadedMotoServer

from aws_lambda.batch import Invocation
from aws_lambda.bucket import SPARE_SECONDS, Bucket, take
from aws_lambda.bucket_objects import Objects
from aws_lambda.clients import Clients
from aws_lambda.dead_letters import SqsDeadLetters
from aws_lambda.live_events import LiveEvents
from aws_lambda.messages import Message, from_sqs
from aws_lambda.set_aside import SetAside
from gatewatch.cli import wiring
from gatewatch.ports import Ports
from gatewatch.stores import open_store
from tests.builders.aws import user_record
from tests.support.trail_bucket import BUCKET, key, notification

PEAK_MIB = 250
CHECKED, A_TURN = 216, 3
"""How often the first and every further short invocation may look at its clock: once for each 1,000 records checked, and once a chunk."""

ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


class LargeFile(NamedTuple):
    """How many records, how long each is (characters of padding), every how many is a login, and whether invocations are far too short."""

    records: int
    padding: int
    logins: int
    short: bool = False


FILES = {
    "10,000 records": LargeFile(10_000, 0, 50),
    "10,000 logins": LargeFile(10_000, 0, 1),
    "200 MB": LargeFile(210_000, 300, 500),
    "200 MB in short turns": LargeFile(210_000, 300, 500, short=True),
}


def written(file: LargeFile) -> Iterator[bytes]:
    """The text of a log file, piece by piece."""
    login = user_record("alice", eventTime="2026-11-21T11:50:00Z")
    call = {
        **login,
        "eventName": "DescribeInstances",
        "eventSource": "ec2.amazonaws.com",
        "eventType": "AwsApiCall",
        "responseElements": None,
    }
    call["requestParameters"] = {"filter": "x" * file.padding}
    yield b'{"Records":['
    for number in range(file.records):
        chosen = login if number % file.logins == 0 else call
        made = {**chosen, "eventID": f"{number:08d}", "eventTime": f"2026-11-21T11:{number // 60 % 60:02d}:{number % 60:02d}Z"}
        yield (b"," if number else b"") + json.dumps(made).encode()
    yield b"]}"


def put(file: LargeFile, s3: Any) -> tuple[str, int]:
    """Store it; the notification, and its size as text."""
    text = b"".join(written(file))
    etag = s3.put_object(Bucket=BUCKET, Key=key(), Body=gzip.compress(text, 1))["ETag"].strip('"')
    return notification(key(), etag=etag), len(text)


def read(body: str, *, short: bool) -> Mapping[str, Any]:
    """In this process: take the object until nothing is left of it."""
    clients, counted, looks = Clients(), dict[str, int](), [0]
    queues = {name: clients.sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("records", "refused", "objects")}

    def count(name: str, number: int) -> None:
        counted[name] = counted.get(name, 0) + number

    def remaining() -> float:
        looks[0] -= 1
        return SPARE_SECONDS + looks[0]

    bucket = Bucket(
        invocation=Invocation(
            ports=Ports(store=open_store("memory:"), clock=wiring.now, seeds=False),
            dead_letters=SqsDeadLetters(queues["records"], lambda: clients.sqs),
            set_aside=None,
            log=Logger(service="stress", level="CRITICAL"),
            count=count,
            renew=lambda: False,
        ),
        objects=Objects(lambda: clients.s3),
        name=BUCKET,
        prefix="",
        refused=SqsDeadLetters(queues["refused"], lambda: clients.sqs),
        again=SetAside(queues["objects"], lambda: clients.sqs, at_once=True),
        live=LiveEvents(["all"]),
        remaining=remaining,
    )
    turns, left = 0, [Message(id="m-0", body=body, sent=wiring.now())]
    while left:
        turns += 1
        looks[0] = (CHECKED if turns == 1 else A_TURN) if short else 10**9
        if take(left, bucket):
            raise SystemExit(f"turn {turns} came to nothing: {counted}")
        found = clients.sqs.receive_message(QueueUrl=queues["objects"]).get("Messages", [])
        left = [from_sqs({"messageId": f"m-{turns}", "body": one["Body"]}) for one in found]
        for one in found:
            clients.sqs.delete_message(QueueUrl=queues["objects"], ReceiptHandle=one["ReceiptHandle"])
    return {"turns": turns, "peak_mib": _peak_mib(), "cpu_s": round(time.process_time(), 1), **counted}


def _peak_mib() -> int:
    """Of this process alone: what ``getrusage`` says was inherited from the process that started it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(found[1]) // 1024 if found else 0


def main(only: str | None) -> int:
    """Every file in a process of its own; 0 if all ended whole and in bounded memory."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ.update({**ENVIRONMENT, "AWS_ENDPOINT_URL": f"http://{host}:{port}"})
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    failed = 0
    for name, file in FILES.items():
        if only not in {None, name}:
            continue
        body, size = put(file, s3)
        command = [sys.executable, "-m", "tests.stress.log_files", "--read", body, *(["--short"] if file.short else [])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr.strip()[-500:]}
        logins = -(-file.records // file.logins)
        good = said.get("Stored") == logins and said.get("Objects") == 1 and said["peak_mib"] <= PEAK_MIB + logins // 50
        failed += not good
        print(f"{name} ({size / 1e6:.0f} MB): {'ok' if good else 'FAILED'} {json.dumps(said)}", flush=True)
    server.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", choices=FILES)
    arguments.add_argument("--read", help=argparse.SUPPRESS)
    arguments.add_argument("--short", action="store_true", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.read:
        print(json.dumps(read(options.read, short=options.short)))
        raise SystemExit(0)
    raise SystemExit(main(options.only))
