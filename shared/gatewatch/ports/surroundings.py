"""The ports of the world around: geography, look-ups of records, the clock."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from ..model import Place, RawRecord


class Geo(Protocol):
    """Finds the location of an IP address."""

    def locate(self, ip: str) -> Place | None:
        """Country, autonomous system and other known facts of an address, or None when nothing is known."""
        ...


class Lookup(Protocol):
    """Fetches records by vendor id, for events that name a record that is not stored as evidence."""

    def records(self, vendor_ids: Collection[str]) -> list[RawRecord]:
        """The records that exist, with ``wanted`` set. The sweep asks again for the others."""
        ...


class Clock(Protocol):
    """The source of the current time."""

    def __call__(self) -> datetime:
        """The current time, timezone-aware UTC."""
        ...
