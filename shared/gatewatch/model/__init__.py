"""The typed, frozen records that all rooms of Gatewatch share. They have no logic beyond small derived properties.

Times are timezone-aware UTC datetimes. Strings that an attacker may have written (names, user agents, places) are only data.
None means *unknown*: a missing value never means "no risk" or "MFA used".
"""

from .alerts import Alert, AlertEvent, AlertStatus, Announcement, EventText, Lease, Link, NotificationEntry, Snapshot
from .enums import Fact, Outcome
from .events import OTHER, Detail, Event, Place
from .evidence import Activity, Assessment, Evidence, Prepared, ScoreComponent
from .group_key import GroupKey
from .records import Ignored, RawRecord, Refused
from .responses import Response, ResponseKind, ResponseVerdict
from .severity import Severity, severity_of

SCHEMA_VERSION = 1
"""The schema version of documents and of the SQLite file. It increases when older code cannot read the new form."""

__all__ = [
    "OTHER",
    "SCHEMA_VERSION",
    "Activity",
    "Alert",
    "AlertEvent",
    "AlertStatus",
    "Announcement",
    "Assessment",
    "Detail",
    "Event",
    "EventText",
    "Evidence",
    "Fact",
    "GroupKey",
    "Ignored",
    "Lease",
    "Link",
    "NotificationEntry",
    "Outcome",
    "Place",
    "Prepared",
    "RawRecord",
    "Refused",
    "Response",
    "ResponseKind",
    "ResponseVerdict",
    "ScoreComponent",
    "Severity",
    "Snapshot",
    "severity_of",
]
