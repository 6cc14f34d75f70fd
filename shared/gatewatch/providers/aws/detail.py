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
    HIDDEN = "hidden"  # HIDDEN_DUE_TO_SECURITY_REASONS: the name is unknown, so alerts are grouped by address


class AwsSignIn(Detail, Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="aws.eventbridge"):
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
    tls_version: str | None = None
    tls_cipher: str | None = None
    tls_server_name: str | None = None


def aws_of(event: Event) -> AwsSignIn | None:
    """The AWS detail of this event; None for an event of another provider."""
    return event.detail if isinstance(event.detail, AwsSignIn) else None
