"""Sign-ins in Microsoft Defender's advanced hunting: rows of a query (JSON, CSV, Sentinel) and records of the streaming API.

Tables EntraIdSignInEvents (AADSignInEventsBeta until 2025-12) and EntraIdSpnSignInEvents (AADSpnSignInEventsBeta). Source of names and
codes: MicrosoftDocs/defender-docs, defender-xdr/advanced-hunting-entraidsigninevents-table.md and the three others (2025-12).
"""

from collections.abc import Mapping

from ....reading.fields import Fields, flag, mapping, parse_once, scalar, word
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import by_code, row, translated

STREAMED = "advancedhunting-"
_TABLES = frozenset(
    {"entraidsigninevents", "aadsignineventsbeta", "entraidspnsignineventsbeta", "entraidspnsigninevents", "aadspnsignineventsbeta"}
)
_RISK_LEVELS = by_code({"0": None, "1": "none", "10": "low", "50": "medium", "100": "high"})
_RISK_STATES = by_code({"0": "none", "1": "confirmedSafe", "2": "remediated", "3": "dismissed", "4": "atRisk", "5": "confirmedCompromised"})
_POLICY = by_code({"0": "success", "1": "failure", "2": "notApplied"})


def _number(value: object) -> object:
    """Coordinates are text in these tables."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _kinds(value: object) -> object:
    """``LogonType``: a list of sign-in event types as JSON text, whatever its documentation says."""
    return parse_once(value) or value if isinstance(value, str) else value


def _tenant(value: object) -> object:
    return word(value)


ROWS = (
    row("id", "RequestId"),
    row("createdDateTime", "Timestamp", "TimeGenerated"),
    row("correlationId", "CorrelationId"),
    row("status.errorCode", "ErrorCode"),
    row("userId", "AccountObjectId"),
    row("userPrincipalName", "AccountUpn"),
    row("userDisplayName", "AccountDisplayName"),
    row("servicePrincipalId", "ServicePrincipalId"),
    row("servicePrincipalName", "ServicePrincipalName"),
    row("appId", "ApplicationId"),
    row("appDisplayName", "Application"),
    row("resourceId", "ResourceId"),
    row("resourceDisplayName", "ResourceDisplayName"),
    row("clientAppUsed", "ClientAppUsed"),
    row("userAgent", "UserAgent"),
    row("sessionId", "SessionId"),
    row("uniqueTokenIdentifier", "UniqueTokenId"),
    row("authenticationRequirement", "AuthenticationRequirement"),
    row("conditionalAccessStatus", "ConditionalAccessStatus", read=_POLICY),
    row("riskLevelAggregated", "RiskLevelAggregated", read=_RISK_LEVELS),
    row("riskLevelDuringSignIn", "RiskLevelDuringSignIn", read=_RISK_LEVELS),
    row("riskState", "RiskState", read=_RISK_STATES),
    row("riskEventTypes_v2", "RiskEventTypes"),
    row("ipAddress", "IPAddress"),
    row("location.countryOrRegion", "Country"),
    row("location.state", "State"),
    row("location.city", "City"),
    row("location.geoCoordinates.latitude", "Latitude", read=_number),
    row("location.geoCoordinates.longitude", "Longitude", read=_number),
    row("deviceDetail.deviceId", "EntraIdDeviceId", "AadDeviceId"),
    row("deviceDetail.displayName", "DeviceName"),
    row("deviceDetail.operatingSystem", "OSPlatform"),
    row("deviceDetail.browser", "Browser"),
    row("deviceDetail.isManaged", "IsManaged"),
    row("deviceDetail.isCompliant", "IsCompliant"),
    row("deviceDetail.trustType", "DeviceTrustType"),
    row("signInEventTypes", "LogonType", read=_kinds),
    row("AADTenantId", "tenantId", read=_tenant),
)


def _streamed(record: Fields) -> str | None:
    """The table of a streamed record, lower case; None for a record of anything else."""
    category = word(record.data.get("category")) if "properties" in record.data else None
    return category.removeprefix(STREAMED) if category is not None and category.startswith(STREAMED) else None


def _recognise(record: Fields) -> bool:
    if "properties" in record.data:
        return _streamed(record) in _TABLES
    who = record.has("AccountObjectId", "AccountUpn", "ServicePrincipalId")
    risk = record.has("RiskLevelAggregated", "RiskLevelDuringSignIn")
    what = record.has("ErrorCode") and (risk or record.has("ApplicationId", "Application"))
    return who and what and record.has("Timestamp", "TimeGenerated") and not record.has("CreatedDateTime", "ActionType")


def _translate(record: Fields) -> Mapping[str, object]:
    inner = Fields(mapping(record.get("properties"))) if _streamed(record) is not None else record
    result = translated(inner, ROWS)
    if inner is not record:
        result |= translated(record, (row("AADTenantId", "tenantId", read=_tenant),))
    else:
        result.pop("AADTenantId", None)  # in a workspace the column names the workspace
    if "signInEventTypes" not in result and inner.has("ServicePrincipalId") and not inner.has("AccountObjectId", "AccountUpn"):
        result["signInEventTypes"] = ["managedIdentity" if flag(inner.get("IsManagedIdentity")) else "servicePrincipal"]
    guest = scalar(inner.get("IsGuestUser"))
    if guest is not None:
        result["userType"] = "guest" if flag(guest) else "member"
    return result


DEFENDER = Dialect(
    name="Defender advanced hunting: EntraIdSignInEvents, AADSignInEventsBeta",
    marks=frozenset({"AccountObjectId", "AccountUpn", "ServicePrincipalId", "properties"}),
    recognise=_recognise,
    translate=_translate,
    columns=(
        columns("Timestamp", "ApplicationId", "ErrorCode", "AccountObjectId", "RequestId"),
        columns("TimeGenerated", "ApplicationId", "ErrorCode", "AccountObjectId", "RequestId"),
        columns("Timestamp", "ApplicationId", "ErrorCode", "ServicePrincipalId", "RequestId"),
        columns("Timestamp", "AccountUpn", "ErrorCode", "RiskLevelAggregated"),
        columns("Timestamp", "AccountUpn", "ErrorCode", "RiskLevelDuringSignIn"),
    ),
    cannot_carry=(
        Gap("authentication_protocol", "A device code and a password grant cannot be told from other sign-ins."),
        Gap("credential_type", "How a workload proved itself is not said.", flagged=False),
        Gap("autonomous_system", "The network is known only by its address.", flagged=False),
        Gap("risk_detail", "The reason for which a risk ended is a number without a published table.", flagged=False),
    ),
    sample={
        "Timestamp": "2026-11-20T10:01:00Z",
        "Application": "Office 365 Exchange Online",
        "ApplicationId": "00000002-0000-0ff1-ce00-000000000000",
        "LogonType": '["interactiveUser"]',
        "ErrorCode": 0,
        "CorrelationId": "00000000-0000-4000-b000-000000000001",
        "AccountDisplayName": "Dana Example",
        "AccountObjectId": "00000000-0000-4000-a000-000000000001",
        "AccountUpn": "dana@example.com",
        "IsGuestUser": 0,
        "RiskLevelAggregated": 100,
        "RiskLevelDuringSignIn": 100,
        "RiskEventTypes": '["anonymizedIPAddress"]',
        "RiskState": 4,
        "ConditionalAccessStatus": 2,
        "IPAddress": "198.51.100.66",
        "Country": "ES",
        "City": "Madrid",
        "Latitude": "40.4",
        "Longitude": "-3.7",
        "Browser": "Chrome 142.0.0",
        "OSPlatform": "Windows10",
        "IsManaged": 0,
        "IsCompliant": 0,
        "RequestId": "00000000-0000-4000-9000-000000000001",
        "ReportId": "7d1f0000-0000-4000-8000-000000000001",
    },
)
