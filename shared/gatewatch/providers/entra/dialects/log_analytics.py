"""Rows of Log Analytics and Sentinel whose column names are not Graph's: the portal's time zones, the suffixes of custom tables.

Rows with the plain column names (``CreatedDateTime``, ``RiskLevelDuringSignIn``, dynamic columns as objects or as JSON text) are read as
they are. Source of the columns: MicrosoftDocs/azure-reference-other, azure-monitor-ref/includes (2024).
"""

import re
from collections.abc import Mapping

from ....reading.fields import Fields
from ....reading.late_pattern import LatePattern
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import put

_SIGN_IN = {
    "Category": "SignInLogs",
    "ResultType": "0",
    "UserPrincipalName": "dana@example.com",
    "UserId": "00000000-0000-4000-a000-000000000001",
    "Id": "00000000-0000-4000-9000-000000000001",
    "AppId": "00000002-0000-0ff1-ce00-000000000000",
    "IPAddress": "198.51.100.66",
    "Location": "ES",
    "RiskLevelDuringSignIn": "high",
    "RiskLevelAggregated": "high",
    "RiskState": "atRisk",
    "RiskEventTypes_V2": '["anonymizedIPAddress"]',
    "Status": '{"errorCode":0}',
    "Type": "SigninLogs",
}
_TIMES = ("TimeGenerated", "CreatedDateTime", "ActivityDateTime", "DetectedDateTime", "LastUpdatedDateTime")
_LEFT_OUT = Gap("columns_left_out", "What the query did not project is unknown.", flagged=False)
_ZONE = LatePattern(r" \[([^\]]{1,64})\]$")


def _zones(record: Fields) -> set[str]:
    return {match.group(1).casefold() for name in record.data if (match := _ZONE.search(name)) is not None}


def _known(record: Fields) -> bool:
    """Whether this is a row about sign-ins or risk; the names of the times alone are those of any table."""
    return record.has("UserPrincipalName", "UserId", "ServicePrincipalId") and record.has(
        "ResultType", "Status", "RiskLevel", "RiskEventType", "RiskState"
    )


def _without_zone(record: Fields) -> Mapping[str, object]:
    return {_ZONE.sub("", name): value for name, value in record.data.items()}


PORTAL_ROWS = Dialect(
    name="Log Analytics and Sentinel: rows with times in UTC (`CreatedDateTime [UTC]`)",
    marks=frozenset(f"{name} [UTC]" for name in _TIMES),
    recognise=lambda record: _zones(record) == {"utc"} and _known(record),
    translate=_without_zone,
    columns=(
        columns("TimeGenerated", "UserPrincipalName", "ResultType", "AppId"),
        columns("CreatedDateTime", "UserPrincipalName", "ResultType", "AppId"),
        columns("TimeGenerated", "ServicePrincipalId", "ResultType", "AppId"),
        columns("ActivityDateTime", "RiskEventType", "RiskLevel", "RiskState", "UserPrincipalName", "TimeGenerated"),
        columns("ActivityDateTime", "RiskEventType", "RiskLevel", "RiskState", "ServicePrincipalId"),
    ),
    cannot_carry=(_LEFT_OUT,),
    sample={"TimeGenerated [UTC]": "11/20/2026, 10:03:00.000 AM", "CreatedDateTime [UTC]": "11/20/2026, 10:01:00.000 AM", **_SIGN_IN},
)
LOCAL_ROWS = Dialect(
    name="Log Analytics and Sentinel: rows with times in another zone (`CreatedDateTime [Local Time]`)",
    marks=frozenset(f"{name} [{zone}]" for name in _TIMES for zone in ("Local Time", "Local time", "local time")),
    recognise=lambda record: not _zones(record) <= {"utc"} and _known(record),
    translate=_without_zone,
    cannot_carry=(Gap("time_zone", "Its times are those of a browser, read as UTC: up to 14 hours wrong. Export in UTC."), _LEFT_OUT),
    sample={
        "TimeGenerated [Local Time]": "11/20/2026, 10:03:00.000 AM",
        "CreatedDateTime [Local Time]": "11/20/2026, 10:01:00.000 AM",
        **_SIGN_IN,
    },
)

# Custom tables (names ending in _CL) put the type behind each name and join the names of nested objects with an underscore.
_SUFFIX = LatePattern(r"_[sdbgt]$")
_PREFIX = LatePattern(r"^(?:properties|value|records)_", re.IGNORECASE)
_OBJECTS = {
    name.casefold(): name for name in ("status", "location", "locationDetails", "deviceDetail", "mfaDetail", "location_geoCoordinates")
}
_INNER = LatePattern(rf"^({'|'.join(sorted(map(re.escape, _OBJECTS.values()), key=len, reverse=True))})_(\w+)$", re.IGNORECASE)
_TYPED = tuple(
    f"{prefix}{name}_{suffix}"
    for prefix in ("", "properties_")
    for name, suffix in (
        ("userPrincipalName", "s"), ("UserPrincipalName", "s"), ("userId", "g"), ("UserId", "g"), ("userId", "s"), ("UserId", "s"),
        ("servicePrincipalId", "g"), ("ServicePrincipalId", "g"), ("servicePrincipalId", "s"), ("ServicePrincipalId", "s"),
    )
)  # fmt: skip


def _typed(record: Fields) -> bool:
    plain = Fields({_PREFIX.sub("", _SUFFIX.sub("", name)): value for name, value in record.data.items()})
    return _SUFFIX.search(next(iter(name for name in record.data if name in _TYPED), "")) is not None and (
        plain.has("riskLevelDuringSignIn", "riskLevelAggregated", "riskEventType", "status_errorCode", "errorCode", "resultType")
    )


def _without_suffix(record: Fields) -> Mapping[str, object]:
    result: dict[str, object] = {}
    for name, value in record.data.items():
        plain = _PREFIX.sub("", _SUFFIX.sub("", name))
        inner = _INNER.match(plain)
        if inner is None:
            result.setdefault(plain, value)
        elif value not in (None, ""):
            put(result, f"{_OBJECTS[inner.group(1).casefold()].replace('_', '.')}.{inner.group(2)}", value)
    return result


CUSTOM_TABLE = Dialect(
    name="Log Analytics: custom tables (`riskLevelAggregated_s`, `status_errorCode_d`)",
    marks=frozenset(_TYPED),
    recognise=_typed,
    translate=_without_suffix,
    columns=(
        columns("userPrincipalName_s", "status_errorCode_d"),
        columns("userPrincipalName_s", "riskLevelAggregated_s"),
        columns("properties_userPrincipalName_s", "properties_status_errorCode_d"),
    ),
    cannot_carry=(_LEFT_OUT,),
    sample={
        "TimeGenerated": "2026-11-20T10:03:00Z",
        "Type": "EntraSignIns_CL",
        "id_g": "00000000-0000-4000-9000-000000000001",
        "createdDateTime_t": "2026-11-20T10:01:00Z",
        "userId_g": "00000000-0000-4000-a000-000000000001",
        "userPrincipalName_s": "dana@example.com",
        "appId_g": "00000002-0000-0ff1-ce00-000000000000",
        "ipAddress_s": "198.51.100.66",
        "location_countryOrRegion_s": "ES",
        "location_geoCoordinates_latitude_d": 40.4,
        "status_errorCode_d": 0.0,
        "riskLevelDuringSignIn_s": "high",
        "riskLevelAggregated_s": "high",
        "riskState_s": "atRisk",
        "riskEventTypes_v2_s": '["anonymizedIPAddress"]',
    },
)
