"""The detail of an AWS event."""

from enum import StrEnum

from msgspec import Struct

from ...model import Detail, Event, Fact


class AwsSubject(StrEnum):
    """The kind of AWS identity that acted, as detections distinguish them."""

    ROOT = "root"
    IAM_USER = "iam_user"
    SAML_ROLE = "saml_role"
    IDENTITY_CENTER_ROLE = "identity_center_role"
    INSTANCE_ROLE = "instance_role"
    ASSUMED_ROLE = "assumed_role"
    FEDERATED_USER = "federated_user"
    IDENTITY_CENTER_USER = "identity_center_user"
    HIDDEN = "hidden"  # HIDDEN_DUE_TO_SECURITY_REASONS: the name is unknown, so alerts are grouped by address


class Weakening(StrEnum):
    """How a call weakens what CloudTrail records or what reaches Gatewatch."""

    LOGGING_STOPPED = "logging_stopped"
    TRAIL_DELETED = "trail_deleted"
    TRAIL_NARROWED = "trail_narrowed"
    MANAGEMENT_EVENTS_REMOVED = "management_events_removed"
    RULE_DISABLED = "rule_disabled"
    RULE_DELETED = "rule_deleted"
    RULE_CHANGED = "rule_changed"
    TARGETS_REMOVED = "targets_removed"
    TARGETS_CHANGED = "targets_changed"
    BUS_DELETED = "bus_deleted"
    BUS_POLICY_CHANGED = "bus_policy_changed"
    MAPPING_STOPPED = "mapping_stopped"
    FUNCTION_STOPPED = "function_stopped"


class MonitoringChange(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What a call changes in the recording or the delivery of events. Refused calls may carry no parameters; then little is known."""

    target: str | None = None  # name or ARN of the trail, rule, bus, mapping or function
    weakening: Weakening | None = None  # None: the parameters show that it weakens nothing
    ours: bool | None = None  # whether the target belongs to Gatewatch; None: unknown, or it is a trail


class IdentityCenter(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What a record of IAM Identity Center adds. Source: its user guide, "Understanding sign-in events" and "CloudTrail use cases"."""

    user_id: str | None = None  # onBehalfOf.userId; unique in its identity store only
    store_arn: str | None = None
    workflow_id: str | None = None  # AuthWorkflowID: the same in all records of one sign-in to the portal
    credentials: tuple[str, ...] = ()  # CredentialType, in capitals: PASSWORD, TOTP, WEBAUTHN, EXTERNAL_IDP, ...
    device_enrolled: bool = False  # DeviceEnrollmentRequired: a second factor was registered during this sign-in
    typed_name: str | None = None  # UserName, as typed by who signed in
    token_issued: bool = False  # CreateToken: the answer holds an access token, so it is no pending poll
    role_account: str | None = None  # GetRoleCredentials
    role_name: str | None = None
    verified: tuple[str, ...] = ()  # UserAuthentication: credentials that the verifications of its workflow add when records are joined


class AwsSignIn(Detail, Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind", tag="aws.eventbridge"):
    """The fields that CloudTrail adds to an event. Source: CloudTrail user guide, "console sign-in events"."""

    event_name: str  # canonical spelling where known (ConsoleLogin, CreateOAuth2Token, ...), else as written
    event_id: str | None = None
    event_source: str | None = None
    event_type: str | None = None
    event_version: str | None = None
    event_category: str | None = None
    region: str | None = None
    recipient_account: str | None = None
    user_type: str | None = None
    principal_id: str | None = None
    arn: str | None = None
    role_arn: str | None = None
    role_name: str | None = None
    session_name: str | None = None
    access_key_id: str | None = None
    issuer_type: str | None = None
    issuer_principal_id: str | None = None
    issuer_account: str | None = None
    session_created: str | None = None
    mfa_used: Fact = Fact.UNKNOWN
    mfa_identifier: str | None = None
    mfa_authenticated: Fact = Fact.UNKNOWN
    saml_provider_arn: str | None = None
    login_to: str | None = None
    mobile_version: Fact = Fact.UNKNOWN
    switch_from: str | None = None  # SwitchRole: ARN of the identity before the switch
    switch_from_account: str | None = None
    oauth_client: str | None = None  # "same-device", "cross-device", else the client id as written
    grant_type: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    request_id: str | None = None
    read_only: bool | None = None
    management_event: bool | None = None
    invoked_by: str | None = None  # the AWS service that made the call for somebody
    vpc_endpoint: str | None = None
    role_delivery: str | None = None  # ec2RoleDelivery: "1.0" or "2.0", how an instance handed out the key of the session
    identity_center: IdentityCenter | None = None
    change: MonitoringChange | None = None
    issued_key: str | None = None  # GetFederationToken: access key of the session that it opened
    federated_user_id: str | None = None  # GetFederationToken: principal id of that session
    source_key: str | None = None  # the long-term key whose GetFederationToken opened the session; known when records are joined
    notice: str | None = None  # AWS's own sign-in anomaly alert, as JSON text
    tls_version: str | None = None
    tls_cipher: str | None = None
    tls_server_name: str | None = None


def aws_of(event: Event) -> AwsSignIn | None:
    """The AWS detail of this event; None for an event of another provider."""
    return event.detail if isinstance(event.detail, AwsSignIn) else None
