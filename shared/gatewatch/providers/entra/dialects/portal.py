"""Sign-ins as the Entra and Azure portals download them as CSV: interactive, non-interactive, application and managed identity.

Column names as incident tools of 2024-10 and 2026-01 list them, with their blanks (``Application ID ``, ``Autonomous system  number``).
What the columns of the portal's "risky sign-ins" and "risk detections" files are called is not published, so those are not read.
"""

from collections.abc import Mapping

from ....reading.fields import Fields, scalar
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import Read, put, row, translated

CATEGORY = "PortalSignIns"


def _joined(value: object) -> object:
    """Portal labels are Graph's terms in words: "Device code flow", "Single-factor authentication", "At risk"."""
    text = scalar(value)
    return "".join(c for c in text if c.isalnum()) or None if text is not None else None


def _unless(*empty: str) -> Read:
    """A reader of text in which these labels (folded) mean nothing."""
    return lambda value: None if (text := scalar(value)) is None or text.casefold() in empty else text


ROWS = (
    row("id", "request id"),
    row("createdDateTime", "date (utc)", "date"),
    row("correlationId", "correlation id"),
    row("userAgent", "user agent"),
    row("userId", "user id"),
    row("userDisplayName", "user"),
    row("userPrincipalName", "username"),
    row("userType", "user type"),
    row("crossTenantAccessType", "cross tenant access type", read=_joined),
    row("incomingTokenType", "incoming token type"),
    row("authenticationProtocol", "authentication protocol", read=_joined),
    row("originalTransferMethod", "original transfer method", read=_joined),
    row("clientCredentialType", "client credential type", read=_joined),
    row("appId", "application id"),
    row("appDisplayName", "application"),
    row("resourceId", "resource id"),
    row("resourceDisplayName", "resource"),
    row("ipAddress", "ip address"),
    row("status.failureReason", "failure reason", read=_unless("other.", "none")),
    row("clientAppUsed", "client app"),
    row("deviceDetail.deviceId", "device id"),
    row("deviceDetail.browser", "browser"),
    row("deviceDetail.operatingSystem", "operating system"),
    row("deviceDetail.isCompliant", "compliant"),
    row("deviceDetail.isManaged", "managed"),
    row("deviceDetail.trustType", "join type"),
    row("status.additionalDetails", "multifactor authentication result"),
    row("mfaDetail.authMethod", "multifactor authentication auth method", read=_unless("none")),
    row("mfaDetail.authDetail", "multifactor authentication auth detail", read=_unless("none")),
    row("authenticationRequirement", "authentication requirement", read=_joined),
    row("sessionId", "session id"),
    row("autonomousSystemNumber", "autonomous system number"),
    row("conditionalAccessStatus", "conditional access", read=_joined),
    row("servicePrincipalId", "service principal id"),
    row("servicePrincipalName", "service principal name"),
    row("servicePrincipalCredentialKeyId", "credential key id"),
    row("servicePrincipalCredentialThumbprint", "credential thumbprint"),
    row("federatedCredentialId", "federated token id"),
    row("riskLevelAggregated", "risk level (aggregate)", read=_joined),
    row("riskLevelDuringSignIn", "risk level (real-time)", "risk level (sign-in)", read=_joined),
    row("riskState", "risk state", read=_joined),
)


def _folded(record: Fields) -> Fields:
    """The record with names in which blanks and case do not count. Of a column that stands there twice the first counts."""
    found: dict[str, object] = {}
    for name, value in record.data.items():
        found.setdefault(" ".join(name.split()).casefold(), value)
    return Fields(found)


def _recognise(record: Fields) -> bool:
    return "Request ID" in record.data and "Status" in record.data


def _translate(record: Fields) -> Mapping[str, object]:
    row_of = _folded(record)
    result = translated(row_of, ROWS)
    result["category"] = CATEGORY
    put(result, "status.errorCode", _code(row_of))
    place = _place(scalar(row_of.get("location")))
    if place:
        result["location"] = place
    if "servicePrincipalId" in result and "userId" not in result:
        managed = _joined(row_of.get("managed identity type")) not in {None, "none", "None"}
        result["signInEventTypes"] = ["managedIdentity" if managed else "servicePrincipal"]
    return result


def _code(record: Fields) -> object:
    """The error code. A success may have none; the portal makes its status from the code (0 is Success)."""
    code = scalar(record.get("sign-in error code"))
    if code is not None and code.casefold() != "none":
        return code
    status = scalar(record.get("status"))
    return 0 if status is not None and status.casefold() == "success" else status


def _place(location: str | None) -> dict[str, object]:
    """City, state and country of "Melbourne, Victoria, AU"."""
    parts = [part.strip() for part in (location or "").rsplit(",", 2)]
    names = {1: ("countryOrRegion",), 2: ("city", "countryOrRegion"), 3: ("city", "state", "countryOrRegion")}[len(parts)]
    return {name: part for name, part in zip(names, parts, strict=True) if part}


PORTAL = Dialect(
    name="Entra portal: sign-ins as CSV",
    marks=frozenset({"Request ID"}),
    recognise=_recognise,
    translate=_translate,
    columns=(columns("Date (UTC)", "Request ID", "Status"), columns("Date", "Request ID", "Username", "Status")),
    cannot_carry=(
        Gap("risk", "It has no risk level, state or type, so no rule about risk can match. Export Graph's JSON for those."),
        Gap("stream", "Interactive and non-interactive sign-ins of people have the same columns.", flagged=False),
    ),
    sample={
        "Date (UTC)": "2026-11-20T10:01:00Z",
        "Request ID": "00000000-0000-4000-9000-000000000001",
        "User agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Correlation ID": "00000000-0000-4000-b000-000000000001",
        "User ID": "00000000-0000-4000-a000-000000000001",
        "User": "Dana Example",
        "Username": "dana@example.com",
        "User type": "Member",
        "Cross tenant access type": "None",
        "Incoming token type": "None",
        "Authentication Protocol": "None",
        "Original transfer method": "None",
        "Client credential type": "None",
        "Application": "Azure Portal",
        "Application ID ": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
        "Resource": "Windows Azure Service Management API",
        "Resource ID ": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        "IP address": "198.51.100.66",
        "Location": "Madrid, Madrid, ES",
        "Status": "Success",
        "Sign-in error code": "0",
        "Failure reason": "Other.",
        "Client app": "Browser",
        "Device ID": "",
        "Browser": "Chrome 142.0.0",
        "Operating System": "Windows 10",
        "Compliant": "No",
        "Managed": "No",
        "Join Type": "",
        "Authentication requirement": "Single-factor authentication",
        "Session ID": "5e000001-0000-4000-8000-000000000001",
        "Autonomous system  number": "64500",
        "Conditional Access": "Not Applied",
    },
)
