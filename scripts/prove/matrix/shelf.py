"""The store that both clouds share in the matrix: one SQLite file, emptied between two plays."""

import contextlib
import sqlite3
from pathlib import Path

from msgspec import structs

from gatewatch.flow.policy import POLICY
from gatewatch.model import Alert, Severity
from gatewatch.ports import AlertQuery, StateWrite
from gatewatch.providers.catalogue import BY_ID
from gatewatch.stores import open_store
from gatewatch.tuning import file as tuning_file
from gatewatch.tuning.policy import Policy, decode, encode

CHANNELS = ("sns", "teams")
TABLES = ("evidence", "tokens", "responses", "alerts")


class Shelf:
    """One file. The functions keep their connections to it, so it is emptied and never replaced."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "gatewatch.sqlite"
        self.url = f"sqlite:{self.file}"
        open_store(self.url).close()

    def empty(self, tuning: str, *, low: bool) -> None:
        """Forget everything, and store the policy as `gatewatch tuning apply` would: with this tuning, announced from low where asked."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this module
            connection.execute("DELETE FROM state WHERE kind != 'policy'")  # its version goes on: the functions remember the one they read
        found, _ = tuning_file.load(tuning or "{}", rules=BY_ID)
        if low:
            found = structs.replace(found, notify_from=Severity.LOW)
        with contextlib.closing(open_store(self.url)) as store:
            stored = store.read_state((), (POLICY,)).documents.get(POLICY)
            known = decode(stored.body) if stored is not None else None
            version = known.version + 1 if known is not None else 1
            body = encode(Policy(tuning=found, channels=CHANNELS, version=version, author="prove"))
            store.write_state([StateWrite(POLICY, body, stored.version if stored is not None else None)])

    def alerts(self) -> list[Alert]:
        """Every alert, the highest first."""
        with contextlib.closing(open_store(self.url)) as store:
            return sorted(store.search(AlertQuery(limit=10_000)), key=lambda alert: (-alert.score, alert.id))

    def kept(self, vendor_ids: frozenset[str]) -> bool:
        """Whether one of these records became evidence."""
        with contextlib.closing(open_store(self.url)) as store:
            return bool(store.evidence_of(vendor_ids))
