"""The embedded store: one SQLite file, safe for several processes. What laptops, demos and air-gapped replays use."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import Any

import msgspec

from ..errors import StoreError, StoreUnavailable
from ..evidence import decode, encode, id_link, stored_time, taught, wants
from ..model import Alert, Evidence, GroupKey
from ..model.tokens import subjects
from ..ports import AlertQuery, AlertWrite, Appended, AppendResult, EvidenceContext, PastActivity, Stored, Written
from ..providers.codec import decoder
from .indexed import NEWEST, microseconds, succeeded, tokens
from .sqlite_schema import connect

_MANY = 500
"""Values in one IN list; SQLite took 999 at most before 3.32."""

_ALERT = decoder(Alert)
_KEY = msgspec.json.Decoder(GroupKey)


class SqliteStore:
    """A ``gatewatch.ports.Store`` in one file.

    Every method raises ``StoreUnavailable`` when the file is locked, full or gone, and ``StoreError`` when it is damaged.
    """

    def __init__(self, file: str) -> None:
        """Open or create the file; raises ``ConfigError`` when it holds something else."""
        self._lock = RLock()
        with _named_errors():
            self._connection = connect(file)

    def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
        """Create each document unless its id exists, all in one transaction."""
        with self._transaction() as connection:
            return [_insert(connection, item) for item in evidence]

    def context(self, subjects: Collection[str], since: datetime, until: datetime, links: Collection[str]) -> EvidenceContext:
        """Evidence of these subjects in the range and of these links at any time; each token bounded."""
        ever = (-(1 << 63), (1 << 63) - 1)
        ranges = {**dict.fromkeys(links, ever), **dict.fromkeys(subjects, (microseconds(since), microseconds(until)))}
        found: set[int] = set()
        truncated = set()
        with self._reading() as connection:
            for token, (first, last) in ranges.items():
                for success in (True, False):
                    rows = connection.execute(
                        "SELECT seq FROM tokens WHERE token = ? AND success = ? AND time BETWEEN ? AND ? ORDER BY time DESC LIMIT ?",
                        (token, success, first, last, NEWEST + 1),
                    ).fetchall()
                    found.update(seq for (seq,) in rows[:NEWEST])
                    if len(rows) > NEWEST:
                        truncated.add(token)
            bodies = [decode(body) for (body,) in _select_in(connection, "SELECT body FROM evidence WHERE seq IN", sorted(found))]
        return EvidenceContext(tuple(sorted(bodies, key=lambda item: item.id)), frozenset(truncated))

    def past(self, before: Mapping[str, datetime]) -> dict[str, PastActivity]:
        """Countries, ASNs and clients that a subject had before the given moment."""
        return {token: self._past(token, microseconds(moment)) for token, moment in before.items()}

    def _past(self, token: str, moment: int) -> PastActivity:
        known: dict[str, set[str]] = defaultdict(set)
        with self._reading() as connection:
            for what, value in connection.execute("SELECT what, value FROM history WHERE token = ? AND first < ?", (token, moment)):
                known[what].add(value)
        return PastActivity(
            countries=frozenset(known["country"]), asns=frozenset(map(int, known["asn"])), clients=frozenset(known["client"])
        )

    def read_alerts(self, keys: Collection[GroupKey]) -> dict[GroupKey, Stored]:
        """The alerts of these groups that exist."""
        with self._reading() as connection:
            rows = _select_in(connection, "SELECT body, version FROM alerts WHERE key IN", sorted({_key(key) for key in keys}))
        stored = [Stored(_ALERT.decode(body), str(version)) for body, version in rows]
        return {item.alert.key: item for item in stored}

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """Create or compare-and-swap each, all in one transaction."""
        with self._transaction() as connection:
            return [_write(connection, write) for write in writes]

    def pending(self, limit: int) -> list[GroupKey]:
        """Groups whose alert has a pending notification, longest unchanged first."""
        with self._reading() as connection:
            rows = connection.execute("SELECT key FROM alerts WHERE pending ORDER BY updated, key LIMIT ?", (limit,)).fetchall()
        return [_KEY.decode(key) for (key,) in rows]

    def unresolved(self, since: datetime, limit: int) -> list[str]:
        """Vendor ids that evidence ingested since then names and that are not in the evidence, the longest waiting first."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT wants, min(ingested) AS waiting FROM evidence AS naming WHERE wants IS NOT NULL AND ingested >= ?"
                " AND NOT EXISTS (SELECT 1 FROM tokens JOIN evidence AS named USING (seq)"
                " WHERE token = 'id:' || naming.wants AND named.wants IS NULL)"
                " GROUP BY wants ORDER BY waiting, wants LIMIT ?",
                (microseconds(since), limit),
            ).fetchall()
        return [vendor_id for vendor_id, _ in rows]

    def search(self, query: AlertQuery) -> list[Alert]:
        """Alerts for people to list, newest activity first; the text is compared case-blind."""
        wheres, values = _conditions(query)
        sql = f"SELECT body FROM alerts WHERE {' AND '.join(wheres)} ORDER BY last_seen DESC, key LIMIT ?"  # noqa: S608 - fixed text only
        with self._reading() as connection:
            return [_ALERT.decode(body) for (body,) in connection.execute(sql, (*values, query.limit))]

    def evidence_of(self, vendor_ids: Collection[str]) -> list[Evidence]:
        """Every stored version of these vendor ids, ordered by id."""
        wanted = sorted({id_link(vendor_id) for vendor_id in vendor_ids})
        with self._reading() as connection:
            rows = _select_in(connection, "SELECT body FROM tokens JOIN evidence USING (seq) WHERE token IN", wanted)
        return sorted((decode(body) for (body,) in rows), key=lambda item: item.id)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _named_errors():
            yield self._connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _named_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        problem = f"the SQLite file is not available: {error}"
        raise StoreUnavailable(problem) from error
    except sqlite3.Error as error:
        problem = f"the SQLite file cannot be used: {error}"
        raise StoreError(problem) from error


def _insert(connection: sqlite3.Connection, item: Evidence) -> AppendResult:
    """One document with its tokens and what it teaches; a document that is there already changes nothing."""
    event, when = item.event, microseconds(stored_time(item))
    try:
        row = (item.id, when, microseconds(item.ingested), wants(event), encode(item))
    except UnicodeEncodeError:
        return AppendResult(Appended.REFUSED, "text_not_unicode")
    done = connection.execute(
        "INSERT INTO evidence (id, time, ingested, wants, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", row
    )
    if done.rowcount != 1:
        return AppendResult(Appended.DUPLICATE)
    entries = [(token, succeeded(event), when, done.lastrowid) for token in tokens(event)]
    connection.executemany("INSERT INTO tokens (token, success, time, seq) VALUES (?, ?, ?, ?)", entries)
    learnt = [(token, what, str(value), when) for token in subjects(event) for what, value in taught(event)]
    connection.executemany(
        "INSERT INTO history (token, what, value, first) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (token, what, value) DO UPDATE SET first = min(first, excluded.first)",
        learnt,
    )
    return AppendResult(Appended.CREATED)


def _write(connection: sqlite3.Connection, write: AlertWrite) -> Written:
    alert = write.alert
    try:
        key, body = _key(alert.key), msgspec.json.encode(alert)
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


def _conditions(query: AlertQuery) -> tuple[list[str], list[Any]]:
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


def _key(key: GroupKey) -> str:
    return msgspec.json.encode(key).decode()


def _select_in(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[Any]:
    rows: list[Any] = []
    for start in range(0, len(values), _MANY):
        some = values[start : start + _MANY]
        rows += connection.execute(f"{sql} ({', '.join('?' * len(some))})", some).fetchall()
    return rows
