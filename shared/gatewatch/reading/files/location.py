"""Where records lie: makes records and refusals of one file, each with its origin."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ...model import RawRecord, Refused

type Part = Callable[[int, int], bytes]
"""The bytes of a file from an offset on, as many as asked for if they are there; raises ``OSError``."""


@dataclass(frozen=True, slots=True)
class Location:
    """One file and what its carrier knows of its records. ``part`` reads a part of it again, where the file is at hand as it is."""

    name: str
    tenant: str | None = None
    fetched: datetime | None = None
    part: Part | None = field(default=None, compare=False)

    def record(self, line: int, data: object, nth: int | None = None) -> RawRecord:
        """The record that begins on this line, the ``nth`` (from 0) of its list."""
        origin = f"{self.name}:{line}" if nth is None else f"{self.name}:{line}[{nth}]"
        return RawRecord(data=data, fetched=self.fetched, tenant=self.tenant, origin=origin)

    def refused(self, line: int, reason: str, detail: str = "") -> Refused:
        """What is no record on this line."""
        return Refused(origin=f"{self.name}:{line}", reason=reason, detail=detail)
