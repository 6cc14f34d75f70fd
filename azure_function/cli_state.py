"""Where a terminal keeps how far it has read: one SQLite file with cursors, leases and announcements, and beside it a file of dead letters."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec
from msgspec import structs

from gatewatch.errors import ConfigError, GatewatchError, StoreUnavailable
from gatewatch.flow.dead_letters import DeadLetter
from gatewatch.model import Announcement, RawRecord
from gatewatch.polling.cursor import Cursor, mended
from gatewatch.polling.errors import LeaseLost
from gatewatch.ports import Clock

from .dead_letters import identity

APPLICATION = 0x47575054
"""Of the file's header: another program's SQLite file is never written to."""
WAIT_SECONDS = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS cursors (tenant TEXT, stream TEXT, token INTEGER, body BLOB, PRIMARY KEY (tenant, stream));
CREATE TABLE IF NOT EXISTS kept (tenant TEXT, kind TEXT, body BLOB, PRIMARY KEY (tenant, kind, body));
"""
_CURSOR = msgspec.json.Decoder(Cursor)
_ANNOUNCEMENT = msgspec.json.Decoder(Announcement)


class LocalState:
    """``Checkpoint`` and ``DeadLetters`` of one tenant in files of this machine; several processes may use them at once. ``close`` it.

    Raises (at every call):
        GatewatchError: the file cannot be read or written.
    """

    def __init__(self, file: Path, tenant: str, clock: Clock) -> None:
        """Raises ``ConfigError`` when the file is of another program."""
        self.file, self.dead_letter_file = file, file.with_name(f"{file.stem}-dead-letters.jsonl")
        self._tenant, self._clock = tenant, clock
        try:
            self._db = sqlite3.connect(file, timeout=WAIT_SECONDS, isolation_level=None)
            (mine,) = self._db.execute("PRAGMA application_id").fetchone()
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables and mine != APPLICATION:
                self._db.close()
                raise ConfigError(f"--state: {file} is another program's file, or a store; name a file of its own")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(f"PRAGMA application_id = {APPLICATION}")
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise ConfigError(f"--state: {file} cannot be used: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise GatewatchError(f"{self.file}: {error}") from error

    @contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        """One transaction; no other process writes meanwhile."""
        with self._named_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:  # a full disk ends it
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def cursors(self) -> list[Cursor]:
        """Every stream's cursor, for who only looks."""
        with self._named_errors():
            rows = self._db.execute("SELECT token, body FROM cursors WHERE tenant = ? ORDER BY stream", (self._tenant,)).fetchall()
        return [structs.replace(_CURSOR.decode(body), token=str(token)) for token, body in rows]

    def dead_letters(self) -> int:
        """How many records became dead letters."""
        return len(self._all("dead letter"))

    def claim(self, stream: str, owner: str, now: datetime, until: datetime) -> Cursor | None:
        """See ``Checkpoint``."""
        cursor, _ = mended(next((one for one in self.cursors() if one.stream == stream), Cursor(stream=stream)), now)
        if cursor.locked_until is not None and cursor.locked_until > now:
            return None
        try:
            return self.save(structs.replace(cursor, owner=owner, locked_until=until))
        except LeaseLost:
            return None

    def save(self, cursor: Cursor) -> Cursor:
        """See ``Checkpoint``."""
        token = int(cursor.token or 0) + 1
        body = msgspec.json.encode(structs.replace(cursor, token=""))
        with self._written() as db:
            if cursor.token:
                where = "UPDATE cursors SET token = ?, body = ? WHERE tenant = ? AND stream = ? AND token = ?"
                done = db.execute(where, (token, body, self._tenant, cursor.stream, int(cursor.token))).rowcount
            else:
                done = db.execute("INSERT OR IGNORE INTO cursors VALUES (?, ?, ?, ?)", (self._tenant, cursor.stream, token, body)).rowcount
        if done != 1:
            raise LeaseLost(f"another worker took over {cursor.stream}")
        return structs.replace(cursor, token=str(token))

    def announced(self) -> tuple[Announcement, ...]:
        """See ``AnnouncementStore``."""
        return tuple(_ANNOUNCEMENT.decode(body) for body in self._all("announced"))

    def remember(self, announcements: Iterable[Announcement]) -> None:
        """See ``AnnouncementStore``."""
        self.keep("announced", map(msgspec.json.encode, announcements))

    def forget(self, announcements: Iterable[Announcement]) -> None:
        """See ``AnnouncementStore``."""
        self.drop("announced", map(msgspec.json.encode, announcements))

    def marks(self) -> frozenset[str]:
        """See ``AnnouncementStore``."""
        return frozenset(body.decode("utf-8", "surrogatepass") for body in self._all("mark"))

    def add_marks(self, marks: Collection[str]) -> None:
        """See ``AnnouncementStore``."""
        self.keep("mark", (mark.encode("utf-8", "surrogatepass") for mark in marks))

    def put(self, raw: RawRecord, reason: str, detail: str) -> bool:
        """See ``DeadLetters``. File first, then memory: a crash between the two doubles a dead letter and never loses one."""
        key = identity(raw, reason).encode()
        if key in self._all("dead letter"):
            return False
        dead_letter = DeadLetter(
            id=key.decode(), reason=reason, detail=detail, origin=raw.origin, dead_lettered_at=self._clock(), record=raw, text=""
        )
        try:
            with self.dead_letter_file.open("ab") as file:
                file.write(msgspec.json.encode(dead_letter) + b"\n")
        except OSError as error:
            raise StoreUnavailable(f"{self.dead_letter_file}: {error.strerror}") from error
        self.keep("dead letter", [key])
        return True

    def keep(self, kind: str, bodies: Iterable[bytes]) -> None:
        """Add these, each once."""
        self._each("INSERT OR IGNORE INTO kept VALUES (?, ?, ?)", kind, bodies)

    def drop(self, kind: str, bodies: Iterable[bytes]) -> None:
        """Remove these."""
        self._each("DELETE FROM kept WHERE tenant = ? AND kind = ? AND body = ?", kind, bodies)

    def all(self, kind: str) -> list[bytes]:
        """Everything that is kept of a kind, in the order in which it came."""
        return list(self._all(kind))

    def _all(self, kind: str) -> dict[bytes, None]:
        with self._named_errors():
            rows = self._db.execute("SELECT body FROM kept WHERE tenant = ? AND kind = ? ORDER BY rowid", (self._tenant, kind))
            return {bytes(body): None for (body,) in rows}

    def _each(self, statement: str, kind: str, bodies: Iterable[bytes]) -> None:
        rows = [(self._tenant, kind, body) for body in bodies]
        with self._written() as db:
            db.executemany(statement, rows)
