"""Objects of PowerShell's Graph and AzureAD modules as JSON or CSV, and the files of Microsoft-Extractor-Suite.

Names begin with a capital. Nested objects may be text or names of types (``reading.powershell``); what is lost so is flagged as unreadable
by the decoder. Microsoft-Extractor-Suite writes risk detections and risky users as CSV with the place in columns of its own
(Scripts/Get-RiskyEvents.ps1, and its own output of 2025-04); its sign-ins are Graph's JSON.
"""

from collections.abc import Mapping

from ....reading.fields import Fields, word
from ....reading.times import day_first, month_first_text
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import row, translated

_TIMES = ("ActivityDateTime", "CreatedDateTime", "DetectedDateTime", "LastUpdatedDateTime", "RiskLastUpdatedDateTime")
_PLACE = (row("city", "City"), row("countryOrRegion", "CountryOrRegion"), row("state", "State"))
_EMPTY = frozenset({"", "-"})


def _recognise(record: Fields) -> bool:
    data = record.data
    if not any(name in data for name in _TIMES) or any(name in data for name in ("TimeGenerated", "Type", "SourceSystem")):
        return False
    return "RiskLastUpdatedDateTime" in data or (
        record.has("UserPrincipalName", "UserId", "ServicePrincipalId")
        and record.has("RiskEventType", "Status", "RiskState", "RiskLevelAggregated")
    )


def _translate(record: Fields) -> Mapping[str, object]:
    data = {name: value for name, value in record.data.items() if not (isinstance(value, str) and value.strip() in _EMPTY)}
    swapped = day_first(data.get(name) for name in _TIMES)
    result = {
        name[:1].lower() + name[1:]: month_first_text(value) if swapped and name in _TIMES else value
        for name, value in data.items()
        if name not in {"City", "CountryOrRegion", "State", "RiskEventTypesV2"}
    }
    if "RiskEventTypesV2" in data:
        result["riskEventTypes_v2"] = data["RiskEventTypesV2"]
    place = translated(Fields(data), _PLACE)
    if place and word(result.get("location")) is None:
        result["location"] = place
    return result


POWERSHELL = Dialect(
    name="PowerShell: Get-MgAuditLogSignIn, Get-MgRiskDetection, Get-AzureADAuditSignInLogs, Microsoft-Extractor-Suite",
    marks=frozenset(_TIMES),
    recognise=_recognise,
    translate=_translate,
    columns=(
        columns("ActivityDateTime", "DetectedDateTime", "RiskEventType", "RiskLevel", "RequestId", "UserPrincipalName"),
        columns("CreatedDateTime", "RiskLevelDuringSignIn", "Status", "UserPrincipalName"),
        columns("RiskLastUpdatedDateTime", "RiskLevel", "RiskState", "UserPrincipalName"),
    ),
    cannot_carry=(
        Gap("nested_values", "Objects below the depth of the export are lost and flagged; export with -Depth 10.", flagged=False),
        Gap("device_code", "The module of Graph v1.0 has no protocol, no session and no network; that of beta has.", flagged=False),
    ),
    sample={
        "Activity": "signin",
        "ActivityDateTime": "20/11/2026 10:01:00",
        "AdditionalInfo": '[{"Key":"userAgent","Value":"Mozilla/5.0 (Windows NT 10.0; rv:134.0) Gecko/20100101 Firefox/134.0"}]',
        "CorrelationId": "00000000-0000-4000-b000-000000000001",
        "DetectedDateTime": "20/11/2026 10:01:00",
        "IPAddress": "198.51.100.66",
        "Id": "d0000001",
        "LastUpdatedDateTime": "20/11/2026 10:03:00",
        "City": "Madrid",
        "CountryOrRegion": "ES",
        "State": "Madrid",
        "RequestId": "00000000-0000-4000-9000-000000000001",
        "RiskDetail": "none",
        "RiskEventType": "anonymizedIPAddress",
        "RiskLevel": "high",
        "RiskState": "atRisk",
        "DetectionTimingType": "realtime",
        "Source": "IdentityProtection",
        "UserDisplayName": "Dana Example",
        "UserId": "00000000-0000-4000-a000-000000000001",
        "UserPrincipalName": "dana@example.com",
    },
)
