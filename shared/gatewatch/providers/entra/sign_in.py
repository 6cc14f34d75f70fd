"""Turns Entra sign-ins into events: Graph v1.0 and beta ``signIn``, and Azure diagnostic ``*SignInLogs`` records.

v1.0 has 23 properties and none of authenticationRequirement, authenticationProtocol, originalTransferMethod, autonomousSystemNumber,
sessionId, userAgent or the credential of a client (npm microsoft-graph-types 2.43.1, 2026-11), so these fields are optional.
"""

from collections.abc import Callable
from datetime import datetime

from ...errors import SourceError
from ...model import Event, Fact, Outcome
from ...reading.canonical import digest
from ...reading.fields import USER_AGENT_LIMIT_CHARS, Fields, Notes, fact, items, single, whole, word
from ...reading.lost import is_lost_object
from ...reading.times import is_ambiguous, moment
from ...reading.user_agent import client_of, client_of_device
from .detail import Device, EntraSignIn
from .enums import level, risk_types, state
from .identity import object_id, sign_in_identity
from .links import sign_in_vendor_id
from .mfa import mfa
from .place import place
from .vocabulary import CLOUD_CLI_APPS

# The stream of a record: Graph's signInEventTypes, else the category of a diagnostic record or the type of a Log Analytics row.
_STREAMS = frozenset({"interactiveuser", "noninteractiveuser", "serviceprincipal", "managedidentity"})
_CATEGORIES = {
    "signinlogs": "interactiveuser",
    "noninteractiveusersigninlogs": "noninteractiveuser",
    "serviceprincipalsigninlogs": "serviceprincipal",
    "microsoftserviceprincipalsigninlogs": "serviceprincipal",
    "managedidentitysigninlogs": "managedidentity",
}


# Exports that keep the status as one word; a success in words is not relied on, because only error code 0 is one.
# A sign-in without any of these is what was left when an export lost the object that it was in.
_SAYS_SOMETHING = (
    "id", "userId", "userPrincipalName", "userDisplayName", "servicePrincipalId", "servicePrincipalName", "appId", "appDisplayName",
    "riskLevelDuringSignIn", "riskLevelAggregated", "riskState", "riskEventTypes", "riskEventTypes_v2",
)  # fmt: skip
_STATUS = ("errorCode", "failureReason", "additionalDetails")
_FAILURES = frozenset({"failure", "failed", "interrupted", "error"})


def from_graph(record: Fields, tenant: str | None) -> Event | str:
    """The event in a Graph signIn; raises ``SourceError``. ``tenant`` is that of the connection."""
    return _event(record, None, tenant)


def from_diagnostic(envelope: Fields, tenant: str | None) -> Event | str:
    """The event in an Azure diagnostic settings record; raises ``SourceError``."""
    return _event(properties_of(envelope), envelope, tenant or tenant_of(envelope))


def properties_of(envelope: Fields) -> Fields:
    """The properties of a diagnostic record.

    Raises:
        SourceError: it has none, or they cannot be read: then it says neither who it is about nor what the risk was.
    """
    properties = envelope.object("properties")
    if not properties.data:
        lost = is_lost_object(envelope.get("properties"))
        raise SourceError("diagnostic_properties_unreadable" if lost else "diagnostic_properties_missing")
    return properties


def tenant_of(envelope: Fields) -> str | None:
    """The tenant id in a diagnostic record, or None."""
    named = word(envelope.first("AADTenantId", "tenantId"))
    if named is not None:
        return named
    parts = (word(envelope.get("resourceId")) or "").strip("/").split("/")
    return parts[1] or None if len(parts) > 1 and parts[0] == "tenants" else None


def _event(record: Fields, envelope: Fields | None, tenant: str | None) -> Event:
    if not record.has(*_SAYS_SOMETHING):
        raise SourceError("sign_in_says_nothing", "it names neither who signed in nor an application, a risk or itself")
    notes = Notes()
    where = place(record, envelope, notes)
    code, outcome = _outcome(record.object("status"), record, envelope, notes)
    detail = _detail(record, envelope, code, outcome, notes)
    who = sign_in_identity(detail, where.ip or where.address, notes)
    user_agent = notes.text(record.get("userAgent"), "user_agent", USER_AGENT_LIMIT_CHARS)
    time = _time(record, envelope, notes)
    return Event(
        vendor_id=sign_in_vendor_id(detail.sign_in_id or digest((envelope or record).data)),
        time=time,
        action="signIn",
        outcome=outcome,
        subject=who.subject,
        account=tenant,
        principal=who.principal,
        person=who.person,
        names=who.names,
        user_name=who.user_name,
        display_name=notes.text(record.first("userDisplayName", "servicePrincipalName"), "display_name"),
        place=where,
        user_agent=user_agent,
        client=_client(detail.app_id, detail.device, user_agent, detail.client_app),
        updated=moment(record.get("lastUpdatedDateTime")),
        truncated=notes.truncated,
        data_quality=notes.quality,
        detail=detail,
    )


def _detail(record: Fields, envelope: Fields | None, code: int | None, outcome: Outcome, notes: Notes) -> EntraSignIn:
    status, text = record.object("status"), notes.text
    correlation = word(record.get("correlationId")) or (word(envelope.get("correlationId")) if envelope else None)
    return EntraSignIn(
        sign_in_id=text(record.get("id"), "id"),
        correlation_id=object_id(correlation),
        user_id=object_id(text(record.get("userId"), "user_id")),
        service_principal_id=object_id(text(record.get("servicePrincipalId"), "service_principal_id")),
        service_principal_name=text(record.get("servicePrincipalName"), "service_principal_name"),
        upn=text(record.get("userPrincipalName"), "upn"),
        stream=_stream(record, envelope),
        user_type=word(record.get("userType")),
        app_id=word(record.get("appId")),
        app_name=text(record.get("appDisplayName"), "app_name"),
        resource_id=text(record.first("resourceId", "resourceIdentity"), "resource_id"),
        resource_name=text(record.get("resourceDisplayName"), "resource_name"),
        client_app=text(record.get("clientAppUsed"), "client_app"),
        protocol=_alphanumeric(record.get("authenticationProtocol")),
        transfer_method=_alphanumeric(record.get("originalTransferMethod")),
        incoming_token=_alphanumeric(record.get("incomingTokenType")),
        session_id=object_id(text(record.get("sessionId"), "session_id")),
        credential_type=word(record.get("clientCredentialType")),
        credential_key_id=text(record.get("servicePrincipalCredentialKeyId"), "credential_key_id"),
        credential_thumbprint=text(record.get("servicePrincipalCredentialThumbprint"), "credential_thumbprint"),
        federated_credential_id=object_id(text(record.get("federatedCredentialId"), "federated_credential_id")),
        cross_tenant=word(record.get("crossTenantAccessType")),
        tenant_restricted=fact(record.get("isTenantRestricted")),
        interactive=_interactive(record, envelope),
        error_code=code,
        failure_reason=text(status.get("failureReason"), "failure_reason"),
        additional_details=text(status.get("additionalDetails"), "additional_details"),
        conditional_access=text(record.get("conditionalAccessStatus"), "conditional_access"),
        authentication_requirement=text(record.get("authenticationRequirement"), "authentication_requirement"),
        mfa=mfa(record, status, outcome, notes),
        level_during=level(record.get("riskLevelDuringSignIn"), notes),
        level_aggregated=level(record.get("riskLevelAggregated"), notes),
        risk_state=state(record.get("riskState"), notes),
        risk_detail=word(record.get("riskDetail")),
        risk_types=risk_types(record, notes),
        device=_device(record.object("deviceDetail"), notes),
        category=text((envelope or record).get("category"), "category"),
    )


def _time(record: Fields, envelope: Fields | None, notes: Notes) -> datetime | None:
    """The time of the sign-in, else the time when Azure wrote the diagnostic record (minutes later), else None."""
    return first_time(record.get("createdDateTime"), lambda: (envelope or record).first("time", "TimeGenerated"), notes)


def first_time(exact: object, approximate: Callable[[], object], notes: Notes) -> datetime | None:
    """The exact time, else the approximate one, else None. Flagged is what is missing, unreadable, approximate or ambiguous."""
    written, found = exact, moment(single(exact))
    if found is None:
        written = approximate()
        found = moment(single(written))
        notes.doubt("time_missing" if found is None else "time_approximate")
        if found is None and any(value not in (None, "", [], {}) for value in (exact, written)):
            notes.unreadable("time")
    if found is not None and is_ambiguous(written):
        notes.doubt("time_ambiguous")
    return found


def _outcome(status: Fields, record: Fields, envelope: Fields | None, notes: Notes) -> tuple[int | None, Outcome]:
    """Error code and outcome: success only if ``status.errorCode`` is 0. A diagnostic record without status has it in ``resultType``.

    Some exports have the code, or a word, in place of the object.
    """
    written = status.get("errorCode")
    if written is None:
        written = (envelope or record).get("resultType")
    said = None if status.data else record.first("status")
    code = whole(written if written is not None else said)
    if code is None and word(said) in _FAILURES:
        return None, Outcome.FAILURE
    if code is None:
        notes.doubt("unknown_outcome")
        of_another_kind = bool(status.data) and not status.has(*_STATUS)
        if written not in (None, "") or said is not None or of_another_kind:
            notes.unreadable("status")
        return None, Outcome.UNKNOWN
    return code, Outcome.SUCCESS if code == 0 else Outcome.FAILURE


def _interactive(record: Fields, envelope: Fields | None) -> Fact:
    said = fact(record.get("isInteractive"))
    if said is not Fact.UNKNOWN:
        return said
    stream = _stream(record, envelope)
    if stream is None:
        return Fact.ABSENT if _kinds(record) else Fact.UNKNOWN
    return Fact.PRESENT if stream == "interactiveuser" else Fact.ABSENT


def _stream(record: Fields, envelope: Fields | None) -> str | None:
    """Which kind of sign-in this is, or None where the record does not say (Graph v1.0: interactive sign-ins of users only)."""
    named = next((kind for kind in _kinds(record) if kind in _STREAMS), None)
    category = word(envelope.get("category") if envelope else record.get("Type"))
    return named or _CATEGORIES.get((category or "").removeprefix("aad"))


def _kinds(record: Fields) -> list[str]:
    return [kind for item in items(record.get("signInEventTypes"))[:16] if (kind := word(item)) is not None]


def _alphanumeric(value: object) -> str | None:
    """A value whose spelling varies ("primaryRefreshToken", "Primary Refresh Token"): letters and digits only, lower case."""
    said = word(value)
    return "".join(c for c in said if c.isalnum()) or None if said is not None else None


def _device(detail: Fields, notes: Notes) -> Device:
    return Device(
        device_id=notes.text(detail.get("deviceId"), "device_id"),
        display_name=notes.text(detail.get("displayName"), "device_name"),
        operating_system=notes.text(detail.get("operatingSystem"), "operating_system"),
        browser=notes.text(detail.get("browser"), "browser"),
        compliant=fact(detail.get("isCompliant")),
        managed=fact(detail.get("isManaged")),
        trust_type=notes.text(detail.get("trustType"), "trust_type"),
    )


def _client(app_id: str | None, device: Device, user_agent: str | None, client_app: str | None) -> str | None:
    """The coarse client: a cloud CLI's application id, else browser and system, else the record's client name or application id."""
    if app_id in CLOUD_CLI_APPS:
        return app_id
    found = client_of_device(device.browser, device.operating_system) or client_of(user_agent)
    return found or (client_app.casefold()[:64] if client_app else app_id)
