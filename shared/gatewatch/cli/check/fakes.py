"""Fakes for one case: tables for geography and history, earlier records for look-ups, a recording channel, a fixed clock."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from ...flow import decoding
from ...model import Event, Place, RawRecord
from ...model.familiarity import Familiarity, Run, Start
from ...ports import Notice
from ...providers.catalogue import provider_of
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
        self._table = {name: {fold(who): sorted(map(str, seen)) for who, seen in column.items()} for name, column in table.items()}

    def familiar(self, event: Event, now: datetime) -> Familiarity | None:
        """What is usual for this event's principal, in daily use for 90 days, or None when the table does not name it.

        Of a feature that the table does not name, the event's own value is usual.
        """
        names = [fold(name) for name in (*event.names, event.principal, event.person or "")]
        start = Start(now - timedelta(days=90), "history")
        run = Run(start, (now - timedelta(days=1)).date().isoformat())
        runs = {
            feature: {f"{prefix}{value}": (run,) for who in names for value in self._table.get(column, {}).get(who, ())}
            for column, (feature, prefix) in _COLUMNS.items()
        }
        found = {feature: values for feature, values in runs.items() if values}
        own = {feature: {str(value): (run,)} for feature, value in provider_of(event).features(event)}
        return Familiarity(runs={**own, **found}, beginning=start) if found else None


_COLUMNS = {"countries": ("country", ""), "asns": ("network", "AS"), "clients": ("client", "")}


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
