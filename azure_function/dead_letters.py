"""Records nobody can take, kept in a Storage queue with their reason; a Table row each remembers what is in it already."""

import base64
import gzip
import hashlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.reading.json_text import shown

from .explanations import of_storage

if TYPE_CHECKING:
    from azure.data.tables import TableClient

LOG = logging.getLogger(__name__)
MESSAGE_BYTES = 48 * 1024
"""One message before base64; the service ends at 64 KiB after it (Microsoft Learn, "Azure Queue Storage limits")."""
ENVELOPE_BYTES = 4 * 1024
"""What a message holds beside its part of the body."""
DETAIL_CHARACTERS = 500
FOREVER = -1


class MessageQueue(Protocol):
    """What is needed of a Storage queue; both raise ``AzureError``."""

    def send_message(self, content: str, *, time_to_live: int) -> object:
        """Puts a message into it."""
        ...

    def create_queue(self) -> object:
        """Makes it."""
        ...


class QueueDeadLetters:
    """Puts each refused record into the queue once, however often the overlap reads it again."""

    def __init__(self, queue: MessageQueue, table: "TableClient", tenant: str) -> None:
        self._queue = queue
        self._table = table
        self._partition = f"{tenant}|dead-letters"

    def put(self, raw: RawRecord, reason: str, detail: str) -> bool:
        """Queue first, then memory: a crash between the two doubles a letter and never loses one. Raises ``StoreUnavailable``."""
        from azure.core.exceptions import AzureError, HttpResponseError  # noqa: PLC0415 - heavy

        key = identity(raw, reason)
        try:
            if self._is_kept(key):
                return False
            LOG.error("a record from %s goes to the dead letters: %s", raw.origin, reason)
            for message in messages(raw, reason, detail):
                self._send(message)
            self._table.upsert_entity({"PartitionKey": self._partition, "RowKey": key, "reason": reason})
        except AzureError as error:
            status = error.status_code if isinstance(error, HttpResponseError) else None
            raise StoreUnavailable(f"a record waits to be dead-lettered: {of_storage(type(error).__name__, status)}") from error
        return True

    def _send(self, message: str) -> None:
        from azure.core.exceptions import ResourceNotFoundError  # noqa: PLC0415 - heavy

        try:
            self._queue.send_message(message, time_to_live=FOREVER)
        except ResourceNotFoundError:
            self._queue.create_queue()
            self._queue.send_message(message, time_to_live=FOREVER)

    def _is_kept(self, key: str) -> bool:
        from azure.core.exceptions import ResourceNotFoundError  # noqa: PLC0415 - heavy

        try:
            self._table.get_entity(self._partition, key)
        except ResourceNotFoundError:
            return False
        return True


def identity(raw: RawRecord, reason: str) -> str:
    """What makes two dead letters the same: the record and the reason, not when it was fetched."""
    return hashlib.sha256(_canonical((shown(raw.data), raw.tenant, reason))).hexdigest()


def messages(raw: RawRecord, reason: str, detail: str) -> Iterator[str]:
    """The dead letter as queue messages: one where it fits, else compressed, else compressed and in parts that say so."""
    body = _canonical(shown(raw.data))
    room = MESSAGE_BYTES - ENVELOPE_BYTES
    head: dict[str, Any] = {
        "schema": 1,
        "id": identity(raw, reason),
        "reason": reason,
        "detail": detail[:DETAIL_CHARACTERS],
        "origin": raw.origin,
        "tenant": raw.tenant,
        "fetched": raw.fetched,
        "wanted": raw.wanted,
        **({"announced": raw.announced} if raw.announced else {}),
    }
    if len(body) <= room:
        yield _canonical({**head, "encoding": "json", "part": 1, "parts": 1, "body": msgspec.Raw(body)}).decode()
        return
    packed = base64.b64encode(gzip.compress(body, mtime=0)).decode()
    parts = [packed[start : start + room] for start in range(0, len(packed), room)]
    for number, part in enumerate(parts, 1):
        yield _canonical({**head, "encoding": "gzip+base64", "part": number, "parts": len(parts), "body": part}).decode()


def join(received: list[str]) -> RawRecord:
    """The record that ``messages`` took apart, from its parts in any order; raises ``ValueError`` when one is missing."""
    dead_letters = sorted((msgspec.json.decode(text) for text in received), key=lambda dead_letter: dead_letter["part"])
    if [dead_letter["part"] for dead_letter in dead_letters] != list(range(1, dead_letters[0]["parts"] + 1)):
        raise ValueError("a part of this dead letter is missing")
    first = dead_letters[0]
    data = first["body"]
    if first["encoding"] != "json":
        data = msgspec.json.decode(gzip.decompress(base64.b64decode("".join(dead_letter["body"] for dead_letter in dead_letters))))
    known = {name: first[name] for name in ("fetched", "tenant", "origin", "wanted")} | {"announced": first.get("announced", ())}
    return msgspec.convert({"data": data, **known}, RawRecord, strict=True)


def _canonical(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")
