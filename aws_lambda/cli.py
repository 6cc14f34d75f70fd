"""Dead letters in SQS, for `gatewatch deadletter`."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import structs

from gatewatch.errors import ConfigError, GatewatchError
from gatewatch.flow.dead_letters import DeadLetter, DeadLetterQueue
from gatewatch.model import RawRecord

from .clients import Clients
from .messages import from_milliseconds
from .wrapped import Wrapped, text, unwrap, wrap

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

LOOK_SECONDS = 300
"""How long what was looked at stays hidden from others; ``close`` ends it earlier."""

_QUEUE = re.compile(r"https?://[^/]*(sqs|localhost|127\.0\.0\.1)[^/]*/(\d{12}/)?[A-Za-z0-9_-]+", re.IGNORECASE)


def open_dead_letters(address: str, to: str | None, _: Mapping[str, str]) -> DeadLetterQueue | None:
    """The queue at an address, or the queues behind a StackSet; None when it is neither. Region and credentials come from the environment."""
    if address.startswith("stackset:"):
        from .forwarders import open_forwarders  # noqa: PLC0415 - only for an organisation

        return open_forwarders(address, to)
    if not _QUEUE.fullmatch(address):
        return None
    with named_errors():
        return SqsDeadLetterQueue(address, to, Clients().sqs)


class SqsDeadLetterQueue:
    """A dead letter queue: what the function parked, what the queue gave up on, and what EventBridge could not deliver."""

    def __init__(self, address: str, to: str | None, sqs: "SQSClient", home: "SQSClient | None" = None) -> None:
        """``home`` sends to the target, where that is in another account or Region than the dead letters."""
        self._address, self._to, self._sqs, self._home = address, to, sqs, home or sqs
        self._handles: dict[str, list[str]] = {}
        self._known: dict[str, Wrapped] = {}

    def is_empty(self) -> bool:
        """Whether SQS counts no visible message; its counts lag by about a minute."""
        name: Literal["ApproximateNumberOfMessages"] = "ApproximateNumberOfMessages"
        with named_errors():
            return self._sqs.get_queue_attributes(QueueUrl=self._address, AttributeNames=[name])["Attributes"].get(name) == "0"

    def dead_letters(self) -> list[DeadLetter]:
        """Everything that is visible now; parts of one record are one letter."""
        groups: dict[str, list[tuple[MessageTypeDef, Wrapped]]] = defaultdict(list)
        with named_errors():
            received = self._receive()
        for message in received:
            wrapped = _wrapped(message)
            groups[_identity(wrapped)].append((message, wrapped))
        for identity, found in groups.items():
            self._handles[identity] = [message["ReceiptHandle"] for message, _ in found]
            self._known[identity] = _together([wrapped for _, wrapped in found])
        return [self._dead_letter(identity, found) for identity, found in groups.items()]

    def redrive(self, dead_letter: DeadLetter) -> None:
        """Into the queue that the function reads; only then out of this one."""
        if dead_letter.problem:
            raise GatewatchError(dead_letter.problem)
        known = self._known[dead_letter.id]
        body = wrap(Wrapped(record=dead_letter.text, first_sent=known.first_sent, announced=known.announced))
        with named_errors():
            self._home.send_message(QueueUrl=self._target(), MessageBody=body)
            for handle in self._handles.pop(dead_letter.id):
                self._sqs.delete_message(QueueUrl=self._address, ReceiptHandle=handle)

    def close(self) -> None:
        """What was looked at and not redriven is visible again at once."""
        with named_errors():
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

    def _dead_letter(self, identity: str, found: "Sequence[tuple[MessageTypeDef, Wrapped]]") -> DeadLetter:
        message, wrapped = found[0]
        eventbridge = _attributes(message)
        whole, problem = _whole([each for _, each in found])
        stamp = message.get("Attributes", {}).get("SentTimestamp")
        return DeadLetter(
            id=identity,
            reason=wrapped.reason or eventbridge.get("ERROR_CODE") or "too_many_receives",
            detail=wrapped.detail or eventbridge.get("ERROR_MESSAGE") or eventbridge.get("RULE_ARN", ""),
            origin=wrapped.origin or message["MessageId"],
            dead_lettered_at=from_milliseconds(stamp) if stamp else None,
            text=whole,
            record=None if problem else _record(whole, wrapped),
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
def named_errors(asked: str = "SQS") -> Iterator[None]:
    """Errors of AWS as ``GatewatchError``, named by what was asked and by AWS's code."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with boto3, see clients.py

    try:
        yield
    except ClientError as error:
        raise GatewatchError(f"{asked} answered {error.response.get('Error', {}).get('Code', 'unknown')}") from error
    except BotoCoreError as error:
        raise GatewatchError(f"{asked}: {error}") from error


def _attributes(message: "MessageTypeDef") -> dict[str, str]:
    """What EventBridge says of an event that it could not deliver; our own dead letters have none."""
    return {name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}


def _wrapped(message: "MessageTypeDef") -> Wrapped:
    """The body as ours; one that others put there, or a damaged one, as it is."""
    try:
        return unwrap(message["Body"]) or Wrapped(record=message["Body"])
    except ValueError:
        return Wrapped(record=message["Body"])


def _together(found: Sequence[Wrapped]) -> Wrapped:
    """What is known of a record that was dead-lettered several times."""
    announced = dict.fromkeys(announcement for wrapped in found for announcement in wrapped.announced)
    first_sent = min((wrapped.first_sent for wrapped in found if wrapped.first_sent), default=None)
    return structs.replace(found[0], announced=tuple(announced), first_sent=first_sent)


def _identity(wrapped: Wrapped) -> str:
    """The same for the same record, and for every part of it."""
    return wrapped.whole or hashlib.sha256(_whole([wrapped])[0].encode("utf-8", "surrogatepass")).hexdigest()


def _whole(parts: Sequence[Wrapped]) -> tuple[str, str]:
    """The record as it came, and why it cannot go back; of one with missing parts, or a damaged one, the bodies as they are."""
    have = {part.part for part in parts}
    lacking = [str(number) for number in range(1, parts[0].parts + 1) if number not in have]
    if lacking:
        missing = f"of its {parts[0].parts} parts these were not visible: {', '.join(lacking)}; try again in {LOOK_SECONDS} s"
        return "".join(part.record for part in parts), missing
    try:
        return text(parts), ""
    except ValueError:
        return "".join(part.record for part in parts), ""


def _record(whole: str, wrapped: Wrapped) -> RawRecord | None:
    """None for what is no JSON: it may be redriven all the same, after the function has learnt to read it."""
    try:
        return RawRecord(data=msgspec.json.decode(whole), fetched=wrapped.first_sent, origin=wrapped.origin)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
