"""Dead letters in an Azure Storage queue, for `gatewatch deadletter`."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from gatewatch.errors import GatewatchError
from gatewatch.flow.dead_letters import DeadLetter
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.reading.json_text import shown

from . import wiring
from .clients import readable_queue
from .dead_letters import join
from .settings import STATE_CONNECTION

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient, QueueMessage

LOOK_SECONDS = 300
"""How long what was looked at stays hidden from others; ``close`` ends it earlier."""

_QUEUE = re.compile(r"https://[a-z0-9]+\.queue\.[a-z.]+/[a-z0-9-]+|http://(?:127\.0\.0\.1|localhost):\d+/[a-z0-9]+/[a-z0-9-]+")


def open_dead_letters(address: str, to: str | None, environment: Mapping[str, str]) -> "StorageDeadLetterQueue | None":
    """The queue at an address, None when it is no Storage queue. Whoever asks must be signed in (``az login``), or STATE_CONNECTION set."""
    if not _QUEUE.fullmatch(address):
        return None
    with _named_errors():
        return StorageDeadLetterQueue(readable_queue(address, environment.get(STATE_CONNECTION.name, "")), to, environment)


class StorageDeadLetterQueue:
    """What the function app could not take. Its records go straight through the pipeline again, into ``--to`` or the environment's store."""

    def __init__(self, queue: "QueueClient", to: str | None, environment: Mapping[str, str]) -> None:
        self._queue, self._to, self._environment = queue, to, environment
        self._held: dict[str, list[QueueMessage]] = {}

    def dead_letters(self) -> list[DeadLetter]:
        """Everything that is visible now; parts of one record are one letter."""
        groups: defaultdict[str, list[QueueMessage]] = defaultdict(list)
        with _named_errors():
            for message in self._queue.receive_messages(messages_per_page=32, visibility_timeout=LOOK_SECONDS):
                groups[str(_fields(message).get("id") or message.id)].append(message)
        self._held |= groups
        return [_dead_letter(identity, messages) for identity, messages in groups.items()]

    def redrive(self, dead_letter: DeadLetter) -> None:
        """Into the store; only then out of the queue. People are told by the function's next sweep."""
        if dead_letter.record is None:
            raise GatewatchError(dead_letter.problem or "this dead letter holds no record")
        with closing(wiring.store_for_person(self._to, self._environment)) as store:
            refused = process([dead_letter.record], wiring.redriving(store, self._environment)).refused()
        if refused:
            raise GatewatchError(f"refused again: {refused[0].reason}")
        with _named_errors():
            for message in self._held.pop(dead_letter.id):
                self._queue.delete_message(message)

    def close(self) -> None:
        """What was looked at and not redriven is visible again at once."""
        with _named_errors():
            for message in (message for messages in self._held.values() for message in messages):
                self._queue.update_message(message, visibility_timeout=0)
            self._queue.close()
        self._held.clear()


@contextmanager
def _named_errors() -> Iterator[None]:
    from azure.core.exceptions import AzureError  # noqa: PLC0415 - heavy

    try:
        yield
    except AzureError as error:
        raise GatewatchError(f"Azure Storage: {type(error).__name__}") from error


def _fields(message: "QueueMessage") -> dict[str, Any]:
    try:
        found = msgspec.json.decode(message.content)
    except (msgspec.DecodeError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _dead_letter(identity: str, messages: "list[QueueMessage]") -> DeadLetter:
    texts = [str(message.content) for message in messages]
    fields, dead_lettered_at = _fields(messages[0]), messages[0].inserted_on
    try:
        record, problem = join(texts), ""
    except (ValueError, KeyError, TypeError, OSError, EOFError, msgspec.MsgspecError) as error:
        record, problem = None, str(error) if type(error) is ValueError else "this message is not a dead letter of Gatewatch"
    return DeadLetter(
        id=identity,
        reason=str(fields.get("reason") or "not_a_letter"),
        detail=str(fields.get("detail") or ""),
        origin=str(fields.get("origin") or ""),
        dead_lettered_at=dead_lettered_at if isinstance(dead_lettered_at, datetime) else None,
        text=_text(record) if record is not None else "".join(texts),
        record=record,
        problem=problem,
    )


def _text(record: RawRecord) -> str:
    return msgspec.json.encode(shown(record.data)).decode()
