"""The tables of the SQLite store, and how a file comes to hold them."""

import sqlite3
from contextlib import suppress

from ..errors import ConfigError
from ..model import SCHEMA_VERSION

APPLICATION_ID = 0x47574348
"""Marks a file as ours ("GWCH"), so that somebody else's database is never written to."""

BUSY_TIMEOUT_SECONDS = 30.0
"""How long a process waits for another one's write before it says that the store is unavailable."""

PAGE_BYTES = 16_384
"""Of a new file. In SQLite's own 4,096 bytes two pieces of evidence find room: appending them took nearly twice the CPU, and a quarter more disk."""

CACHE_KIB = 8_192
"""SQLite's own 2 MB hold not even the pages that one batch of a replay changes: it wrote and read them again and again."""

# Times are integer microseconds since the epoch. ``tokens`` is the index of the neighbourhood: newest of each pile without a sort.
# ``state`` holds the small documents: policy, familiarity.
_TABLES = """
CREATE TABLE evidence (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time INTEGER NOT NULL, ingested INTEGER NOT NULL,
    wants TEXT, body BLOB NOT NULL
);
CREATE INDEX evidence_time ON evidence (time);
CREATE INDEX evidence_wants ON evidence (ingested) WHERE wants IS NOT NULL;
CREATE TABLE tokens (
    token TEXT NOT NULL, success INTEGER NOT NULL, time INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (token, success, time, seq)
) WITHOUT ROWID;
CREATE TABLE state (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE responses (id TEXT PRIMARY KEY, alert TEXT NOT NULL, stored INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX responses_alert ON responses (alert);
CREATE INDEX responses_stored ON responses (stored);
CREATE TABLE alerts (
    key TEXT PRIMARY KEY, version INTEGER NOT NULL, updated INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    status TEXT NOT NULL, severity TEXT NOT NULL, search_text TEXT NOT NULL, pending INTEGER NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX alerts_pending ON alerts (updated) WHERE pending;
CREATE INDEX alerts_seen ON alerts (last_seen);
"""


def connect(file: str) -> sqlite3.Connection:
    """An open connection to a file of ours, made on first use; several processes and threads may hold one each.

    Raises:
        ConfigError: the file is not ours, or was written by a newer Gatewatch.
        sqlite3.Error: the file cannot be opened or read.
    """
    connection = sqlite3.connect(file, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA synchronous = FULL")  # acknowledged evidence must survive a power cut
        _prepare(connection, file)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, file: str) -> None:
    if _pragma(connection, "application_id") == 0 and not _occupied(connection):
        _create(connection)
    if _pragma(connection, "application_id") != APPLICATION_ID:
        problem = f"{file} is a database of another program; name a new file"
        raise ConfigError(problem)
    if (version := _pragma(connection, "user_version")) != SCHEMA_VERSION:
        problem = f"{file} has schema version {version}, this Gatewatch knows {SCHEMA_VERSION}; use the Gatewatch that wrote it, or replay into a new file"
        raise ConfigError(problem)
    with suppress(sqlite3.OperationalError):  # busy at this moment: the write-ahead log is for speed, the next to open will set it
        connection.execute("PRAGMA journal_mode = WAL")


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables unless another process was faster."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _occupied(connection):
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _occupied(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    row: tuple[int] = connection.execute(f"PRAGMA {name}").fetchone()
    return row[0]
