"""The typed, frozen records that every part of Gatewatch speaks: no logic beyond small derived properties.

Times are timezone-aware UTC datetimes. Strings that an attacker may have written (names, user agents, places) are kept as data only.
Optional means *unknown*: a missing value is never "no risk" and never "MFA used".
"""

from .alerts import Alert, AlertEvent, AlertStatus, GroupKey, Lease, NotificationEntry, Response, Snapshot
from .enums import Fact, Outcome
from .events import OTHER, Detail, Event, Place
from .evidence import Activity, Assessment, Evidence, HistoryFacts, ScoreComponent
from .records import Ignored, RawRecord, Refused
from .severity import Severity, severity_of

SCHEMA_VERSION = 1
"""Of documents and of the SQLite file: raised when a newer shape cannot be read by what reads this one."""

__all__ = [
    "OTHER",
    "SCHEMA_VERSION",
    "Activity",
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
    "NotificationEntry",
    "Outcome",
    "Place",
    "RawRecord",
    "Refused",
    "Response",
    "ScoreComponent",
    "Severity",
    "Snapshot",
    "severity_of",
]
