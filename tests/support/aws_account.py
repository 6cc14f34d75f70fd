"""An AWS account on loopback that CloudFormation can deploy into, with IAM enforced: MiniStack, and `sam deploy` against it."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from scripts.local_cloud.lambda_artifact import ROOT, Artifact, CannotBuildError, environment
from scripts.local_cloud.lambda_emulator import REGION, free_port
from scripts.local_cloud.lambda_runtime import ACCOUNT

START_SECONDS = 60
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}


class Account:
    """One account; the process group is killed at the end, Lambda workers included."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.endpoint = ""

    def __enter__(self) -> Self:
        python = environment(".venv-ministack", "requirements/ministack.txt") / "bin" / "python"
        self._tools = environment(".venv-sam", "requirements/sam.txt") / "bin"
        port = free_port()
        (self._folder / "s3").mkdir(parents=True)
        places = {"TMPDIR": str(self._folder), "STATE_DIR": str(self._folder), "S3_DATA_DIR": str(self._folder / "s3")}
        switches = {"AUTH": "true", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "MINISTACK_ACCOUNT_ID": ACCOUNT}
        address = {"BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
        with (self._folder / "ministack.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(python), str(ROOT / "tests" / "support" / "ministack_launch.py")],
                env={**os.environ, **places, **switches, **address, "PATH": f"{self._tools}:{os.environ['PATH']}"},
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.endpoint = f"http://127.0.0.1:{port}"
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)

    def client(self, service: str) -> Any:
        """A client with an administrator's rights."""
        retries = Config(retries={"total_max_attempts": 2})
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}
        return boto3.client(service, endpoint_url=self.endpoint, config=retries, **keys)

    def deploy(self, artifact: Artifact, stack: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """`sam deploy` of the built template; the stack's outputs. Raises ``CannotBuildError`` with what sam said."""
        command = [str(self._tools / "sam"), "deploy", "--template-file", str(artifact.template), "--stack-name", stack]
        command += ["--s3-bucket", "artifacts", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar"]
        command += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
        here = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": self.endpoint, "SAM_CLI_TELEMETRY": "0"}
        done = subprocess.run(command, cwd=self._folder, env=here, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotBuildError(f"sam deploy failed: {done.stdout[-2000:]}{done.stderr[-1000:]}")
        (found,) = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}

    def subscribe(self, topic_arn: str) -> str:
        """A new queue that gets what the topic publishes; its address."""
        sqs = self.client("sqs")
        url: str = sqs.create_queue(QueueName=f"inbox-{time.monotonic_ns()}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allow = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        self.client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn)
        return url

    def wait_for(self, queue_url: str, seconds: float = 60) -> list[dict[str, Any]]:
        """The first messages to arrive, taken out; empty when none came in time."""
        sqs, until = self.client("sqs"), time.monotonic() + seconds
        while time.monotonic() < until:
            found = sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get(
                "Messages", []
            )
            for message in found:
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            if found:
                return list(found)
        return []

    def wait_until_done(self, queue_url: str, seconds: float = 60) -> None:
        """Until the queue is empty: every message that was in it has been acknowledged."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
            if not any(int(value) for value in found.values()):
                return
            threading.Event().wait(0.2)

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            with contextlib.suppress(BotoCoreError, ClientError):
                self.client("s3").create_bucket(Bucket="artifacts")
                return
            threading.Event().wait(0.2)
        raise CannotBuildError(f"MiniStack did not start: {(self._folder / 'ministack.log').read_text('utf-8', 'replace')[-1000:]}")
