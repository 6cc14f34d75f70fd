"""Graph's and diagnostic settings' records whose objects became columns: ``status.errorCode``. pandas, jq and Splunk's field lists write them so."""

from ....reading.fields import Fields
from ...dialect import Dialect, Gap, columns, nested

_NAMES = (
    "status.errorCode", "location.countryOrRegion", "deviceDetail.browser", "deviceDetail.operatingSystem", "deviceDetail.isCompliant",
)  # fmt: skip
_MARKS = frozenset({*_NAMES, *(f"properties.{name}" for name in _NAMES)})


def _recognise(record: Fields) -> bool:
    if _MARKS.isdisjoint(record.data):
        return False
    return record.has(
        "userPrincipalName", "properties.userPrincipalName", "userId", "properties.userId", "servicePrincipalId"
    ) and record.has("createdDateTime", "properties.createdDateTime", "activityDateTime", "properties.activityDateTime")


FLATTENED = Dialect(
    name="Graph records with flattened columns",
    marks=_MARKS,
    recognise=_recognise,
    translate=lambda record: nested(record.data),
    columns=(
        columns("createdDateTime", "userPrincipalName", "status.errorCode"),
        columns("properties.createdDateTime", "properties.userPrincipalName", "properties.status.errorCode"),
        columns("activityDateTime", "riskEventType", "riskLevel", "userPrincipalName", "location.countryOrRegion"),
    ),
    cannot_carry=(Gap("empty_values", "An empty cell may be an empty text or a missing value; it is read as missing.", flagged=False),),
    sample={
        "id": "00000000-0000-4000-9000-000000000001",
        "createdDateTime": "2026-11-20T10:01:00Z",
        "userPrincipalName": "dana@example.com",
        "userId": "00000000-0000-4000-a000-000000000001",
        "appId": "00000002-0000-0ff1-ce00-000000000000",
        "ipAddress": "198.51.100.66",
        "riskLevelAggregated": "high",
        "riskLevelDuringSignIn": "high",
        "riskState": "atRisk",
        "riskEventTypes_v2": "['anonymizedIPAddress']",
        "status.errorCode": "0",
        "location.countryOrRegion": "ES",
        "deviceDetail.browser": "Chrome 142.0.0",
        "deviceDetail.operatingSystem": "Windows 10",
    },
)
