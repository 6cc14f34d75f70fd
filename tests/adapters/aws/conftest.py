"""AWS as moto plays it, in process; no test here leaves it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from aws_lambda_powertools import Logger
from moto import mock_aws

from aws_lambda.batch import Invocation
from aws_lambda.clients import Clients
from aws_lambda.dead_letters import SqsDeadLetters
from aws_lambda.messages import Message, from_sqs
from aws_lambda.set_aside import SetAside
from aws_lambda.wrapped import Wrapped, unwrap
from gatewatch.ports import Notice, Ports
from gatewatch.stores import open_store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def clients() -> Clients:
    return Clients()


class Inbox:
    """A channel that keeps what it is given, or answers as told."""

    name = "sns"

    def __init__(self) -> None:
        self.got: list[Notice] = []
        self.answer: Exception | None = None

    def send(self, notice: Notice) -> None:
        if self.answer is not None:
            raise self.answer
        self.got.append(notice)


class Queue:
    """One moto queue and a look into it."""

    def __init__(self, clients: Clients, name: str) -> None:
        self._sqs = clients.sqs
        self.url = self._sqs.create_queue(QueueName=name)["QueueUrl"]

    def take(self) -> list[dict]:
        """Bodies and attributes, emptied."""
        found: list[dict] = []
        asked = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "AttributeNames": ["All"]}
        while batch := self._sqs.receive_message(QueueUrl=self.url, **asked).get("Messages", []):
            found += [
                {"body": m["Body"], "attributes": {k: v["StringValue"] for k, v in m.get("MessageAttributes", {}).items()}} for m in batch
            ]
            for message in batch:
                self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def records(self) -> list[Wrapped]:
        """What the function itself put there, emptied: everything is in the body."""
        found = self.take()
        assert all(not message["attributes"] for message in found)
        return [unwrap(message["body"]) or pytest.fail("no message of the function's own") for message in found]


def redriven_by_sqs(body: str, name: str = "m-2") -> Message:
    """A message that SQS's own redrive brought: it keeps the body and nothing else."""
    return from_sqs({"messageId": name, "body": body, "attributes": {}, "messageAttributes": {}})


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def dead_lettered_at(clients: Clients) -> Queue:
    return Queue(clients, "dead")


@pytest.fixture
def waiting(clients: Clients) -> Queue:
    return Queue(clients, "queue")


@pytest.fixture
def counted() -> dict[str, int]:
    return {}


@pytest.fixture
def invocation(clients: Clients, inbox: Inbox, dead_lettered_at: Queue, waiting: Queue, counted: dict[str, int]) -> Invocation:
    """The function's desk over the in-memory store."""

    def count(name: str, number: int) -> None:
        counted[name] = counted.get(name, 0) + number

    return Invocation(
        ports=Ports(store=open_store("memory:"), clock=lambda: NOW, channels=("sns",), notifiers={"sns": inbox}),
        dead_letters=SqsDeadLetters(dead_lettered_at.url, lambda: clients.sqs),
        set_aside=SetAside(waiting.url, lambda: clients.sqs),
        log=Logger(service="gatewatch"),
        count=count,
        renew=lambda: False,
    )
