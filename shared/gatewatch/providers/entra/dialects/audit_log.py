"""Sign-ins in the unified audit log of Microsoft 365 (record type 15): ``Operation`` decides, never ``ResultStatus``.

Forms: Search-UnifiedAuditLog and Purview (CSV or JSON, the record is JSON in ``AuditData``), Graph's auditLogRecord, the Management
Activity API's own records, Elastic's o365.audit, Defender's CloudAppEvents (``RawEventData``) and Sentinel's
OfficeActivity. Names as in public test records of elastic/integrations and SEKOIA-IO/intake-formats, 2019 to 2025; times are UTC without
a zone.
"""

import re
from collections.abc import Mapping

from ....errors import SourceError
from ....reading.fields import Fields, items, mapping, objects, scalar, whole, word
from ....reading.late_pattern import LatePattern
from ....reading.powershell import object_in
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import put, row, translated

CATEGORY = "UnifiedAuditLog"
UNKNOWN_FAILURE = -1
"""The error code of a failure whose code the record does not name."""

_SUCCESS, _FAILURE = "userloggedin", "userloginfailed"
_GUID = LatePattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NOBODY = frozenset({"not available", "unknown", "00000000-0000-0000-0000-000000000000"})
# LogonError names that older records have without a number (entra-docs reference-error-codes).
_CODES = {
    "invalidusernameorpassword": 50126, "useraccountnotfound": 50034, "idslocked": 50053, "useraccountdisabled": 50057, "userdisabled": 50057,
    "userstrongauthclientauthnrequired": 50074, "userstrongauthclientauthnrequiredinterrupt": 50074, "userstrongauthenrollmentrequired": 50072,
    "userstrongauthenrollmentrequiredinterrupt": 50072, "userstrongauthexpired": 50078, "blockedbyconditionalaccess": 53003,
    "devicenotcompliant": 53000, "invalidpasswordexpiredpassword": 50055, "authenticationfailedsaserror": 500121,
}  # fmt: skip


def _known(value: object) -> object:
    text = scalar(value)
    return None if text is None or text.casefold() in _NOBODY else text


def _guid(value: object) -> object:
    text = scalar(value)
    return text if text is not None and _GUID.fullmatch(text) and text not in _NOBODY else None


ROWS = (
    row("id", "IntraSystemId", "Id", "OfficeId"),
    row("createdDateTime", "CreationTime", "CreationDate", "TimeGenerated", "createdDateTime", "@timestamp"),
    row("correlationId", "InterSystemsId", read=_guid),
    row("status.failureReason", "LogonError"),
    row("userPrincipalName", "UserId", "UserIds", read=_known),
    row("userId", "UserKey", read=_guid),
    row("appId", "ApplicationId", read=_guid),
    row("resourceId", "ObjectId", "OfficeObjectId", read=_guid),
    row("ipAddress", "ActorIpAddress", "ClientIP", "Client_IPAddress"),
    row("AADTenantId", "OrganizationId"),
)
_DEVICE = {
    "id": "deviceDetail.deviceId",
    "displayname": "deviceDetail.displayName",
    "os": "deviceDetail.operatingSystem",
    "browsertype": "deviceDetail.browser",
    "iscompliant": "deviceDetail.isCompliant",
    "iscompliantandmanaged": "deviceDetail.isManaged",
    "trusttype": "deviceDetail.trustType",
    "sessionid": "sessionId",
}


def is_audit_record(record: Fields) -> bool:
    """Whether this is a record of the unified audit log, in the form of the Management Activity API or of Sentinel's OfficeActivity."""
    return record.has("Operation") and record.has("Workload", "OfficeWorkload", "RecordType") and record.has("UserId", "UserIds", "UserKey")


def _recognise(record: Fields) -> bool:
    return word(record.get("Operation")) in {_SUCCESS, _FAILURE} and is_audit_record(record)


def _translate(record: Fields) -> Mapping[str, object]:
    result = translated(record, ROWS)
    result |= {"category": CATEGORY}
    put(result, "status.errorCode", _code(record))
    for name, value in _pairs(record.get("DeviceProperties")).items():
        if name in _DEVICE and value is not None:
            put(result, _DEVICE[name], value)
    extended = _pairs(record.get("ExtendedProperties"))
    if extended.get("useragent") is not None:
        result["userAgent"] = extended["useragent"]
    if "userId" not in result and (actor := _actor(record)) is not None:
        result["userId"] = actor
    if "resourceId" not in result:
        target = next((Fields(mapping(item)) for item in items(record.get("Target"))[:1]), None)
        if target is not None and (named := _guid(target.get("ID"))) is not None:
            result["resourceId"] = named
    return result


def _code(record: Fields) -> object:
    """0 for UserLoggedIn, whatever else the record says; for a failure its number, else the number of its name."""
    if word(record.get("Operation")) == _SUCCESS:
        return 0
    number = whole(record.get("ErrorNumber"))
    return number or _CODES.get(word(record.get("LogonError")) or "", UNKNOWN_FAILURE)


def _pairs(value: object) -> dict[str, object]:
    """A list of ``{"Name": ..., "Value": ...}`` (Elastic: an object) as a dictionary with folded names."""
    if isinstance(value, Mapping):
        return {str(name).casefold(): inner for name, inner in list(value.items())[:64]}
    pairs = objects(value, 64)
    return {name: pair.get("Value") for pair in pairs if (name := word(pair.get("Name"))) is not None}


def _actor(record: Fields) -> object:
    """The object id of who acted: the entry of type 0 in ``Actor``."""
    entries = objects(record.get("Actor"), 16)
    return next((found for entry in entries if whole(entry.get("Type")) == 0 and (found := _guid(entry.get("ID"))) is not None), None)


def _inside(record: Fields) -> object:
    """What holds the audit record in this wrapper, or None."""
    held = record.first("AuditData", "RawEventData")
    if held is not None:
        return held
    return Fields(mapping(record.data.get("o365"))).get("audit")


def _recognise_wrapped(record: Fields) -> bool:
    return "gatewatch" not in record.data and _inside(record) is not None


def _unwrap(record: Fields) -> Mapping[str, object]:
    held = _inside(record)
    inner = mapping(held) or (object_in(held) if isinstance(held, str) else None)
    if not inner:
        raise SourceError("unified_audit_log_record_unreadable", "AuditData is not a JSON object")
    inner = {**inner, **mapping(inner.get("AdditionalProperties"))}  # the Graph SDK's object has its properties there
    outer = {
        "Operation": record.first("Operations", "Operation", "ActionType"),
        "RecordType": record.first("RecordType", "AuditLogRecordType"),
        "CreationTime": record.first("CreationDate", "createdDateTime", "@timestamp", "Timestamp"),
        "UserId": record.first("UserIds", "userPrincipalName"),
        "Workload": record.first("Service", "Application") or "unknown",
    }
    names = {name.casefold() for name in inner}
    return {**inner, **{name: value for name, value in outer.items() if value is not None and name.casefold() not in names}}


_CANNOT_CARRY = (
    Gap("risk", "It has no risk level, state or type, so no rule about risk can match."),
    Gap("authentication_protocol", "A device code and a password grant cannot be told from other sign-ins."),
    Gap("mfa", "Whether a second factor was used is not said.", flagged=False),
    Gap("place", "It has an address but no country.", flagged=False),
)
_RECORD: dict[str, object] = {
    "CreationTime": "2026-11-20T10:01:00",
    "Id": "00000000-0000-4000-9000-000000000001",
    "Operation": "UserLoggedIn",
    "OrganizationId": "72f988bf-0000-4000-8000-000000000001",
    "RecordType": 15,
    "ResultStatus": "Success",
    "UserKey": "00000000-0000-4000-a000-000000000001",
    "UserType": 0,
    "Workload": "AzureActiveDirectory",
    "ClientIP": "198.51.100.66",
    "ObjectId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "UserId": "dana@example.com",
    "ExtendedProperties": [{"Name": "RequestType", "Value": "OAuth2:Authorize"}],
    "Actor": [{"ID": "00000000-0000-4000-a000-000000000001", "Type": 0}, {"ID": "dana@example.com", "Type": 5}],
    "ActorIpAddress": "198.51.100.66",
    "InterSystemsId": "00000000-0000-4000-b000-000000000001",
    "IntraSystemId": "00000000-0000-4000-9000-000000000001",
    "ApplicationId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "DeviceProperties": [{"Name": "OS", "Value": "Windows 10"}, {"Name": "BrowserType", "Value": "Chrome"}],
    "ErrorNumber": "0",
}

AUDIT_LOG = Dialect(
    name="Unified audit log: UserLoggedIn, UserLoginFailed",
    marks=frozenset({"Operation"}),
    recognise=_recognise,
    translate=_translate,
    columns=(
        columns("Operation", "RecordType", "UserId", "ClientIP", "CreationTime"),
        columns("Operation", "OfficeWorkload", "UserId", "ClientIP"),
    ),
    cannot_carry=_CANNOT_CARRY,
    sample=_RECORD,
)
WRAPPED_AUDIT_LOG = Dialect(
    name="Unified audit log in AuditData (Search-UnifiedAuditLog, Purview, Graph), Elastic o365.audit, Defender CloudAppEvents",
    marks=frozenset({"AuditData", "auditData", "RawEventData", "o365"}),
    recognise=_recognise_wrapped,
    translate=_unwrap,
    columns=(columns("AuditData", "CreationDate"), columns("RawEventData", "ActionType")),
    cannot_carry=_CANNOT_CARRY,
    sample={
        "CreationDate": "2026-11-20T10:01:00Z",
        "UserIds": "dana@example.com",
        "Operations": "UserLoggedIn",
        "RecordType": "AzureActiveDirectoryStsLogon",
        "AuditData": _RECORD,
    },
)
