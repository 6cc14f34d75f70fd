"""The details of Entra events: a sign-in, a risk detection, or a directory audit."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from ...model import Detail, Event, Fact


class EntraSubject(StrEnum):
    """The kind of Entra identity that acted, as detections distinguish them."""

    USER = "entra_user"
    SERVICE_PRINCIPAL = "service_principal"
    MANAGED_IDENTITY = "managed_identity"


class Device(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The device of a sign-in: Graph's deviceDetail."""

    device_id: str | None = None
    display_name: str | None = None
    operating_system: str | None = None
    browser: str | None = None
    compliant: Fact = Fact.UNKNOWN
    managed: Fact = Fact.UNKNOWN
    trust_type: str | None = None


class EntraSignIn(Detail, Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind", tag="graph.signIn"):
    """The fields of a Graph signIn (v1.0, beta) or an Azure diagnostic SignInLogs record. Risk levels and states are lower case."""

    sign_in_id: str | None = None
    correlation_id: str | None = None
    user_id: str | None = None
    service_principal_id: str | None = None
    service_principal_name: str | None = None
    upn: str | None = None
    user_type: str | None = None
    stream: str | None = None  # interactiveuser, noninteractiveuser, serviceprincipal or managedidentity (signInEventTypes, category)
    app_id: str | None = None  # lower case
    app_name: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    client_app: str | None = None
    protocol: str | None = None  # authenticationProtocol, lower case ("devicecode", "ropc", ...); most records say "none"
    transfer_method: str | None = None  # originalTransferMethod, lower case; it stays on every later record of a session
    incoming_token: str | None = None  # incomingTokenType, lower case; absent does not mean that there was no token
    session_id: str | None = None
    credential_type: str | None = None  # clientCredentialType, lower case: what a confidential client proved itself with
    credential_key_id: str | None = None  # servicePrincipalCredentialKeyId
    credential_thumbprint: str | None = None  # servicePrincipalCredentialThumbprint, only with a certificate
    federated_credential_id: str | None = None
    cross_tenant: str | None = None  # crossTenantAccessType, lower case
    tenant_restricted: Fact = Fact.UNKNOWN  # isTenantRestricted
    interactive: Fact = Fact.UNKNOWN
    error_code: int | None = None
    failure_reason: str | None = None
    additional_details: str | None = None
    conditional_access: str | None = None
    authentication_requirement: str | None = None
    mfa: Fact = Fact.UNKNOWN  # from authenticationRequirement, mfaDetail, authenticationDetails or status.additionalDetails
    level_during: str | None = None
    level_aggregated: str | None = None
    risk_state: str | None = None
    risk_detail: str | None = None
    risk_types: tuple[str, ...] = ()  # canonical camelCase if known; compare with ``casefold``
    device: Device = Device()
    category: str | None = None
    synthetic: bool = False  # replaces a sign-in that a risk detection names and that has not been received


class RiskDetection(Detail, Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind", tag="graph.riskDetection"):
    """The fields of a Graph riskDetection or an Azure diagnostic UserRiskEvents record. Level and state are lower case."""

    detection_id: str | None = None
    request_id: str | None = None
    correlation_id: str | None = None
    user_id: str | None = None
    upn: str | None = None
    risk_type: str | None = None
    level: str | None = None
    state: str | None = None
    detail: str | None = None
    timing: str | None = None
    activity: str | None = None
    source: str | None = None
    token_issuer: str | None = None
    detected: datetime | None = None
    additional_info: str | None = None


class DirectoryAudit(Detail, Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind", tag="graph.directoryAudit"):
    """The fields of a Graph directoryAudit, a diagnostic AuditLogs record, or the same operation in the audit log of Microsoft 365."""

    audit_id: str | None = None
    correlation_id: str | None = None
    activity: str  # the name that the table gives it
    changes: str  # what kind of thing it changes: AuditKind
    category: str | None = None
    service: str | None = None  # loggedByService
    result_reason: str | None = None
    user_id: str | None = None  # of who did it
    upn: str | None = None
    service_principal_id: str | None = None
    app_id: str | None = None
    app_name: str | None = None
    target_user_id: str | None = None  # the user whom it was done to
    target_user: str | None = None  # that user's UPN, else display name
    target_id: str | None = None  # the other object that it was done to: application, role, policy, domain
    target_name: str | None = None


def sign_in_of(event: Event) -> EntraSignIn | None:
    """The sign-in detail of this event, or None."""
    detail = event.detail
    return detail if isinstance(detail, EntraSignIn) else None


def risk_of(event: Event) -> RiskDetection | None:
    """The risk detection detail of this event, or None."""
    detail = event.detail
    return detail if isinstance(detail, RiskDetection) else None


def audit_of(event: Event) -> DirectoryAudit | None:
    """The directory audit of this event, or None."""
    return event.detail if isinstance(event.detail, DirectoryAudit) else None
