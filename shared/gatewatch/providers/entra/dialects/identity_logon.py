"""Defender's IdentityLogonEvents: sign-ins to Entra as Defender for Identity and for Cloud Apps saw them.

Source: MicrosoftDocs/defender-docs, defender-xdr/advanced-hunting-identitylogonevents-table.md. Sign-ins to a domain controller
(``Application`` "Active Directory") are no sign-ins to a cloud and are ignored by name.
"""

from collections.abc import Mapping

from ....reading.fields import Fields, word
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import put, row, translated
from .audit_log import UNKNOWN_FAILURE

CATEGORY = "IdentityLogonEvents"
_ON_PREMISES = frozenset({"active directory", "microsoft active directory"})
_PROTOCOLS = frozenset({"kerberos", "ntlm", "ldap"})
_ROWS = (
    row("createdDateTime", "Timestamp", "TimeGenerated"),
    row("userId", "AccountObjectId"),
    row("userPrincipalName", "AccountUpn"),
    row("userDisplayName", "AccountDisplayName"),
    row("appDisplayName", "Application"),
    row("status.failureReason", "FailureReason"),
    row("ipAddress", "IPAddress"),
    row("location.countryOrRegion", "Location"),
    row("deviceDetail.displayName", "DeviceName"),
    row("deviceDetail.operatingSystem", "OSPlatform"),
)


def is_logon(record: Fields) -> bool:
    """Whether this is a row of IdentityLogonEvents."""
    return (
        (word(record.get("ActionType")) or "").startswith("logon") and record.has("Application") and record.has("AccountName", "AccountUpn")
    )


def is_on_premises(record: Fields) -> bool:
    """Whether the sign-in was to a domain controller, not to a cloud."""
    return word(record.get("Application")) in _ON_PREMISES or word(record.get("Protocol")) in _PROTOCOLS


def _recognise(record: Fields) -> bool:
    return is_logon(record) and not is_on_premises(record)


def _translate(record: Fields) -> Mapping[str, object]:
    result = translated(record, _ROWS)
    result["category"] = CATEGORY
    put(result, "status.errorCode", 0 if word(record.get("ActionType")) == "logonsuccess" else UNKNOWN_FAILURE)
    return result


IDENTITY_LOGON = Dialect(
    name="Defender advanced hunting: IdentityLogonEvents",
    marks=frozenset({"ActionType"}),
    recognise=_recognise,
    translate=_translate,
    columns=(columns("Timestamp", "ActionType", "Application", "AccountUpn", "LogonType", "Protocol"),),
    cannot_carry=(
        Gap("risk", "It has no risk level, state or type, so no rule about risk can match."),
        Gap("sign_in_id", "It has no request id: the same sign-in from another table is a second record."),
        Gap("application_id", "Applications are named, not identified, so entry to a control plane is not seen."),
        Gap("error_code", "A failure has a reason in words, so it is not counted by rules on failures."),
    ),
    sample={
        "Timestamp": "2026-11-20T10:01:00Z",
        "ActionType": "LogonSuccess",
        "Application": "Microsoft 365",
        "LogonType": "Interactive",
        "Protocol": "OAuth2",
        "AccountName": "dana",
        "AccountUpn": "dana@example.com",
        "AccountObjectId": "00000000-0000-4000-a000-000000000001",
        "AccountDisplayName": "Dana Example",
        "IPAddress": "198.51.100.66",
        "Location": "ES",
        "OSPlatform": "Windows10",
        "ReportId": "7d1f0000-0000-4000-8000-000000000002",
    },
)
