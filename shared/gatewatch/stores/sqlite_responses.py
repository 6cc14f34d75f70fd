"""The responses of the SQLite store: a table of their own, created once and never changed."""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import structs

from ..alerts.responses import in_order
from ..evidence import microseconds
from ..model import Response
from ..ports import Appended, AppendResult
from .indexed import NO_JSON
from .os_user import os_user
from .sqlite_rows import select_in

_DECODER = msgspec.json.Decoder(Response)


def append(connection: sqlite3.Connection, responses: Sequence[Response]) -> list[AppendResult]:
    """Create each response unless its id exists; the author is the user of this process."""
    author, now = os_user(), microseconds(datetime.now(UTC))
    return [_insert(connection, structs.replace(response, author=author), now) for response in responses]


def _insert(connection: sqlite3.Connection, response: Response, now: int) -> AppendResult:
    try:
        row = (response.id, response.alert_id, now, msgspec.json.encode(response))
    except UnicodeEncodeError:
        return NO_JSON
    done = connection.execute("INSERT INTO responses (id, alert, stored, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", row)
    return AppendResult(Appended.CREATED if done.rowcount == 1 else Appended.DUPLICATE)


def of(connection: sqlite3.Connection, alert_ids: Collection[str]) -> list[Response]:
    """Every response to these alerts, by time."""
    rows = select_in(connection, "SELECT body FROM responses WHERE alert IN", sorted(set(alert_ids)))
    return list(in_order(_DECODER.decode(body) for (body,) in rows))


def since(connection: sqlite3.Connection, moment: datetime) -> list[Response]:
    """Every response stored since, by time."""
    rows = connection.execute("SELECT body FROM responses WHERE stored >= ?", (microseconds(moment),))
    return list(in_order(_DECODER.decode(body) for (body,) in rows))
