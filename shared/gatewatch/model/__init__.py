"""The typed, frozen records that every part of Gatewatch speaks: no logic beyond small derived properties.

Times are timezone-aware UTC datetimes. Strings that an attacker may have written (names, user agents, places) are kept as data only.
Optional means *unknown*: a missing value is never "no risk" and never "MFA used".
"""

from .alerts import Alert, AlertEvent, AlertStatus, GroupKey, Lease, Response, Snapshot, Told
from .enums import Fact, Outcome
from .events import OTHER, Detail, Event, Place
from .evidence import Activity, Addend, Assessment, Evidence, HistoryFacts
from .records import Ignored, RawRecord, Refused
from .severity import Severity, severity_of

SCHEMA_VERSION = 1
"""Of documents and of the SQLite file: raised when a newer shape cannot be read by what reads this one."""

__all__ = [
    "OTHER",
    "SCHEMA_VERSION",
    "Activity",
    "Addend",
    "Alert",
    "AlertEvent",
    "AlertStatus",
    "Assessment",
    "Detail",
    "Event",
    "Evidence",
    "Fact",
    "GroupKey",
    "HistoryFacts",
    "Ignored",
    "Lease",
    "Outcome",
    "Place",
    "RawRecord",
    "Refused",
    "Response",
    "Severity",
    "Snapshot",
    "Told",
    "severity_of",
]
