"""Where records lie: makes records and refusals of one file, each with its origin."""

from dataclasses import dataclass
from datetime import datetime

from ...model import RawRecord, Refused


@dataclass(frozen=True, slots=True)
class Location:
    """One file and what its carrier knows of its records."""

    name: str
    tenant: str | None = None
    fetched: datetime | None = None

    def record(self, line: int, data: object, nth: int | None = None) -> RawRecord:
        """The record that begins on this line, the ``nth`` (from 0) of its list."""
        origin = f"{self.name}:{line}" if nth is None else f"{self.name}:{line}[{nth}]"
        return RawRecord(data=data, fetched=self.fetched, tenant=self.tenant, origin=origin)

    def refused(self, line: int, reason: str, detail: str = "") -> Refused:
        """What is no record on this line."""
        return Refused(origin=f"{self.name}:{line}", reason=reason, detail=detail)
