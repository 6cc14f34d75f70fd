"""Turns CloudTrail sign-in records, bare or in an EventBridge envelope, into events.

Source: CloudTrail user guide, "console sign-in events". EventBridge delivers them as ``AWS Console Sign In via CloudTrail``
(its guide also spells ``AWS Console Signin via CloudTrail``) and ``AWS API Call via CloudTrail``. ``eventType`` is never used to decide.
"""

import re
from typing import Literal

from msgspec import structs

from ...errors import SourceError
from ...model import Event, Fact, Outcome, Place
from ...reading.address import ip_of
from ...reading.canonical import digest
from ...reading.fields import USER_AGENT_LIMIT_CHARS, Fields, Notes, fact, flag, mapping, word
from ...reading.user_agent import client_of
from . import cloudtrail_identity, identity
from .detail import AwsSignIn

SIGN_IN_EVENTS = {
    name.casefold(): name
    for name in (
        "ConsoleLogin", "CreateOAuth2Token", "AuthorizeOAuth2Access", "GetSigninToken", "SwitchRole", "ExitRole", "RenewRole",
        "CheckMfa", "PasswordUpdated", "PasswordRecoveryRequested", "PasswordRecoveryCompleted", "EmailUpdated",
        "UserAuthentication", "CredentialVerification", "CredentialChallenge", "ExternalIdPDirectoryLogin", "FederatedLogin",
    )
}  # fmt: skip
_OAUTH_EVENTS = frozenset({"CreateOAuth2Token", "AuthorizeOAuth2Access"})
_SIGN_IN_SOURCE = re.compile(r"(?:[a-z0-9-]+\.)?signin\.(?:amazonaws\.com(?:\.cn)?|aws\.amazon\.com)")
_STS_SOURCE = re.compile(r"sts(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")
_DEVTOOLS_CLIENT = re.compile(r"arn:aws[a-z-]*:signin:[^:]*:[^:]*:devtools/(same-device|cross-device)")


def from_envelope(envelope: Fields, tenant: None = None) -> Event | str:  # noqa: ARG001 - one signature for every source
    """The event in an EventBridge envelope, or the reason why it is deliberately ignored.

    Raises:
        SourceError: the source or detail does not fit a sign-in event, or the event has no name.
    """
    source = word(envelope.get("source"))
    if source not in {"aws.signin", "aws.sts"}:
        raise SourceError("eventbridge_source_not_signin")
    detail = mapping(envelope.get("detail"))
    if not detail:
        raise SourceError("eventbridge_detail_missing")
    record = Fields(detail)
    kind = event_source(record)
    if kind == "other" or (kind == "sts") != (source == "aws.sts"):
        raise SourceError("eventbridge_source_mismatch")
    if kind == "sts":
        return "sts_helper_not_a_sign_in"
    if word(record.get("eventName")) is None and not record.has("userIdentity"):
        return "eventbridge_detail_type_not_handled"
    return _event(record, envelope)


def from_record(record: Fields, tenant: None = None) -> Event | str:  # noqa: ARG001 - one signature for every source
    """The event in a bare CloudTrail record, or the reason why it is deliberately ignored.

    Raises:
        SourceError: the record has no event name.
    """
    match event_source(record):
        case "sts":
            return "sts_helper_not_a_sign_in"
        case "other":
            return "cloudtrail_not_a_sign_in"
        case "missing" if (word(record.get("eventName")) or "") not in SIGN_IN_EVENTS:
            return "cloudtrail_not_a_sign_in"
        case _:
            return _event(record, None)


def event_source(record: Fields) -> Literal["signin", "sts", "other", "missing"]:
    """The service that wrote this record, from its ``eventSource``."""
    source = word(record.get("eventSource"))
    if source is None:
        return "missing"
    if _SIGN_IN_SOURCE.fullmatch(source):
        return "signin"
    return "sts" if _STS_SOURCE.fullmatch(source) else "other"


def _event(record: Fields, envelope: Fields | None) -> Event:
    notes = Notes()
    written = notes.text(record.get("eventName"), "event_name")
    if written is None:
        raise SourceError("event_name_missing")
    name = SIGN_IN_EVENTS.get(written.casefold(), written)
    address = notes.text(record.get("sourceIPAddress"), "source_address")
    ip = ip_of(address) if address else None
    account = cloudtrail_identity.account_of(record, envelope)
    who, found = cloudtrail_identity.read(record, account, ip or address, notes)
    event_id = notes.text(record.get("eventID"), "event_id")
    user_agent = notes.text(record.get("userAgent"), "user_agent", USER_AGENT_LIMIT_CHARS)
    outcome = _outcome(name, record, notes)
    time = notes.moment(record.get("eventTime"))
    aws = _details(name, event_id, record, found, notes)
    return Event(
        vendor_id=f"aws|{event_id or digest(record.data)}",
        time=time,
        action=name,
        outcome=outcome,
        subject=who.subject,
        account=account,
        principal=who.principal,
        person=who.person,
        names=who.names,
        user_name=who.user_name,
        place=Place(address=address, ip=ip),
        user_agent=user_agent,
        client=client_of(user_agent),
        truncated=notes.truncated,
        data_quality=notes.quality,
        detail=aws,
    )


def _outcome(name: str, record: Fields, notes: Notes) -> Outcome:
    """Success only if ``responseElements.<eventName>`` says so; OAuth events have it in ``additionalEventData.success``."""
    if name in _OAUTH_EVENTS:
        said = fact(record.object("additionalEventData").get("success"))
        result = {Fact.PRESENT: "success", Fact.ABSENT: "failure"}.get(said)
    else:
        result = word(record.object("responseElements").get(name)) or word(record.object("serviceEventDetails").get(name))
    if result == "success":
        return Outcome.SUCCESS
    if result == "failure" or record.first("errorCode", "errorMessage") is not None:
        return Outcome.FAILURE
    notes.doubt("unknown_outcome")
    return Outcome.UNKNOWN


def _details(name: str, event_id: str | None, record: Fields, found: cloudtrail_identity.Found, notes: Notes) -> AwsSignIn:
    extra = record.object("additionalEventData")
    request = record.object("requestParameters")
    tls = record.object("tlsDetails")
    switch_from = notes.text(extra.get("SwitchFrom"), "switch_from")
    text = notes.text
    return structs.replace(
        _identity(name, found),
        event_id=event_id,
        event_source=word(record.get("eventSource")),
        event_type=text(record.get("eventType"), "event_type"),
        event_version=text(record.get("eventVersion"), "event_version"),
        event_category=text(record.get("eventCategory"), "event_category"),
        region=text(record.get("awsRegion"), "region"),
        recipient_account=cloudtrail_identity.account(record.get("recipientAccountId")),
        mfa_used=notes.fact(extra.get("MFAUsed")),
        mfa_identifier=text(extra.get("MFAIdentifier"), "mfa_identifier"),
        login_to=text(extra.first("LoginTo", "RedirectTo"), "login_to"),
        mobile_version=fact(extra.get("MobileVersion")),
        switch_from=switch_from,
        switch_from_account=identity.arn_account(switch_from),
        oauth_client=_oauth_client(text(request.first("client_id", "clientId") or extra.first("client_id", "clientId"), "oauth_client")),
        grant_type=word(extra.first("grant_type", "grantType") or request.first("grant_type", "grantType")),
        error_code=text(record.get("errorCode"), "error_code"),
        error_message=text(record.get("errorMessage"), "error_message"),
        request_id=text(record.get("requestID"), "request_id"),
        read_only=flag(record.get("readOnly")),
        management_event=flag(record.get("managementEvent")),
        tls_version=text(tls.get("tlsVersion"), "tls_version"),
        tls_cipher=text(tls.get("cipherSuite"), "tls_cipher"),
        tls_server_name=text(tls.get("clientProvidedHostHeader"), "tls_server_name"),
    )


def _identity(name: str, found: cloudtrail_identity.Found) -> AwsSignIn:
    """The detail with the fields that come from ``userIdentity``."""
    return AwsSignIn(
        event_name=name,
        user_type=found.user_type,
        principal_id=found.principal_id,
        arn=found.arn,
        role_arn=found.role.arn,
        role_name=found.role.name,
        session_name=found.role.session,
        access_key_id=found.access_key_id,
        issuer_type=found.issuer_type,
        issuer_principal_id=found.issuer_principal_id,
        issuer_account=found.issuer_account,
        session_created=found.session_created,
        mfa_authenticated=found.mfa_authenticated,
        saml_provider_arn=found.saml_provider_arn,
    )


def _oauth_client(written: str | None) -> str | None:
    """``same-device`` or ``cross-device`` for AWS's own command line, otherwise the client id as written."""
    match = _DEVTOOLS_CLIENT.fullmatch(written.casefold()) if written else None
    return match.group(1) if match else written
