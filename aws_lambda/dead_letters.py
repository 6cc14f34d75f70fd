"""Parks poison records, with the reason, where ``gatewatch deadletter`` finds them."""

import base64
import gzip
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from .messages import ENCODING, FIRST_SENT, PACKED, Message, to_milliseconds

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

PLAIN_BYTES = 48 * 1024  # the same bound on both clouds: Azure Storage messages end at 64 KiB
PART_BYTES = 240 * 1024  # SQS: 256 KiB a message with its attributes
DETAIL_CHARACTERS = 300


class DeadLetters:
    """The dead letter queue. What the SDK raises passes through: the record is then reported as failed and comes again."""

    def __init__(self, queue_url: str, client: Callable[[], "SQSClient"]) -> None:
        self._queue = queue_url
        self._client = client

    def park(self, message: Message, reason: str, detail: str = "") -> None:
        """Send the record as it came; above 48 KiB compressed, and in parts where even that is too much."""
        parts, packed = split(message)
        shared = {"reason": reason, "detail": printable(detail), "origin": message.id, FIRST_SENT: to_milliseconds(message.sent)}
        if packed:
            shared[ENCODING] = PACKED
        if len(parts) > 1:
            shared["record"] = hashlib.sha256(message.body.encode()).hexdigest()
        for number, part in enumerate(parts, 1):
            own = {"part": f"{number}/{len(parts)}"} if len(parts) > 1 else {}
            self._client().send_message(QueueUrl=self._queue, MessageBody=part, MessageAttributes=attributes(shared | own))


def split(message: Message) -> tuple[list[str], bool]:
    """The bodies to send, and whether they are compressed."""
    if message.packed or len(message.body.encode()) <= PLAIN_BYTES:
        return _parts(message.body), message.packed
    packed = base64.b64encode(gzip.compress(message.body.encode(), mtime=0)).decode()
    return _parts(packed), True


def _parts(body: str) -> list[str]:
    if len(body.encode()) <= PART_BYTES:
        return [body]
    return [body[start : start + PART_BYTES] for start in range(0, len(body), PART_BYTES)]


def printable(text: str) -> str:
    """What an attacker may have written, as one bounded line."""
    return "".join(c if c.isprintable() else " " for c in text)[:DETAIL_CHARACTERS].strip()


def attributes(words: dict[str, str]) -> "dict[str, MessageAttributeValueTypeDef]":
    """Message attributes; SQS refuses empty ones."""
    return {name: {"DataType": "String", "StringValue": value} for name, value in words.items() if value}
