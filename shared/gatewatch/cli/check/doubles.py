"""The world of a case: a table for geography and history, earlier records for look-ups, a channel that remembers, a clock that stands."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

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
    """Sign-ins by id, among the records of the case that have arrived."""

    def __init__(self) -> None:
        self._by_id: dict[str, RawRecord] = {}

    def remember(self, raw: RawRecord) -> None:
        """This record has arrived."""
        for found in decoding.decode(raw):
            if isinstance(found, Event) and found.entra is not None and found.entra.sign_in_id:
                self._by_id[found.entra.sign_in_id.lower()] = raw

    def sign_ins(self, ids: Collection[str]) -> list[RawRecord]:
        """Those of these sign-ins that have arrived."""
        found = (self._by_id.get(wanted.lower()) for wanted in ids)
        return [RawRecord(data=raw.data, fetched=raw.fetched, tenant=raw.tenant, origin=raw.origin, wanted=True) for raw in found if raw]


class Remembering:
    """A channel that takes everything and keeps it."""

    name = "case"

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        """Keep it."""
        self.notices.append(notice)


class StandingClock:
    """Stands where it was set last."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The set time."""
        return self.at
