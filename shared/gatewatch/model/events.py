"""One raw record, understood: what every source makes, and what its own kind adds."""

from datetime import datetime

from msgspec import Struct

from .enums import Fact, Kind, Outcome, Subject


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a request came from; ``ip`` only if it is one, ``address`` as the vendor wrote it (blanks stripped)."""

    address: str | None = None
    ip: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2, upper case
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    asn: int | None = None
    as_organization: str | None = None


class AwsSignIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What CloudTrail adds; facts/aws: CloudTrail user guide, "console sign-in events"."""

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
    switch_from: str | None = None  # ARN the role was switched from (SwitchRole)
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


class Device(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Graph deviceDetail."""

    device_id: str | None = None
    display_name: str | None = None
    operating_system: str | None = None
    browser: str | None = None
    compliant: Fact = Fact.UNKNOWN
    managed: Fact = Fact.UNKNOWN
    trust_type: str | None = None


class EntraSignIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a Graph signIn (v1.0, beta) or an Azure diagnostic SignInLogs record adds. Risk levels and states are lower case."""

    sign_in_id: str | None = None
    correlation_id: str | None = None
    user_id: str | None = None
    service_principal_id: str | None = None
    upn: str | None = None
    user_type: str | None = None
    app_id: str | None = None  # lower case
    app_name: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    client_app: str | None = None
    protocol: str | None = None  # authenticationProtocol, lower case ("devicecode", "ropc", ...)
    interactive: Fact = Fact.UNKNOWN
    error_code: int | None = None
    failure_reason: str | None = None
    additional_details: str | None = None
    conditional_access: str | None = None
    authentication_requirement: str | None = None
    mfa: Fact = Fact.UNKNOWN  # authenticationRequirement, mfaDetail, authenticationDetails or status.additionalDetails say so
    level_during: str | None = None
    level_aggregated: str | None = None
    risk_state: str | None = None
    risk_detail: str | None = None
    risk_types: tuple[str, ...] = ()  # canonical camelCase where known; compare with ``casefold``
    device: Device = Device()
    category: str | None = None
    synthetic: bool = False  # stands in for a sign-in that a risk detection names and nobody has found yet


class RiskDetection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a Graph riskDetection or an Azure diagnostic UserRiskEvents record adds. Level and state are lower case."""

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


class Process(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an ECS process event adds; the command line is already redacted."""

    host_id: str | None = None
    host_name: str | None = None
    user_domain: str | None = None
    user_email: str | None = None
    name: str | None = None
    executable: str | None = None
    command_line: str | None = None
    args: tuple[str, ...] = ()
    parent_name: str | None = None
    parent_command_line: str | None = None
    pid: int | None = None
    start: bool = True
    tool: str | None = None  # precise mode: which cloud CLI authenticates here ("az login", ...), None when none does
    pattern: str | None = None  # wildcard mode: which published pattern matches, None when none does
    obfuscated: bool = False


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One raw record, understood. Exactly one of ``aws``, ``entra``, ``risk``, ``process`` is set, as ``kind`` says."""

    kind: Kind
    vendor_id: (
        str  # aws|eventID, entra|signIn.id, entra-risk|riskDetection.id, endpoint|event.id, else the prefix + sha256 of the canonical JSON
    )
    time: datetime | None  # activity time; None when the record has none (readers use the earliest stored ingest time)
    action: str
    outcome: Outcome
    subject: Subject
    account: str | None = None  # AWS account id, Entra tenant id, None for endpoints
    principal: str  # stable id within the account: what alerts group by
    person: str | None = None  # raw person key (NFC + casefold), before aliases: what crosses clouds
    names: tuple[str, ...] = ()  # every identifier a tuning list may name: ARN, role ARN, user or session name, UPN, object id
    local_names: tuple[str, ...] = ()  # names that mean somebody only by an alias of the tuning (an OS user)
    user_name: str | None = None
    display_name: str | None = None
    place: Place = Place()
    user_agent: str | None = None
    client: str | None = None  # coarse client for history ("chrome/windows", "aws-cli", an app id)
    updated: datetime | None = None  # lastUpdatedDateTime: orders versions of one vendor id
    truncated: tuple[str, ...] = ()  # names of fields that were cut to their bound
    data_quality: tuple[str, ...] = ()  # unknown_outcome, unknown_enum, time_missing, identity_missing, ...
    aws: AwsSignIn | None = None
    entra: EntraSignIn | None = None
    risk: RiskDetection | None = None
    process: Process | None = None
