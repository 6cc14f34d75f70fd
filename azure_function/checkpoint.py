"""Where a poll stands: watermark, lease and what was announced, one Table entity each, changed by ETag compare-and-swap only."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, structs

from gatewatch.errors import GatewatchError

if TYPE_CHECKING:
    from azure.data.tables import TableClient

SCHEMA = 1


class LeaseLost(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """Another worker holds this stream now: stop, write nothing."""


class Pass(Struct, frozen=True, kw_only=True):
    """A second reading of what lies before ``mark``, under way since ``started``; everything before ``at`` is done."""

    mark: datetime
    started: datetime
    at: datetime


class Cursor(Struct, frozen=True, kw_only=True):
    """One stream's state while we hold its lease.

    Everything up to ``watermark`` was read and accepted by the store. The last finished second reading went up to ``passed``; evidence
    ingested until ``settled`` has been through one. ``slice_seconds`` shrinks while slices do not fit a run.
    """

    stream: str
    owner: str = ""
    locked_until: datetime | None = None
    watermark: datetime | None = None
    passing: Pass | None = None
    passed: datetime | None = None
    settled: datetime | None = None
    slice_seconds: int | None = None
    token: str = ""  # what the next save must present


class Checkpoint(Protocol):
    """The port: an Azure table, or memory in tests."""

    def claim(self, stream: str, owner: str, now: datetime, until: datetime) -> Cursor | None:
        """The stream's cursor under our lease, or None while somebody else holds it or won the race for it."""
        ...

    def save(self, cursor: Cursor) -> Cursor:
        """Write it; raises ``LeaseLost`` when the lease was taken over: then nothing was written."""
        ...

    def announced(self) -> dict[str, tuple[str, ...]]:
        """Channels by record key, for the records that were announced before they could be stored."""
        ...

    def remember(self, told: Mapping[str, tuple[str, ...]]) -> None:
        """Add to ``announced``."""
        ...

    def forget(self, keys: list[str]) -> None:
        """Drop from ``announced``: the alert's own ledger knows now."""
        ...


class TableCheckpoint:
    """``Checkpoint`` in an Azure table: partition = tenant, row = stream."""

    def __init__(self, table: "TableClient", tenant: str) -> None:
        self._table = table
        self._tenant = tenant
        self._told = f"{tenant}|announced"

    def claim(self, stream: str, owner: str, now: datetime, until: datetime) -> Cursor | None:
        """See ``Checkpoint``."""
        from azure.core.exceptions import ResourceNotFoundError  # noqa: PLC0415 - heavy

        try:
            found = self._table.get_entity(self._tenant, stream)
        except ResourceNotFoundError:
            cursor = Cursor(stream=stream)
        else:
            cursor = _cursor(stream, found)
        if cursor.locked_until is not None and cursor.locked_until > now:
            return None
        try:
            return self.save(structs.replace(cursor, owner=owner, locked_until=until))
        except LeaseLost:
            return None

    def save(self, cursor: Cursor) -> Cursor:
        """See ``Checkpoint``."""
        from azure.core import MatchConditions  # noqa: PLC0415 - heavy
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError  # noqa: PLC0415 - heavy
        from azure.data.tables import UpdateMode  # noqa: PLC0415 - heavy

        entity = _entity(self._tenant, cursor)
        try:
            if cursor.token:
                answer = self._table.update_entity(
                    entity, UpdateMode.REPLACE, etag=cursor.token, match_condition=MatchConditions.IfNotModified
                )
            else:
                answer = self._table.create_entity(entity)
        except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError) as error:
            raise LeaseLost(f"another worker took over {cursor.stream}") from error
        return structs.replace(cursor, token=str(answer["etag"]))

    def announced(self) -> dict[str, tuple[str, ...]]:
        """See ``Checkpoint``."""
        rows = self._table.query_entities("PartitionKey eq @told", parameters={"told": self._told})
        return {str(row["RowKey"]): tuple(str(row["channels"]).split(",")) for row in rows}

    def remember(self, told: Mapping[str, tuple[str, ...]]) -> None:
        """See ``Checkpoint``."""
        for key, channels in told.items():
            self._table.upsert_entity({"PartitionKey": self._told, "RowKey": key, "channels": ",".join(channels)})

    def forget(self, keys: list[str]) -> None:
        """See ``Checkpoint``."""
        for key in keys:
            self._table.delete_entity(self._told, key)


def record_key(stream_resource: str, data: object) -> str:
    """What names a record in ``announced``: its Graph id, hashed, since row keys forbid some signs."""
    import msgspec  # noqa: PLC0415 - here only

    named = data.get("id") if isinstance(data, dict) else None
    text = named if isinstance(named, str) and named else msgspec.json.encode(data, order="sorted").decode()
    return hashlib.sha256(f"{stream_resource}|{text}".encode()).hexdigest()


_TIMES = ("locked_until", "watermark", "passed", "settled")
_PASS = {"mark": "pass_mark", "started": "pass_started", "at": "pass_at"}


def _entity(tenant: str, cursor: Cursor) -> dict[str, Any]:
    """Times are text, because the service's own type ends at 100 ns and the SDK returns it as a subclass of ``datetime``."""
    moments = {name: getattr(cursor, name) for name in _TIMES}
    if cursor.passing is not None:
        moments |= {column: getattr(cursor.passing, name) for name, column in _PASS.items()}
    entity: dict[str, Any] = {"PartitionKey": tenant, "RowKey": cursor.stream, "schema": SCHEMA, "owner": cursor.owner}
    if cursor.slice_seconds is not None:
        entity["slice_seconds"] = cursor.slice_seconds
    return entity | {name: moment.astimezone(UTC).isoformat() for name, moment in moments.items() if moment is not None}


def _cursor(stream: str, found: Any) -> Cursor:  # noqa: ANN401 - the SDK's entity
    moments = {name: datetime.fromisoformat(found[name]) for name in (*_TIMES, *_PASS.values()) if found.get(name)}
    passing = {name: moments.pop(column) for name, column in _PASS.items() if column in moments}
    return Cursor(
        stream=stream,
        owner=str(found.get("owner", "")),
        slice_seconds=found.get("slice_seconds"),
        passing=Pass(**passing) if len(passing) == len(_PASS) else None,
        token=str(found.metadata["etag"]),
        **moments,
    )
