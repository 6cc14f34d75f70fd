"""The typed, frozen records that every part of Gatewatch speaks: no logic beyond small derived properties.

Times are timezone-aware UTC datetimes. Strings that an attacker may have written (names, user agents, places) are kept as data only.
Optional means *unknown*: a missing value is never "no risk" and never "MFA used".
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct, field

SCHEMA_VERSION = 1


class Family(StrEnum):
    """What an alert is about; the first part of its group key."""

    AWS = "aws"
    ENTRA = "entra"
    ENDPOINT = "endpoint"
    XCLOUD = "xcloud"


class Kind(StrEnum):
    """Which source an event came from; the names are the ones case files use."""

    AWS = "aws.eventbridge"
    SIGN_IN = "graph.signIn"
    RISK_DETECTION = "graph.riskDetection"
    PROCESS = "ecs.process"


class Fact(StrEnum):
    """A three-valued fact: "No" and "field missing" are different."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What became of the attempt; unknown is not success."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Band(StrEnum):
    """Elastic's severity bands: 1-21 low, 22-47 medium, 48-73 high, 74-100 critical."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Subject(StrEnum):
    """Who acted, as far as detection cares."""

    ROOT = "root"
    IAM_USER = "iam_user"
    SAML_ROLE = "saml_role"
    IDENTITY_CENTER_ROLE = "identity_center_role"
    INSTANCE_ROLE = "instance_role"
    ASSUMED_ROLE = "assumed_role"
    FEDERATED_USER = "federated_user"
    ENTRA_USER = "entra_user"
    SERVICE_PRINCIPAL = "service_principal"
    ENDPOINT_USER = "endpoint_user"
    HIDDEN = "hidden"  # CloudTrail's HIDDEN_DUE_TO_SECURITY_REASONS: not a person, grouped by address
    OTHER = "other"


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


class HistoryFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Looked up once, when the first version of an event enters; no history means not new."""

    new_country: bool = False
    new_asn: bool = False
    new_client: bool = False


class Evidence(Struct, frozen=True, kw_only=True):
    """One immutable record version as stored."""

    id: str  # sha256 hex of vendor id, normalised fields and order time
    event: Event
    ingested: datetime  # when this version was first written
    fetched: datetime | None = None  # stamped once at the edge; orders versions that carry no lastUpdatedDateTime
    facts: HistoryFacts | None = None  # only on the first version of a vendor id


class Activity(Struct, frozen=True, kw_only=True):
    """One thing that happened, as the evidence tells it now: newest version, linked risk detections, history.

    ``event`` is a sign-in, login or process; for a user-level risk detection it is the detection itself.
    ``detections`` holds the risk detections that belong to a sign-in (or the user-level detection itself).
    """

    id: str  # the vendor id that names it
    time: datetime
    event: Event
    detections: tuple[Event, ...] = ()
    members: tuple[str, ...] = ()  # every vendor id in it, itself included
    closed: bool = False  # remediated, dismissed or confirmed safe: cancels entra_* rules
    seen_open: bool = True  # False when no stored version was ever open: such an event makes no alert
    facts: HistoryFacts = HistoryFacts()
    mfa_verdict: Fact | None = None  # federated AWS logins: the Entra sign-in of the same person (present = satisfied)
    mfa_source: str | None = None  # vendor id of that sign-in


class Addend(Struct, frozen=True, kw_only=True):
    """One line of the arithmetic: ``kind`` base, corroboration, modifier, correlation or clamp."""

    kind: Literal["base", "corroboration", "modifier", "correlation", "clamp"]
    name: str
    points: int
    reason: str


class Assessment(Struct, frozen=True, kw_only=True):
    """The explained score of one activity (or of one cross-cloud pair)."""

    activity_id: str
    rule: str  # the rule that names it: highest base, ties by catalogue order
    rules: tuple[str, ...]  # every rule that matched, in catalogue order
    score: int
    band: Band
    addends: tuple[Addend, ...]
    reason: str  # one sentence; may quote attacker-written strings, so it is data, never markup
    suppressed_by: str | None = None  # allowlist entry id


class GroupKey(Struct, frozen=True, order=True):
    """Family, account or tenant, principal and UTC day (ISO date) of the activity; one alert each."""

    family: Family
    account: str
    principal: str
    day: str


class AlertStatus(StrEnum):
    """Where an alert stands by its evidence; what responders did is beside it."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # its events stopped firing
    FOLDED = "folded"  # its events moved to another alert


class AlertEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of an alert, in brief. For a cross-cloud pair there is one row for the pair."""

    id: str
    time: datetime
    rule: str
    score: int
    address: str | None = None
    country: str | None = None
    closed: bool = False
    suppressed_by: str | None = None
    members: tuple[str, ...] = ()


class Told(Struct, frozen=True, kw_only=True):
    """One line of the notification ledger."""

    opening: int
    at: datetime
    channel: str
    band: Band
    why: str  # new, raised, reopened, address
    event_ids: tuple[str, ...]
    addresses: tuple[str, ...] = ()


class Lease(Struct, frozen=True, kw_only=True):
    """A sender's claim on one channel of one opening."""

    channel: str
    opening: int
    owner: str
    until: datetime


class Response(Struct, frozen=True, kw_only=True):
    """What a responder set."""

    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    close_reason: str | None = None
    closed_event_ids: tuple[str, ...] = ()  # a close covers the events and the band of that moment
    closed_band: Band | None = None


class Alert(Struct, frozen=True, kw_only=True):
    """One group on one UTC day. Everything above ``opening`` is recomputed from evidence; the rest is the alert's own state."""

    id: str
    key: GroupKey
    status: AlertStatus
    rule: str
    rules: tuple[str, ...]
    score: int
    band: Band
    addends: tuple[Addend, ...]
    reason: str
    first_seen: datetime
    last_seen: datetime
    event_count: int
    event_ids: tuple[str, ...]
    events: tuple[AlertEvent, ...]  # highest first, bounded
    addresses: tuple[str, ...]
    countries: tuple[str, ...]
    lead: Activity  # the highest event
    partner: Activity | None = None  # cross-cloud: the other side of the highest pair (lead is the later)
    person: str | None = None
    suppressed: bool = False
    suppressed_by: str | None = None
    related_ids: tuple[str, ...] = ()  # failures of a window, authorizations
    truncated: bool = False  # the neighbourhood was larger than its bound; never lowers an alert
    data_quality: tuple[str, ...] = ()
    folded_into: str | None = None
    replaces: tuple[str, ...] = ()
    opening: int = 1
    ledger: tuple[Told, ...] = ()
    leases: tuple[Lease, ...] = ()
    owed: tuple[str, ...] = ()  # channels that still have to be told
    owed_why: str | None = None
    response: Response = Response()
    created: datetime  # when the alert was first stored
    updated: datetime  # when it was last recomputed to something else


class RawRecord(Struct, frozen=True, kw_only=True):
    """One record as it came in, with what only its carrier knows."""

    data: object  # decoded JSON
    fetched: datetime | None = None
    tenant: str | None = None  # the Entra tenant comes from the connection
    origin: str = ""  # where it came from, for people: "file.jsonl:12", an SQS message id
    wanted: bool = False  # pulled in by id because a risk detection names it: evidence whatever it says
    announced: tuple[str, ...] = ()  # channels that were told of it while the index was away


class Ignored(Struct, frozen=True, kw_only=True):
    """A record deliberately not kept."""

    origin: str
    reason: str


class Refused(Struct, frozen=True, kw_only=True):
    """A record that goes to the dead letters."""

    origin: str
    reason: str
    detail: str = field(default="")
