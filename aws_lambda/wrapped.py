"""The bodies of messages that the function sends itself: a record, and what is known about it.

Everything is in the body. When SQS moves messages from a dead-letter queue back to their source, it keeps the body and nothing else.
"""

import base64
import binascii
import gzip
import hashlib
import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import structs

from gatewatch.model import Announcement

PLAIN_BYTES = 48 * 1024  # the same bound on both clouds: Azure Storage messages end at 64 KiB
PART_BYTES = 240 * 1024  # SQS took 256 KiB a message for many years
UNPACKED_BYTES = 8 * 1024 * 1024  # a packed record larger than this is refused, not unpacked

_BEGINS = '{"gatewatch":'


class Wrapped(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="gatewatch", tag="record"):
    """One such body. ``record`` is the text as it came, or packed (gzip, base64), or one part of the packed text."""

    record: str
    packed: bool = False
    first_sent: Annotated[datetime, msgspec.Meta(tz=True)] | None = None  # when EventBridge sent it
    announced: tuple[Announcement, ...] = ()  # notifications about it that were sent before it could be stored
    reason: str = ""  # why it is a dead letter
    detail: str = ""
    origin: str = ""  # the message that it came in
    whole: str = ""  # SHA-256 of the record of which this is a part
    part: int = 0  # from 1; 0 where the record is whole
    parts: int = 0


def unwrap(body: str) -> Wrapped | None:
    """What a body of our own says; None for any other body.

    Raises:
        ValueError: the body begins like one of our own and is damaged.
    """
    if not body.startswith(_BEGINS):
        return None
    try:
        return msgspec.convert(json.loads(body), Wrapped)
    except (ValueError, RecursionError):  # of no use as a cause: it quotes the body
        raise ValueError("the wrapper of this record is damaged") from None


def wrap(wrapped: Wrapped) -> str:
    """The body of one message; a large record is packed."""
    text = _written(wrapped)
    return (
        text
        if wrapped.packed or len(text) <= PLAIN_BYTES
        else _written(structs.replace(wrapped, record=_pack(wrapped.record), packed=True))
    )


def wrap_in_parts(wrapped: Wrapped) -> list[str]:
    """The bodies of as many messages as the record needs; a large record is packed, and split where even that is too large."""
    body = wrap(wrapped)
    if len(body) <= PART_BYTES:
        return [body]
    packed = wrapped.record if wrapped.packed else _pack(wrapped.record)
    pieces = [packed[start : start + PART_BYTES] for start in range(0, len(packed), PART_BYTES)]
    whole = structs.replace(wrapped, packed=True, whole=_digest(packed), parts=len(pieces))
    return [_written(structs.replace(whole, record=piece, part=number)) for number, piece in enumerate(pieces, 1)]


def text(parts: Sequence[Wrapped]) -> str:
    """The record as it came.

    Raises:
        ValueError: a part is missing, or the packed text is damaged or too large.
    """
    ordered = {each.part: each.record for each in parts}
    if len(ordered) < parts[0].parts:
        raise ValueError("a part of this record is missing")
    joined = "".join(ordered[number] for number in sorted(ordered))
    return _unpack(joined) if parts[0].packed else joined


def _written(wrapped: Wrapped) -> str:
    """ASCII only, so that a text which is no Unicode can be sent too, and a character is a byte."""
    fields: dict[str, Any] = msgspec.to_builtins(wrapped)
    return json.dumps(fields, separators=(",", ":"))


def _digest(packed: str) -> str:
    return hashlib.sha256(packed.encode()).hexdigest()


def _pack(record: str) -> str:
    return base64.b64encode(gzip.compress(record.encode("utf-8", "surrogatepass"), mtime=0)).decode()


def _unpack(packed: str) -> str:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(base64.b64decode(packed, validate=True))) as file:
            found = file.read(UNPACKED_BYTES + 1)
        if len(found) > UNPACKED_BYTES:
            raise ValueError("the packed record is too large")
        return found.decode("utf-8", "surrogatepass")
    except (binascii.Error, OSError, EOFError, UnicodeDecodeError) as error:
        raise ValueError("the packed record is damaged") from error
