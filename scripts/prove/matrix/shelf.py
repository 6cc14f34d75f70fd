"""The store that both clouds share in the matrix: one SQLite file, emptied between two plays."""

import contextlib
import sqlite3
from pathlib import Path

from gatewatch.model import Alert
from gatewatch.ports import AlertQuery
from gatewatch.stores import open_store

TABLES = ("evidence", "tokens", "state", "alerts")


class Shelf:
    """One file. The functions keep their connections to it, so it is emptied and never replaced."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "gatewatch.sqlite"
        self.url = f"sqlite:{self.file}"
        open_store(self.url).close()

    def empty(self) -> None:
        """Forget everything."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this module

    def alerts(self) -> list[Alert]:
        """Every alert, the highest first."""
        with contextlib.closing(open_store(self.url)) as store:
            return sorted(store.search(AlertQuery(limit=10_000)), key=lambda alert: (-alert.score, alert.id))

    def kept(self, vendor_ids: frozenset[str]) -> bool:
        """Whether one of these records became evidence."""
        with contextlib.closing(open_store(self.url)) as store:
            return bool(store.evidence_of(vendor_ids))
