"""The embedded store: one SQLite file, safe for several processes. What laptops, demos and air-gapped replays use."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from threading import RLock

import msgspec

from ..errors import StoreError, StoreUnavailable
from ..evidence import decode, id_link, microseconds, prepared
from ..model import Alert, Evidence, GroupKey, Prepared, Response
from ..ports import (
    AlertQuery,
    AlertWrite,
    AppendResult,
    EvidenceContext,
    Span,
    State,
    StateDocument,
    StateKey,
    StateWrite,
    Stored,
    Written,
)
from ..providers.codec import decoder
from . import sqlite_responses
from .indexed import NEWEST, with_addresses
from .sqlite_rows import conditions, insert_evidence, key_text, select_in, write_alert, write_document
from .sqlite_schema import connect

_DAY = 86_400_000_000
_PAGE = 2_000
_EVER = (-(1 << 63), (1 << 63) - 1)
_PILE = "SELECT time, seq FROM tokens WHERE token = ? AND success = ? AND time BETWEEN ? AND ? ORDER BY time DESC LIMIT ?"
_ON_DAY = "SELECT seq, body FROM evidence WHERE time BETWEEN ? AND ? AND seq > ? ORDER BY seq LIMIT ?"
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
        return self.append_prepared(list(map(prepared, evidence)))

    def append_prepared(self, prepared: Sequence[Prepared]) -> list[AppendResult]:
        """The same for prepared evidence."""
        with self._transaction() as connection:
            return insert_evidence(connection, prepared)

    def context(
        self, subjects: Collection[str], spans: Sequence[Span], links: Collection[str], addresses: Collection[str] = ()
    ) -> EvidenceContext:
        """Evidence of these subjects and addresses in the spans and of these links at any time; each token bounded."""
        found = self._context(subjects, spans, links)
        return with_addresses(found, self._context(addresses, spans, ())) if addresses else found

    def _context(self, subjects: Collection[str], spans: Sequence[Span], links: Collection[str]) -> EvidenceContext:
        ranges = [(microseconds(since), microseconds(until)) for since, until in spans]
        asked = {**{link: [_EVER] for link in links}, **dict.fromkeys(subjects, ranges)}
        found: set[int] = set()
        truncated = set()
        with self._reading() as connection:
            for token, inside in asked.items():
                for success in (True, False):
                    rows = [row for span in inside for row in connection.execute(_PILE, (token, success, *span, NEWEST + 1))]
                    newest = sorted(rows, reverse=True)
                    found.update(seq for _, seq in newest[:NEWEST])
                    if len(newest) > NEWEST:
                        truncated.add(token)
            bodies = [decode(body) for (body,) in select_in(connection, "SELECT body FROM evidence WHERE seq IN", sorted(found))]
        return EvidenceContext(tuple(sorted(bodies, key=lambda item: item.id)), frozenset(truncated))

    def days(self) -> list[str]:
        """The days with evidence."""
        with self._reading() as connection:
            rows = connection.execute(f"SELECT DISTINCT time / {_DAY} - (time % {_DAY} < 0) FROM evidence").fetchall()  # noqa: S608 - a number
        return sorted((date(1970, 1, 1) + timedelta(days=number)).isoformat() for (number,) in rows)

    def evidence_on(self, day: str) -> Iterator[list[Evidence]]:
        """The evidence of a day, in pages."""
        first = (date.fromisoformat(day) - date(1970, 1, 1)).days * _DAY
        after = -1
        while True:
            with self._reading() as connection:
                rows = connection.execute(_ON_DAY, (first, first + _DAY - 1, after, _PAGE)).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            yield [decode(body) for _, body in rows]

    def groups_on(self, day: str) -> list[GroupKey]:
        """The groups of this day that have an alert."""
        with self._reading() as connection:
            rows = connection.execute("SELECT key FROM alerts WHERE json_extract(key, '$.day') = ?", (day,)).fetchall()
        return sorted(_KEY.decode(key) for (key,) in rows)

    def read_state(self, alerts: Collection[GroupKey], documents: Collection[StateKey]) -> State:
        """Alerts and small documents."""
        found: dict[StateKey, StateDocument] = {}
        with self._reading() as connection:
            for kind in sorted({key.kind for key in documents}):  # one of two
                ids = sorted({key.id for key in documents if key.kind == kind})
                sql = f"SELECT id, body, version FROM state WHERE kind = '{kind}' AND id IN"  # noqa: S608 - the kind is one of two
                for name, body, version in select_in(connection, sql, ids):
                    found[StateKey(kind, name)] = StateDocument(body, str(version))
        return State(self.read_alerts(alerts), found)

    def write_state(self, writes: Sequence[StateWrite]) -> list[Written]:
        """Create or compare-and-swap each, all in one transaction."""
        with self._transaction() as connection:
            return [write_document(connection, write) for write in writes]

    def read_alerts(self, keys: Collection[GroupKey]) -> dict[GroupKey, Stored]:
        """The alerts of these groups that exist."""
        with self._reading() as connection:
            rows = select_in(connection, "SELECT body, version FROM alerts WHERE key IN", sorted({key_text(key) for key in keys}))
        stored = [Stored(_ALERT.decode(body), str(version)) for body, version in rows]
        return {item.alert.key: item for item in stored}

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """Create or compare-and-swap each, all in one transaction."""
        with self._transaction() as connection:
            return [write_alert(connection, write) for write in writes]

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
        wheres, values = conditions(query)
        sql = f"SELECT body FROM alerts WHERE {' AND '.join(wheres)} ORDER BY last_seen DESC, key LIMIT ?"  # noqa: S608 - fixed text only
        with self._reading() as connection:
            return [_ALERT.decode(body) for (body,) in connection.execute(sql, (*values, query.limit))]

    def evidence_of(self, vendor_ids: Collection[str]) -> list[Evidence]:
        """Every stored version of these vendor ids, ordered by id."""
        wanted = sorted({id_link(vendor_id) for vendor_id in vendor_ids})
        with self._reading() as connection:
            rows = select_in(connection, "SELECT body FROM tokens JOIN evidence USING (seq) WHERE token IN", wanted)
        return sorted((decode(body) for (body,) in rows), key=lambda item: item.id)

    def append_responses(self, responses: Sequence[Response]) -> list[AppendResult]:
        """Create each response unless its id exists, all in one transaction; the author is the user of this process."""
        with self._transaction() as connection:
            return sqlite_responses.append(connection, responses)

    def responses_of(self, alert_ids: Collection[str]) -> list[Response]:
        """Every response to these alerts."""
        with self._reading() as connection:
            return sqlite_responses.of(connection, alert_ids)

    def responses_since(self, moment: datetime) -> list[Response]:
        """Every response stored since."""
        with self._reading() as connection:
            return sqlite_responses.since(connection, moment)

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
