"""What was announced before it could be stored, in an Azure table beside the cursors: a row each, and a row for each mark."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from gatewatch.model import Announcement

if TYPE_CHECKING:
    from azure.data.tables import TableClient

KEPT = timedelta(days=35)
"""How long rows are kept at most: Graph shows no record for longer than 30 days."""

PIECE = 30_000
"""Characters of one property; the service ends at 32 Ki (Microsoft Learn, "Understanding the Table service data model")."""

TOGETHER = 100
"""Rows of one transaction (same page)."""

TRANSACTION_BYTES = 2 << 20
"""Half of the 4 MiB that one transaction may have (same page)."""


class TableAnnouncements:
    """``gatewatch.flow.announced.AnnouncementStore`` in an Azure table: a partition for announcements, another for marks."""

    def __init__(self, table: "TableClient", tenant: str) -> None:
        self._table = table
        self._announced, self._marks = f"{tenant}|announced", f"{tenant}|stored"

    def announced(self) -> tuple[Announcement, ...]:
        """See ``AnnouncementStore``. Rows that are too old, or of another form, are removed."""
        found: list[Announcement] = []
        spent: list[str] = []
        oldest = datetime.now(UTC) - KEPT
        for row in self._rows(self._announced):
            announcement = _read(row)
            if announcement is None or announcement.at < oldest:
                spent.append(str(row["RowKey"]))
            else:
                found.append(announcement)
        self._delete(self._announced, spent)
        return tuple(found)

    def remember(self, announcements: Iterable[Announcement]) -> None:
        """See ``AnnouncementStore``."""
        self._upsert(self._announced, ({"RowKey": _key(one), **_pieces(one)} for one in announcements))

    def forget(self, announcements: Iterable[Announcement]) -> None:
        """See ``AnnouncementStore``."""
        self._delete(self._announced, [_key(one) for one in announcements])

    def marks(self) -> frozenset[str]:
        """See ``AnnouncementStore``."""
        return frozenset(str(row["RowKey"]) for row in self._rows(self._marks))

    def add_marks(self, marks: Collection[str]) -> None:
        """See ``AnnouncementStore``. Marks that are too old are removed on this occasion."""
        now = datetime.now(UTC)
        spent = self._rows(self._marks, f" and at lt '{(now - KEPT).isoformat()}'")
        self._delete(self._marks, [str(row["RowKey"]) for row in spent])
        self._upsert(self._marks, ({"RowKey": mark, "at": now.isoformat()} for mark in sorted(marks)))

    def _rows(self, partition: str, more: str = "") -> Iterator[Any]:
        return self._table.query_entities(f"PartitionKey eq @partition{more}", parameters={"partition": partition})

    def _delete(self, partition: str, keys: Iterable[str]) -> None:
        """One by one; a row that another worker removed is removed."""
        for key in keys:
            self._table.delete_entity(partition, key)

    def _upsert(self, partition: str, rows: Iterable[dict[str, str]]) -> None:
        """As many together as one transaction takes."""
        together: list[tuple[str, dict[str, str]]] = []
        size = 0
        for row in rows:
            weight = sum(len(value) for value in row.values())
            if together and (len(together) == TOGETHER or size + weight > TRANSACTION_BYTES):
                self._table.submit_transaction(together)
                together, size = [], 0
            together.append(("upsert", {"PartitionKey": partition, **row}))
            size += weight
        if together:
            self._table.submit_transaction(together)


def _key(announcement: Announcement) -> str:
    """The same for the same announcement; table keys forbid some characters."""
    return sha256(_text(announcement).encode()).hexdigest()


def _text(announcement: Announcement) -> str:
    """ASCII only, so that ids which are no Unicode can be kept too."""
    return json.dumps(msgspec.to_builtins(announcement), separators=(",", ":"), sort_keys=True)


def _pieces(announcement: Announcement) -> dict[str, str]:
    text = _text(announcement)
    return {f"part{start // PIECE:03}": text[start : start + PIECE] for start in range(0, len(text), PIECE)}


def _read(row: Any) -> Announcement | None:  # noqa: ANN401 - the SDK's entity
    text = "".join(str(row[name]) for name in sorted(row) if name.startswith("part"))
    try:
        return msgspec.convert(json.loads(text), Announcement)
    except (ValueError, msgspec.ValidationError):
        return None
