"""The responses of the SQLite store: a table of their own, created once and never changed."""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import batched

import msgspec
from msgspec import structs

from ..alerts.responses import in_order
from ..model import Response
from ..ports import Appended, AppendResult
from .indexed import microseconds
from .os_user import os_user

_MANY = 500
"""Values in one IN list; SQLite took 999 at most before 3.32."""

_DECODER = msgspec.json.Decoder(Response)


def append(connection: sqlite3.Connection, responses: Sequence[Response]) -> list[AppendResult]:
    """Create each response unless its id exists; the author is the user of this process."""
    author, now = os_user(), microseconds(datetime.now(UTC))
    return [_insert(connection, structs.replace(response, author=author), now) for response in responses]


def _insert(connection: sqlite3.Connection, response: Response, now: int) -> AppendResult:
    try:
        row = (response.id, response.alert_id, now, msgspec.json.encode(response))
    except UnicodeEncodeError:
        return AppendResult(Appended.REFUSED, "text_not_unicode")
    done = connection.execute("INSERT INTO responses (id, alert, stored, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", row)
    return AppendResult(Appended.CREATED if done.rowcount == 1 else Appended.DUPLICATE)


def of(connection: sqlite3.Connection, alert_ids: Collection[str]) -> list[Response]:
    """Every response to these alerts, by time."""
    found: list[Response] = []
    for some in batched(sorted(set(alert_ids)), _MANY):
        marks = ", ".join("?" * len(some))
        rows = connection.execute(f"SELECT body FROM responses WHERE alert IN ({marks})", some)  # noqa: S608 - question marks only
        found += [_DECODER.decode(body) for (body,) in rows]
    return list(in_order(found))


def since(connection: sqlite3.Connection, moment: datetime) -> list[Response]:
    """Every response stored since, by time."""
    rows = connection.execute("SELECT body FROM responses WHERE stored >= ?", (microseconds(moment),))
    return list(in_order(_DECODER.decode(body) for (body,) in rows))
