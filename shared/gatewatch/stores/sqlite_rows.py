"""The rows of the SQLite store: how evidence, alerts and small documents are written, and how alerts are searched."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from ..evidence import microseconds
from ..model import Alert, GroupKey, Prepared
from ..ports import AlertQuery, AlertWrite, Appended, AppendResult, StateWrite, Written
from .indexed import NO_JSON

MANY = 500
"""Values in one IN list; SQLite took 999 at most before 3.32."""


def insert_evidence(connection: sqlite3.Connection, evidence: Sequence[Prepared]) -> list[AppendResult]:
    """Documents with their tokens, in one transaction of the caller; a document that is there already changes nothing."""
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM evidence").fetchone()
    known = {name for (name,) in select_in(connection, "SELECT id FROM evidence WHERE id IN", [item.id for item in evidence])}
    rows: list[tuple[int, str, int, int, str | None, bytes]] = []
    entries: list[tuple[str, bool, int, int]] = []
    results: list[AppendResult] = []
    for item in evidence:
        if item.id in known:
            results.append(_DUPLICATE)
            continue
        if item.body is None:
            results.append(NO_JSON)
            continue
        known.add(item.id)
        seq += 1
        rows.append((seq, item.id, item.time, item.ingested, item.wants, item.body))
        entries += [(token, item.success, item.time, seq) for token in item.tokens]
        results.append(_CREATED)
    connection.executemany("INSERT INTO evidence (seq, id, time, ingested, wants, body) VALUES (?, ?, ?, ?, ?, ?)", rows)
    entries.sort()  # in the order of their table, where neighbours share a page
    connection.executemany("INSERT INTO tokens (token, success, time, seq) VALUES (?, ?, ?, ?)", entries)
    return results


_CREATED, _DUPLICATE = AppendResult(Appended.CREATED), AppendResult(Appended.DUPLICATE)


def write_alert(connection: sqlite3.Connection, write: AlertWrite) -> Written:
    """Create the alert, or compare its version and swap it."""
    alert = write.alert
    try:
        key, body = key_text(alert.key), msgspec.json.encode(alert)
    except UnicodeEncodeError:
        return Written.REFUSED
    times = (microseconds(alert.updated), microseconds(alert.snapshot.last_seen))
    row = (*times, alert.status, alert.severity, _search_text(alert), bool(alert.pending), body)
    if write.version is None:
        done = connection.execute("INSERT INTO alerts VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING", (key, *row))
    else:
        done = connection.execute(
            "UPDATE alerts SET version = version + 1, updated = ?, last_seen = ?, status = ?, severity = ?, search_text = ?,"
            " pending = ?, body = ? WHERE key = ? AND version = ?",
            (*row, key, int(write.version)),
        )
    return Written.DONE if done.rowcount == 1 else Written.CONFLICT


def write_document(connection: sqlite3.Connection, write: StateWrite) -> Written:
    """Create the small document, or compare its version and swap it."""
    key = (write.key.kind, write.key.id)
    if write.version is None:
        done = connection.execute("INSERT INTO state VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING", (*key, write.body))
    else:
        done = connection.execute(
            "UPDATE state SET version = version + 1, body = ? WHERE kind = ? AND id = ? AND version = ?",
            (write.body, *key, int(write.version)),
        )
    return Written.DONE if done.rowcount == 1 else Written.CONFLICT


def conditions(query: AlertQuery) -> tuple[list[str], list[Any]]:
    """The conditions of a search, and the values of their question marks."""
    wheres: list[str] = ["true"]
    values: list[Any] = []
    if query.since is not None:
        wheres, values = [*wheres, "last_seen >= ?"], [*values, microseconds(query.since)]
    if query.until is not None:
        wheres, values = [*wheres, "last_seen <= ?"], [*values, microseconds(query.until)]
    for column, wanted in (("status", query.statuses), ("severity", query.severities)):
        if wanted:
            wheres, values = [*wheres, f"{column} IN ({', '.join('?' * len(wanted))})"], [*values, *wanted]
    if query.text:
        wheres, values = [*wheres, "instr(search_text, ?) > 0"], [*values, query.text.casefold()]
    return wheres, values


def _search_text(alert: Alert) -> str:
    """What people search an alert by, case-blind."""
    return "\n".join((alert.key.principal, alert.snapshot.person or "", alert.id)).casefold()


def key_text(key: GroupKey) -> str:
    """A group as the key of its row."""
    return msgspec.json.encode(key).decode()


def select_in(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[Any]:
    """The rows of a statement that ends with ``IN``, whatever the number of values."""
    rows: list[Any] = []
    for start in range(0, len(values), MANY):
        some = values[start : start + MANY]
        rows += connection.execute(f"{sql} ({', '.join('?' * len(some))})", some).fetchall()
    return rows
