"""One installation in the emulator: the stack, its queue and topic, a real Elasticsearch behind a door, and a subscriber."""

import hashlib
import json
import os
import re
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from aws_lambda import sign_ins_seen
from gatewatch.model import Alert
from gatewatch.ports import AlertQuery
from gatewatch.stores.elastic import ElasticStore
from scripts.local_cloud.lambda_artifact import ROOT, Artifact, architecture, build
from scripts.local_cloud.lambda_emulator import REGION
from tests.elastic_server.fixtures import Elastic
from tests.support.aws_account import KEYS, Account
from tests.support.tcp_gate import Gate

STACK = "gatewatch"
SWEEP = {"source": "gatewatch", "action": "sweep"}
SECONDS = 90


class FailedError(Exception):
    """What was expected did not come."""


class Installation:
    """What the scenarios work with."""

    def __init__(self, account: Account, elastic: Elastic, gate: Gate, folder: Path) -> None:
        self.account, self.elastic, self.gate, self._folder = account, elastic, gate, folder
        self.namespace = f"e2eaws{uuid4().hex[:8]}"
        self.artifact = build()
        self.outputs: dict[str, str] = {}
        self.inbox = ""
        self.topic = ""
        key = elastic.key.header().removeprefix("ApiKey ") if elastic.key else ""
        ca = elastic.server.ca
        if ca is None:
            raise FailedError("the stack is deployed in front of an Elasticsearch with TLS")
        self.parameters = {
            "ElasticUrl": f"https://{urlsplit(elastic.server.url).hostname}:{gate.port}",
            "ElasticApiKeySecretArn": account.client("secretsmanager").create_secret(Name="key", SecretString=key)["ARN"],
            "ElasticCaFingerprint": hashlib.sha256(ssl.PEM_cert_to_DER_cert(ca.read_text("ascii"))).hexdigest(),
            "ElasticNamespace": self.namespace,
            "Architecture": architecture(),
            "RequireTls": "false",  # the account is plain HTTP on loopback
        }

    def deploy(self, template: Path | None = None, **changes: str) -> None:
        """Deploy a template, or the built one; parameters that it does not know are left out."""
        chosen = template or self.artifact.template
        known = chosen.read_text("utf-8")
        self.parameters |= changes
        given = {name: value for name, value in self.parameters.items() if re.search(rf"^  {name}:", known, re.MULTILINE)}
        self.outputs = self.account.deploy(Artifact(self.artifact.function, self.artifact.layer, chosen), STACK, given)
        if self.topic != self.outputs["TopicArn"]:
            self.topic = self.outputs["TopicArn"]
            self.inbox = self.account.subscribe(self.topic)

    def landed_template(self) -> tuple[str, Path]:
        """The last committed template that is not this one, with the code of this build."""
        history = _git("log", "-40", "--format=%h", "--", "template.yaml").split()
        now = (ROOT / "template.yaml").read_text("utf-8")
        name = next(one for one in history if _git("show", f"{one}:template.yaml") != now)
        text = _git("show", f"{name}:template.yaml")
        text = text.replace("CodeUri: aws_lambda/", f"CodeUri: {self.artifact.function}").replace(
            "ContentUri: shared/", f"ContentUri: {self.artifact.layer}"
        )
        return name, self.written("landed.yaml", text)

    def written(self, name: str, text: str) -> Path:
        """A template beside the built one, so that the files it names are found."""
        file = self._folder / name
        for name_of, of in (("LicenseUrl", "LICENSE"), ("ReadmeUrl", "README.md")):
            text = re.sub(rf"{name_of}: \S+", f"{name_of}: {ROOT / of}", text)
        file.write_text(text, "utf-8")
        return file

    def emit(self, *records: Mapping[str, Any], source: str = "aws.signin") -> None:
        """As AWS emits them, on the default bus, ten at a time."""
        entries = [{"Source": source, "DetailType": "AWS Console Sign In via CloudTrail", "Detail": json.dumps(one)} for one in records]
        for start in range(0, len(entries), 10):
            answer = self.account.client("events").put_events(Entries=entries[start : start + 10])
            if answer["FailedEntryCount"]:
                raise FailedError(f"put_events: {answer}")

    def told(self, number: int, seconds: float = SECONDS) -> list[str]:
        """The subjects of exactly so many messages; raises ``FailedError`` when others came, or none."""
        found: list[str] = []
        until = time.monotonic() + seconds
        while len(found) < number and time.monotonic() < until:
            found += [json.loads(one["Body"])["Subject"] for one in self.account.wait_for(self.inbox, 2)]
        found += [json.loads(one["Body"])["Subject"] for one in self.account.wait_for(self.inbox, 1)]
        if len(found) != number:
            raise FailedError(f"{number} messages expected, {len(found)} came: {found[:5]}")
        return found

    def idle(self, seconds: float = SECONDS) -> None:
        """Until the queue is empty."""
        self.until(lambda: not self.waiting(self.outputs["QueueUrl"]), "the queue did not run empty", seconds)

    def waiting(self, url: str) -> int:
        """Messages in a queue, also those that are being read."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(value) for value in found.values())

    def until(self, holds: Callable[[], object], otherwise: str, seconds: float = SECONDS) -> None:
        """Wait; raises ``FailedError``."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise FailedError(otherwise)
            threading.Event().wait(0.5)

    def alerts(self, account: str = "") -> list[Alert]:
        """What the index holds, of one account or of all."""
        with closing(ElasticStore(self.elastic.client(), namespace=self.namespace)) as store:
            return [one for one in store.search(AlertQuery(limit=1000)) if account in {"", one.key.account}]

    def seen(self) -> set[tuple[str, str]]:
        """The accounts and Regions whose hours of sign-in events the index knows."""
        with closing(ElasticStore(self.elastic.client(), namespace=self.namespace)) as store:
            return set(sign_ins_seen.read(store))

    def sweep(self) -> None:
        """As the schedule does."""
        answer = self.account.client("lambda").invoke(FunctionName=self.outputs["FunctionName"], Payload=json.dumps(SWEEP))
        if answer.get("FunctionError"):
            raise FailedError(answer["Payload"].read().decode())

    def gatewatch(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command line, in this account."""
        here = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": self.account.endpoint, "AWS_DEFAULT_REGION": REGION}
        return _run([sys.executable, "-m", "gatewatch.cli", *words], env=here)

    def log(self) -> str:
        """What the function wrote."""
        logs, name = self.account.client("logs"), f"/aws/lambda/{STACK}-detector"
        streams = logs.describe_log_streams(logGroupName=name)["logStreams"]
        events = [logs.get_log_events(logGroupName=name, logStreamName=one["logStreamName"])["events"] for one in streams]
        return "\n".join(event["message"] for each in events for event in each)


def _git(*words: str) -> str:
    return _run(["git", *words]).stdout


def _run(command: Sequence[str], env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
