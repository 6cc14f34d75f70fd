"""Builds the detail of an AWS event from its CloudTrail record."""

import re

from msgspec import structs

from ...reading.fields import Fields, Notes, fact, flag, items, scalar, word
from ...reading.late_pattern import LatePattern
from . import cloudtrail_identity, identity, monitoring
from .detail import AwsSignIn, IdentityCenter
from .services import service_of

_DEVTOOLS_CLIENT = LatePattern(r"arn:aws[a-z-]*:signin:[^:]*:[^:]*:devtools/(same-device|cross-device)")
_PAGE = re.compile(r"(?P<scheme>https?)://(?:[^/?#@]*@)?(?P<host>[^/?#@]+)(?P<path>/[^?#]*)?", re.IGNORECASE)
_CREDENTIALS_AT_MOST = 16


def details(name: str, event_id: str | None, record: Fields, found: cloudtrail_identity.Found, notes: Notes) -> AwsSignIn:
    """The detail of the event with this canonical name. Tokens and secrets of the record are not among its fields."""
    extra = record.object("additionalEventData")
    request = record.object("requestParameters")
    answer = record.object("responseElements")
    tls = record.object("tlsDetails")
    switch_from = notes.text(extra.get("SwitchFrom"), "switch_from")
    text = notes.text
    return structs.replace(
        _identity(name, found),
        event_id=event_id,
        event_source=_source(record),
        event_type=text(record.get("eventType"), "event_type"),
        event_version=text(record.get("eventVersion"), "event_version"),
        event_category=text(record.get("eventCategory"), "event_category"),
        region=text(record.get("awsRegion"), "region"),
        recipient_account=cloudtrail_identity.account(record.get("recipientAccountId")),
        mfa_used=notes.fact(extra.get("MFAUsed")),
        mfa_identifier=text(extra.get("MFAIdentifier"), "mfa_identifier"),
        login_to=page(text(extra.first("LoginTo", "RedirectTo"), "login_to")),
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
        vpc_endpoint=text(record.get("vpcEndpointId"), "vpc_endpoint"),
        identity_center=_identity_center(name, record, notes),
        change=monitoring.change(name, record, notes),
        issued_key=text(answer.object("credentials").get("accessKeyId"), "issued_key") if name == "GetFederationToken" else None,
        federated_user_id=text(answer.object("federatedUser").get("federatedUserId"), "federated_user_id"),
        tls_version=text(tls.get("tlsVersion"), "tls_version"),
        tls_cipher=text(tls.get("cipherSuite"), "tls_cipher"),
        tls_server_name=text(tls.get("clientProvidedHostHeader"), "tls_server_name"),
    )


def _source(record: Fields) -> str | None:
    """The service's name, or None when it is missing or no name of AWS."""
    written = word(record.get("eventSource"))
    return written if service_of(written) is not None else None


def page(login_to: str | None) -> str | None:
    """A page without query, fragment and user: the query of a portal's LoginTo holds an authorization code in clear."""
    match = _PAGE.match(login_to) if login_to else None
    if match is None:
        return None
    return f"{match['scheme'].casefold()}://{match['host'].casefold()}{match['path'] or '/'}"


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
        invoked_by=found.invoked_by,
        role_delivery=found.role_delivery,
    )


def _identity_center(name: str, record: Fields, notes: Notes) -> IdentityCenter | None:
    """What a record of Identity Center adds, or None for another record."""
    extra, service = record.object("additionalEventData"), record.object("serviceEventDetails")
    behalf = record.object("userIdentity").object("onBehalfOf")
    user_id = notes.text(behalf.get("userId"), "on_behalf_of") or notes.text(extra.get("identitystore:UserId"), "on_behalf_of")
    workflow = notes.text(extra.get("AuthWorkflowID"), "auth_workflow")
    if user_id is None and workflow is None and name not in _PORTAL_EVENTS:
        return None
    typed = notes.text(extra.get("UserName"), "typed_name")
    return IdentityCenter(
        user_id=user_id,
        store_arn=notes.text(behalf.get("identityStoreArn") or extra.get("identitystore:IdentityStoreArn"), "identity_store"),
        workflow_id=workflow,
        credentials=_credentials(extra.get("CredentialType")),
        device_enrolled=flag(extra.get("DeviceEnrollmentRequired")) is True,
        typed_name=None if typed == identity.HIDDEN_NAME else typed,
        token_issued=scalar(record.object("responseElements").get("accessToken")) is not None,
        role_account=cloudtrail_identity.account(service.get("account_id")),
        role_name=notes.text(service.get("role_name"), "role_name"),
    )


_PORTAL_EVENTS = frozenset({"UserAuthentication", "CredentialVerification", "CredentialChallenge", "CreateToken", "GetRoleCredentials"})


def _credentials(value: object) -> tuple[str, ...]:
    """The credential types in a comma list or a JSON list, in capitals, in the order of the record."""
    named = (part.strip().upper() for item in items(value) for part in (scalar(item) or "").split(","))
    return tuple(dict.fromkeys(part for part in named if re.fullmatch(r"[A-Z0-9_]{1,40}", part)))[:_CREDENTIALS_AT_MOST]


def _oauth_client(written: str | None) -> str | None:
    """``same-device`` or ``cross-device`` for AWS's own command line, otherwise the client id as written."""
    match = _DEVTOOLS_CLIENT.fullmatch(written.casefold()) if written else None
    return match.group(1) if match else written
