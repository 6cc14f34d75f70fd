"""The poller's checkpoint in an Azure table: one entity a stream, changed by ETag compare-and-swap only."""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import structs

from gatewatch.polling.cursor import Cursor, Rescan, mended
from gatewatch.polling.errors import LeaseLost

from .table_announcements import TableAnnouncements

if TYPE_CHECKING:
    from azure.data.tables import TableClient

LOG = logging.getLogger(__name__)
SCHEMA = 1


class TableCheckpoint(TableAnnouncements):
    """``Checkpoint`` in an Azure table: partition = tenant, row = stream."""

    def __init__(self, table: "TableClient", tenant: str) -> None:
        super().__init__(table, tenant)
        self._tenant = tenant

    def claim(self, stream: str, owner: str, now: datetime, until: datetime) -> Cursor | None:
        """See ``Checkpoint``. What cannot be true in a row is named in the log and left out."""
        from azure.core.exceptions import ResourceNotFoundError  # noqa: PLC0415 - heavy

        try:
            found = self._table.get_entity(self._tenant, stream)
        except ResourceNotFoundError:
            cursor = Cursor(stream=stream)
        else:
            cursor, wrong = mended(*_cursor(stream, found, now))
            if wrong:
                LOG.error(
                    "the row of %s in the table of cursors is damaged (%s): it is read from %s on",
                    stream,
                    ", ".join(wrong),
                    cursor.watermark,
                )
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

    def cursors(self) -> list[Cursor]:
        """Every stream's cursor, for who only looks: no lease is taken."""
        rows = self._table.query_entities("PartitionKey eq @tenant", parameters={"tenant": self._tenant})
        now = datetime.now(UTC)
        return [_cursor(str(row["RowKey"]), row, now)[0] for row in rows]


_TIMES = ("locked_until", "watermark", "rescanned", "settled", "final", "late_from", "late_until")
_NUMBERS = ("slice_seconds", "rescan_slice_seconds", "unfinished", "haste")
_RESCAN = {"until": "rescan_until", "started": "rescan_started", "at": "rescan_at"}


def _entity(tenant: str, cursor: Cursor) -> dict[str, Any]:
    """Times are text, because the service's own type ends at 100 ns and the SDK returns it as a subclass of ``datetime``."""
    moments = {name: getattr(cursor, name) for name in _TIMES}
    if cursor.rescan is not None:
        moments |= {column: getattr(cursor.rescan, name) for name, column in _RESCAN.items()}
    entity: dict[str, Any] = {"PartitionKey": tenant, "RowKey": cursor.stream, "schema": SCHEMA, "owner": cursor.owner}
    entity |= {name: number for name in _NUMBERS if (number := getattr(cursor, name))}
    return entity | {name: moment.astimezone(UTC).isoformat() for name, moment in moments.items() if moment is not None}


def _cursor(stream: str, found: Any, now: datetime) -> tuple[Cursor, datetime, list[str]]:  # noqa: ANN401 - the SDK's entity
    """What a row says, and which of its fields cannot be read."""
    given = {name: _moment(found[name]) for name in (*_TIMES, *_RESCAN.values()) if found.get(name)}
    moments = {name: moment for name, moment in given.items() if moment is not None}
    rescan = {name: moments.pop(column) for name, column in _RESCAN.items() if column in moments}
    numbers = {name: number for name in _NUMBERS if type(number := found.get(name)) is int}
    unreadable = [name for name, moment in given.items() if moment is None]
    unreadable += [name for name in _NUMBERS if name in found and type(found[name]) not in {int, bool}]
    cursor = Cursor(
        stream=stream,
        owner=str(found.get("owner", "")),
        slice_seconds=numbers.get("slice_seconds"),
        rescan_slice_seconds=numbers.get("rescan_slice_seconds"),
        unfinished=numbers.get("unfinished", 0),
        haste=numbers.get("haste", 0),
        rescan=Rescan(**rescan) if len(rescan) == len(_RESCAN) else None,
        token=str(found.metadata["etag"]),
        **moments,
    )
    return cursor, now, unreadable


def _moment(value: object) -> datetime | None:
    """A moment of a row; None where it is none."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
