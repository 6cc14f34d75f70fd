"""Fakes for one case: tables for geography and history, earlier records for look-ups, a recording channel, a fixed clock."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import structs

from ...flow import decoding
from ...model import Event, Place, RawRecord
from ...ports import Notice, PastActivity
from ...tuning import fold


class GeoTable:
    """``{ip: country}`` or ``{ip: {country, asn, as_organization}}``."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = {ip: Place(country=at) if isinstance(at, str) else Place(**at) for ip, at in table.items()}

    def locate(self, ip: str) -> Place | None:
        """What the table says of this address."""
        return self._table.get(ip)


class HistoryTable:
    """``{"countries": {principal: [...]}, "asns": ..., "clients": ...}``; a principal goes by any of its identifiers."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = {name: {fold(who): frozenset(seen) for who, seen in column.items()} for name, column in table.items()}

    def __call__(self, event: Event) -> PastActivity | None:
        """What is known of this event's principal, or None when the table does not name it."""
        names = [fold(name) for name in (*event.names, event.principal, event.person or "")]
        found = {
            name: next((column[who] for who in names if who in column), frozenset())
            for name, column in self._table.items()
            if name in PastActivity.__struct_fields__
        }
        return PastActivity(**found) if any(found.values()) else None


class EarlierRecords:
    """Records of the case that have arrived, found again by the id that other records name them by."""

    def __init__(self) -> None:
        self._arrived: list[tuple[Event, RawRecord]] = []

    def remember(self, raw: RawRecord) -> None:
        """Add a record that has arrived."""
        self._arrived += [(found, raw) for found in decoding.decode(raw) if isinstance(found, Event)]

    def records(self, vendor_ids: Collection[str]) -> list[RawRecord]:
        """The newest arrival for each of these ids."""
        newest = {event.vendor_id: raw for event, raw in self._arrived if event.vendor_id in vendor_ids}
        return [structs.replace(raw, wanted=True) for raw in newest.values()]


class RecordingChannel:
    """A channel that accepts and keeps every notice."""

    name = "case"

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        """Keep the notice."""
        self.notices.append(notice)


class FixedClock:
    """A clock that only moves when it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The time it was set to last."""
        return self.at
