"""Dead letters in SQS, for `gatewatch deadletter`."""

import base64
import gzip
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from gatewatch.errors import ConfigError, GatewatchError
from gatewatch.flow.dead_letters import Letter
from gatewatch.model import RawRecord

from .clients import Clients
from .dead_letters import attributes
from .messages import ENCODING, FIRST_SENT, PACKED, from_milliseconds, to_milliseconds

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

LOOK_SECONDS = 300
"""How long what was looked at stays hidden from others; ``close`` ends it earlier."""

_QUEUE = re.compile(r"https?://[^/]*(sqs|localhost|127\.0\.0\.1)[^/]*/(\d{12}/)?[A-Za-z0-9_-]+", re.IGNORECASE)


def open_box(address: str, to: str | None, _: Mapping[str, str]) -> "SqsBox | None":
    """The queue at an address, None when it is no SQS queue. Region and credentials come from the environment, as for every AWS tool."""
    if not _QUEUE.fullmatch(address):
        return None
    with _named_errors():
        return SqsBox(address, to, Clients().sqs)


class SqsBox:
    """A dead letter queue: what the function parked, what the queue gave up on, and what EventBridge could not deliver."""

    def __init__(self, address: str, to: str | None, sqs: "SQSClient") -> None:
        self._address, self._to, self._sqs = address, to, sqs
        self._handles: dict[str, list[str]] = {}
        self._sent: dict[str, datetime | None] = {}

    def letters(self) -> list[Letter]:
        """Everything that is visible now; parts of one record are one letter."""
        groups: dict[str, list[MessageTypeDef]] = defaultdict(list)
        with _named_errors():
            received = self._receive()
        for message in received:
            words = _words(message)
            groups[words.get("record") or hashlib.sha256(_text([message]).encode()).hexdigest()].append(message)
        for identity, messages in groups.items():
            self._handles[identity] = [message["ReceiptHandle"] for message in messages]
        return [self._letter(identity, messages) for identity, messages in groups.items()]

    def redrive(self, letter: Letter) -> None:
        """Into the queue that the function reads; only then out of this one."""
        if letter.problem:
            raise GatewatchError(letter.problem)
        sent = self._sent.get(letter.id)
        words = {FIRST_SENT: to_milliseconds(sent)} if sent else {}
        with _named_errors():
            self._sqs.send_message(QueueUrl=self._target(), MessageBody=letter.text, MessageAttributes=attributes(words))
            for handle in self._handles.pop(letter.id):
                self._sqs.delete_message(QueueUrl=self._address, ReceiptHandle=handle)

    def close(self) -> None:
        """What was looked at and not redriven is visible again at once."""
        with _named_errors():
            for handle in (handle for handles in self._handles.values() for handle in handles):
                self._sqs.change_message_visibility(QueueUrl=self._address, ReceiptHandle=handle, VisibilityTimeout=0)
        self._handles.clear()

    def _receive(self) -> "list[MessageTypeDef]":
        found: dict[str, MessageTypeDef] = {}
        while True:
            batch = self._sqs.receive_message(
                QueueUrl=self._address,
                MaxNumberOfMessages=10,
                VisibilityTimeout=LOOK_SECONDS,
                WaitTimeSeconds=1,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            if not batch:
                return list(found.values())
            found |= {message["MessageId"]: message for message in batch}

    def _letter(self, identity: str, messages: "Sequence[MessageTypeDef]") -> Letter:
        words = _words(messages[0])
        problem = _missing(messages)
        text, record = _text(messages), None
        sent = from_milliseconds(words[FIRST_SENT]) if FIRST_SENT in words else None
        self._sent[identity] = sent
        if not problem:
            try:
                record = RawRecord(data=msgspec.json.decode(text), fetched=sent, origin=words.get("origin", ""))
            except msgspec.DecodeError:
                record = None  # what is no JSON may be redriven all the same, after the function has learnt to read it
        stamp = messages[0].get("Attributes", {}).get("SentTimestamp")
        return Letter(
            id=identity,
            reason=words.get("reason") or words.get("ERROR_CODE") or "too_many_receives",
            detail=words.get("detail") or words.get("ERROR_MESSAGE") or words.get("RULE_ARN", ""),
            origin=words.get("origin", messages[0]["MessageId"]),
            parked=from_milliseconds(stamp) if stamp else None,
            text=text,
            record=record,
            problem=problem,
        )

    def _target(self) -> str:
        """``--to``, or the one queue whose redrive policy names this one; raises ``ConfigError``."""
        if self._to is None:
            arn = self._sqs.get_queue_attributes(QueueUrl=self._address, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            sources = self._sqs.list_dead_letter_source_queues(QueueUrl=self._address).get("queueUrls", [])
            if len(sources) != 1:
                raise ConfigError(f"{len(sources)} queues send their dead letters to {arn}: say --to QUEUE_URL")
            self._to = sources[0]
        return self._to


@contextmanager
def _named_errors() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with boto3, see clients.py

    try:
        yield
    except ClientError as error:
        raise GatewatchError(f"SQS answered {error.response.get('Error', {}).get('Code', 'unknown')}") from error
    except BotoCoreError as error:
        raise GatewatchError(f"SQS: {error}") from error


def _words(message: "MessageTypeDef") -> dict[str, str]:
    return {name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}


def _number(message: "MessageTypeDef") -> tuple[int, int]:
    number, _, total = _words(message).get("part", "1/1").partition("/")
    return int(number), int(total)


def _missing(messages: "Sequence[MessageTypeDef]") -> str:
    have = {_number(message)[0] for message in messages}
    total = _number(messages[0])[1]
    lacking = [str(number) for number in range(1, total + 1) if number not in have]
    return f"of its {total} parts these were not visible: {', '.join(lacking)}; try again in {LOOK_SECONDS} s" if lacking else ""


def _text(messages: "Sequence[MessageTypeDef]") -> str:
    """The record as it came; of a letter with missing parts, or a damaged one, the bodies as they are."""
    parts = {_number(message)[0]: message["Body"] for message in messages}
    joined = "".join(parts[number] for number in sorted(parts))
    if _words(messages[0]).get(ENCODING) != PACKED:
        return joined
    try:
        return gzip.decompress(base64.b64decode(joined, validate=True)).decode()
    except (ValueError, OSError, EOFError):
        return joined
