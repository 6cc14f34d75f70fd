"""The real Lambda runtime without Docker or a cloud account.

The Runtime Interface Emulator and awslambdaric run the built artifact. boto3 reaches moto's SNS, SQS, Secrets Manager, SSM and EventBridge.
A poller does what an SQS event source mapping does.

    with Cloud() as cloud:
        stage = cloud.stage()                                       # queues, topic, rules of template.yaml
        with Emulator(build(), stage.environment(GATEWATCH_STORE="sqlite:FILE")) as function:
            stage.sign_in(record)                                   # EventBridge -> SQS, where a rule matches
            stage.poll(function)                                    # SQS -> function -> partial batch failures
            stage.inbox()                                           # what a subscriber of the topic got
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import boto3
import yaml
from botocore.config import Config
from moto.server import ThreadedMotoServer

from .lambda_artifact import ROOT, Artifact, CannotBuildError, build
from .lambda_emulator import REGION, Emulator, FunctionError

__all__ = ["Artifact", "CannotBuildError", "Cloud", "Emulator", "FunctionError", "Polled", "Stage", "build"]

ACCOUNT = "123456789012"
READS_TOO = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


class Rule(NamedTuple):
    """One rule of template.yaml on the default bus. ``condition`` names the parameter that switches it on, where there is one."""

    pattern: dict[str, Any]
    reads_too: bool  # also the management events that CloudTrail counts as read-only
    condition: str | None


class Polled(NamedTuple):
    """One turn of the event source mapping."""

    received: tuple[str, ...]
    failed: tuple[str, ...]
    error: str = ""

    @property
    def done(self) -> int:
        """Messages that were deleted."""
        return len(self.received) - len(self.failed)


class Cloud:
    """moto behind one endpoint on loopback; stages inside it do not see each other."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self.endpoint = ""

    def __enter__(self) -> Self:
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def client(self, service: str) -> Any:
        """A boto3 client of this cloud."""
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "aws_session_token": "test"}
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION, config=Config(retries={"total_max_attempts": 1}), **keys
        )

    def stage(self, api_key: str = "unused", *, webhook: str | None = None, options: bool = False) -> "Stage":
        """Fresh queues, topic, subscriber, secrets, and the rules as template.yaml writes them; with ``options`` those of parameters too."""
        return Stage(self, api_key, webhook, options=options)


class Stage:
    """What the template deploys around the function."""

    def __init__(self, cloud: Cloud, api_key: str, webhook: str | None, *, options: bool = False) -> None:
        self.cloud = cloud
        self.sqs, self.sns, self.events, self.secrets, self.ssm = map(cloud.client, ("sqs", "sns", "events", "secretsmanager", "ssm"))
        tag = uuid.uuid4().hex[:8]
        self.tag = tag
        self.dead_letter_queue_url = self._queue(f"dead-{tag}")
        redrive = {"deadLetterTargetArn": self._arn(f"dead-{tag}"), "maxReceiveCount": "1000"}
        self.queue_url = self._queue(f"queue-{tag}", VisibilityTimeout="360", RedrivePolicy=json.dumps(redrive))
        self.inbox_url = self._queue(f"inbox-{tag}")
        self.topic_arn = ""
        self.restore_topic()
        self.api_key_arn = self.secrets.create_secret(Name=f"key-{tag}", SecretString=api_key)["ARN"]
        self.webhook_arn = self.secrets.create_secret(Name=f"hook-{tag}", SecretString=webhook)["ARN"] if webhook else ""
        self.bus = self.events.create_event_bus(Name=f"bus-{tag}")["EventBusArn"]
        for name, rule in rules().items():
            if rule.condition is None or options:
                self.events.put_rule(Name=name, EventBusName=self.bus, EventPattern=json.dumps(rule.pattern))
                self.events.put_targets(Rule=name, EventBusName=self.bus, Targets=[{"Id": "queue", "Arn": self._arn(f"queue-{tag}")}])

    def restore_topic(self) -> None:
        """The topic and its one subscriber, also after somebody deleted them."""
        self.topic_arn = self.sns.create_topic(Name=f"topic-{self.tag}")["TopicArn"]
        self.sns.subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=self._arn(f"inbox-{self.tag}"))

    def environment(self, **more: str) -> dict[str, str]:
        """The function's variables, as the template sets them; add GATEWATCH_STORE, or ELASTIC_URL and ELASTIC_CA_FILE."""
        return {
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "ELASTIC_API_KEY_SECRET_ARN": self.api_key_arn,
            "ELASTIC_NAMESPACE": "default",
            "NOTIFICATION_TOPIC_ARN": self.topic_arn,
            "TEAMS_WEBHOOK_SECRET_ARN": self.webhook_arn,
            "NOTIFY_FROM": "tuning",
            "QUEUE_URL": self.queue_url,
            "DEAD_LETTER_QUEUE_URL": self.dead_letter_queue_url,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            **more,
        }

    def sign_in(self, record: Mapping[str, Any], detail_type: str = "AWS Console Sign In via CloudTrail") -> None:
        """One CloudTrail record through EventBridge; it reaches the queue where a rule matches."""
        entry = {"Source": "aws.signin", "DetailType": detail_type, "Detail": json.dumps(record), "EventBusName": self.bus}
        answer = self.events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise FunctionError("PutEventsFailed", str(answer))

    def send(self, body: str) -> None:
        """A message straight into the queue, past the rules."""
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=body)

    def poll(self, function: Emulator, limit: int = 10) -> Polled:
        """One batch: receive, invoke, delete what did not fail. What failed is visible again at once, where SQS would wait."""
        batch = self._receive(self.queue_url, limit)
        if not batch:
            return Polled((), ())
        ids = tuple(message["MessageId"] for message in batch)
        failed, error = set(ids), ""
        try:
            answer = function.invoke({"Records": [self._record(message) for message in batch]})
            failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        except FunctionError as raised:
            error = str(raised)
        for message in batch:
            handle = {"QueueUrl": self.queue_url, "ReceiptHandle": message["ReceiptHandle"]}
            if message["MessageId"] in failed:
                self.sqs.change_message_visibility(**handle, VisibilityTimeout=0)
            else:
                self.sqs.delete_message(**handle)
        return Polled(ids, tuple(sorted(failed)), error)

    def inbox(self) -> list[dict[str, Any]]:
        """What the topic's subscriber got since it last looked: Subject, Message, MessageAttributes."""
        return [json.loads(message["Body"]) for message in self._drain(self.inbox_url)]

    def dead_letters(self) -> list[dict[str, Any]]:
        """The dead letters since it last looked: ``record``, ``reason``, ``origin`` and what else their bodies say."""
        return [json.loads(message["Body"]) for message in self._drain(self.dead_letter_queue_url)]

    def redrive(self) -> None:
        """SQS's own redrive: back to the queue, the body and nothing else."""
        for message in self._drain(self.dead_letter_queue_url):
            self.send(message["Body"])

    def waiting(self) -> int:
        """Messages in the queue: visible, in flight and delayed."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=names)["Attributes"]
        return sum(int(value) for value in found.values())

    def _queue(self, name: str, **attributes: str) -> str:
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def _arn(self, name: str) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def _receive(self, url: str, limit: int = 10) -> list[dict[str, Any]]:
        asked = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"], "WaitTimeSeconds": 0}
        return self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=limit, **asked).get("Messages", [])

    def _drain(self, url: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while batch := self._receive(url):
            found += batch
            for message in batch:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def _record(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """A message as an event source mapping hands it over."""
        words = message.get("MessageAttributes", {})
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {k: {"stringValue": v["StringValue"], "dataType": v["DataType"]} for k, v in words.items()},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn(f"queue-{self.tag}"),
            "awsRegion": REGION,
        }


def rules() -> dict[str, Rule]:
    """The rules of the template on the default bus, by name."""
    resources = yaml.load((ROOT / "template.yaml").read_text("utf-8"), Loader=_Template)["Resources"]  # noqa: S506 - a SafeLoader
    return {
        name: Rule(one["Properties"]["EventPattern"], one["Properties"].get("State") == READS_TOO, one.get("Condition"))
        for name, one in resources.items()
        if one["Type"] == "AWS::Events::Rule" and "EventPattern" in one["Properties"] and "EventBusName" not in one["Properties"]
    }


class _Template(yaml.SafeLoader):
    """Reads CloudFormation's short forms as text."""


_Template.add_multi_constructor("!", lambda *_: None)
