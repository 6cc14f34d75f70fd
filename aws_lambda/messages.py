"""What arrives: SQS messages, or one EventBridge event delivered directly, as one shape."""

import base64
import binascii
import gzip
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from gatewatch.model import RawRecord
from gatewatch.reading.json_text import parse

ANNOUNCED = "announced"  # message attribute: channels already told, separated by commas
FIRST_SENT = "first_sent"  # message attribute: when EventBridge sent it, for a message that was sent again
ENCODING = "encoding"  # message attribute of dead letters: "gzip+base64" where the body is packed
PACKED = "gzip+base64"
UNPACKED_BYTES = 8 * 1024 * 1024  # a packed body larger than this is refused, not unpacked


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery; ``body`` is the record as text, as EventBridge wrote it."""

    id: str
    body: str
    sent: datetime
    receives: int = 1
    announced: tuple[str, ...] = ()
    packed: bool = False

    def record(self) -> RawRecord:
        """The raw record.

        Raises:
            ValueError: the body is no JSON, or cannot be unpacked.
        """
        text: str | bytes = _unpack(self.body) if self.packed else self.body
        return RawRecord(data=parse(text), fetched=self.sent, origin=self.id, announced=self.announced)


def from_sqs(record: Mapping[str, Any]) -> Message:
    """One record of an SQS event; the fetch time is when the message was first sent."""
    attributes = record.get("attributes", {})
    words = {name: value.get("stringValue", "") for name, value in record.get("messageAttributes", {}).items()}
    sent = words.get(FIRST_SENT) or attributes.get("SentTimestamp", "0")
    return Message(
        id=record["messageId"],
        body=record["body"],
        sent=from_milliseconds(sent),
        receives=int(attributes.get("ApproximateReceiveCount", "1")),
        announced=tuple(part for part in words.get(ANNOUNCED, "").split(",") if part),
        packed=words.get(ENCODING) == PACKED,
    )


def direct(event: Mapping[str, Any], request_id: str, now: datetime) -> Message:
    """An event that EventBridge delivered without a queue."""
    return Message(id=str(event.get("id") or request_id), body=json.dumps(event), sent=now)


def from_milliseconds(text: str) -> datetime:
    """A moment from SQS's milliseconds since 1970."""
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def to_milliseconds(moment: datetime) -> str:
    """The inverse of ``from_milliseconds``."""
    return str(round(moment.timestamp() * 1000))


def _unpack(body: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(base64.b64decode(body, validate=True))) as packed:
            text = packed.read(UNPACKED_BYTES + 1)
    except (binascii.Error, OSError, EOFError) as error:
        raise ValueError("the packed body is damaged") from error
    if len(text) > UNPACKED_BYTES:
        raise ValueError("the packed body is too large")
    return text
