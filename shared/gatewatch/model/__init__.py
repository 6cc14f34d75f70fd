"""The typed, frozen records that every part of Gatewatch speaks: no logic beyond small derived properties.

Times are timezone-aware UTC datetimes. Strings that an attacker may have written (names, user agents, places) are kept as data only.
Optional means *unknown*: a missing value is never "no risk" and never "MFA used".
"""

from .alerts import Alert, AlertEvent, AlertStatus, GroupKey, Lease, Response, Told
from .enums import Fact, Family, Kind, Outcome, Subject
from .events import AwsSignIn, Device, EntraSignIn, Event, Place, Process, RiskDetection
from .evidence import Activity, Addend, Assessment, Evidence, HistoryFacts
from .records import Ignored, RawRecord, Refused
from .severity import Severity, severity_of

SCHEMA_VERSION = 1

__all__ = [
    "SCHEMA_VERSION",
    "Activity",
    "Addend",
    "Alert",
    "AlertEvent",
    "AlertStatus",
    "Assessment",
    "AwsSignIn",
    "Device",
    "EntraSignIn",
    "Event",
    "Evidence",
    "Fact",
    "Family",
    "GroupKey",
    "HistoryFacts",
    "Ignored",
    "Kind",
    "Lease",
    "Outcome",
    "Place",
    "Process",
    "RawRecord",
    "Refused",
    "Response",
    "RiskDetection",
    "Severity",
    "Subject",
    "Told",
    "severity_of",
]
