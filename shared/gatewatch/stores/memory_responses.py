"""Responses in memory, with the semantics of the other stores."""

import threading
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import structs

from ..alerts.responses import in_order
from ..model import Response
from ..ports import Appended, AppendResult
from .indexed import NO_JSON
from .os_user import os_user


class MemoryResponses:
    """Responses by id, each with the moment when it was stored."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, tuple[datetime, Response]] = {}

    def append(self, responses: Sequence[Response]) -> list[AppendResult]:
        """Create each response unless its id exists; the author is the user of this process."""
        author, now = os_user(), datetime.now(UTC)
        with self._lock:
            return [self._append(structs.replace(response, author=author), now) for response in responses]

    def _append(self, response: Response, now: datetime) -> AppendResult:
        if response.id in self._found:
            return AppendResult(Appended.DUPLICATE)
        try:
            msgspec.json.encode(response)
        except UnicodeEncodeError:
            return NO_JSON
        self._found[response.id] = (now, response)
        return AppendResult(Appended.CREATED)

    def of(self, alert_ids: Collection[str]) -> list[Response]:
        """Every response to these alerts, by time."""
        with self._lock:
            return list(in_order(response for _, response in self._found.values() if response.alert_id in alert_ids))

    def since(self, moment: datetime) -> list[Response]:
        """Every response stored since, by time."""
        with self._lock:
            return list(in_order(response for stored, response in self._found.values() if stored >= moment))
