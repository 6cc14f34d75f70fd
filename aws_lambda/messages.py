"""What arrives: SQS messages, or one EventBridge event delivered directly, as one shape."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from gatewatch.model import Announcement, RawRecord
from gatewatch.reading.json_text import parse

from . import wrapped

DAMAGED = "damaged_wrapper"
PART = "part_of_a_record"
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery; ``body`` is the record as text, as EventBridge wrote it. Message attributes say nothing and are not read."""

    id: str
    body: str
    sent: datetime
    receives: int = 1
    announced: tuple[Announcement, ...] = ()
    packed: bool = False
    problem: str = ""  # why ``body`` is the whole message and no record: ``DAMAGED`` or ``PART``

    def record(self) -> RawRecord:
        """The raw record.

        Raises:
            ValueError: the body is no JSON, or cannot be unpacked.
        """
        text = wrapped.text([wrapped.Wrapped(record=self.body, packed=True)]) if self.packed else self.body
        return RawRecord(data=parse(text), fetched=self.sent, origin=self.id, announced=self.announced)


def from_sqs(record: Mapping[str, Any]) -> Message:
    """One record of an SQS event; the fetch time is when the message was first sent. Whatever a sender may have written, nothing is raised."""
    attributes = record.get("attributes", {})
    name, body = record["messageId"], record["body"]
    sent = from_milliseconds(attributes.get("SentTimestamp"))
    receives = _whole_number(attributes.get("ApproximateReceiveCount"), 1)
    try:
        ours = wrapped.unwrap(body)
    except ValueError:
        return Message(id=name, body=body, sent=sent, receives=receives, problem=DAMAGED)
    if ours is None:
        return Message(id=name, body=body, sent=sent, receives=receives)
    if ours.parts > 1:
        return Message(id=name, body=body, sent=sent, receives=receives, problem=PART)
    first = ours.first_sent or sent
    return Message(id=name, body=ours.record, sent=first, receives=receives, announced=ours.announced, packed=ours.packed)


def direct(event: Mapping[str, Any], request_id: str, now: datetime) -> Message:
    """An event that EventBridge delivered without a queue."""
    return Message(id=str(event.get("id") or request_id), body=json.dumps(event), sent=now)


def from_milliseconds(text: object) -> datetime:
    """A moment from SQS's milliseconds since 1970; 1970 where there are none."""
    try:
        return datetime.fromtimestamp(_whole_number(text, 0) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return _UNKNOWN


def _whole_number(text: object, otherwise: int) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 20 else otherwise
