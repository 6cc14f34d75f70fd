"""The probes of Entra sign-ins: what decides about a Graph ``signIn`` and about a row of Log Analytics' SigninLogs."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import astuple

from ...reading.times import exact
from ..probe import ABSENT, OWN_VALUE, Answer, Parsed, Probe, Question, Twins, extended, folded, own_id, own_text, plain_id
from . import twins
from .links import sign_in_vendor_id

# What keeps a sign-in, what it teaches, and what its data quality is made of; compared as written.
_DECIDING = (
    "userPrincipalName", "userId", "userDisplayName", "userType", "servicePrincipalId", "servicePrincipalName",
    "appId", "appDisplayName", "resourceId", "resourceIdentity", "resourceDisplayName", "clientAppUsed", "userAgent",
    "ipAddress", "location", "locationDetails", "autonomousSystemNumber", "deviceDetail", "status", "resultType", "errorCode",
    "isInteractive", "signInEventTypes", "authenticationProtocol", "originalTransferMethod", "incomingTokenType", "clientCredentialType",
    "authenticationRequirement", "mfaDetail", "riskLevelDuringSignIn", "riskLevelAggregated", "riskState", "riskDetail",
    "riskEventTypes", "riskEventTypes_v2", "@odata.type", "Type", "AADTenantId",
    "category", "operationName", "resourceProvider", "operationVersion",
)  # fmt: skip

# Read by rules and documents of a record that is kept, and by nothing that decides whether it is.
_READ_LATER = (
    "conditionalAccessStatus", "correlationId", "sessionId", "servicePrincipalCredentialKeyId", "servicePrincipalCredentialThumbprint",
    "federatedCredentialId", "crossTenantAccessType", "isTenantRestricted", "lastUpdatedDateTime", "authenticationDetails",
)  # fmt: skip

# What makes a record another one, or decides only where the time is missing.
_OF_OTHERS = (
    "id", "createdDateTime", "time", "TimeGenerated", "properties", "callerIpAddress", "tenantId", "activityDateTime", "detectedDateTime",
    "riskEventType", "riskType", "detectionTimingType", "riskLastUpdatedDateTime", "requestId", "additionalInfo",
    "eventSource", "userIdentity", "eventName", "insightDetails", "detail", "detail-type", "source", "process", "event",
    "operation", "workload", "recordType", "actionType", "authorization", "caller", "resourceProviderName", "eventTimestamp", "eventDataId",
    "activityDisplayName", "initiatedBy", "targetResources", "result", "resultReason", "loggedByService", "additionalDetails", "azure", "city", "countryOrRegion", "state",
    "digestS3Bucket", "digestStartTime", "s3Bucket", "s3ObjectKey", "application", "applicationId", "protocol", "accountName", "accountUpn",
)  # fmt: skip

MATTERS = folded(*_DECIDING, *_READ_LATER, *_OF_OTHERS, "resultDescription")
"""What a reader of any form of Entra's records asks for."""

# Graph beta and v1.0 (npm microsoft-graph-types 2.43.1 and -beta, 2026-11): properties of signIn that no reader asks for.
_GRAPH_PASSED = (
    "originalRequestId", "ipAddressFromResourceProvider", "tokenIssuerName", "tokenIssuerType", "processingTimeInMilliseconds", "resourceTenantId",
    "homeTenantId", "homeTenantName", "authenticationMethodsUsed", "uniqueTokenIdentifier", "signInIdentifier", "signInIdentifierType",
    "flaggedForReview", "appliedConditionalAccessPolicies", "authenticationContextClassReferences", "authenticationProcessingDetails",
    "networkLocationDetails", "authenticationRequirementPolicies", "sessionLifetimePolicies", "appliedEventListeners",
    "authenticationAppDeviceDetails", "authenticationAppPolicyEvaluationDetails", "managedServiceIdentity", "privateLinkDetails", "crossTenantUserId",
    "agent", "alternateSignInName", "appOwnerTenantId", "appTokenProtectionStatus", "azureResourceId", "conditionalAccessAudiences",
    "globalSecureAccessIpAddress", "isThroughGlobalSecureAccess", "resourceOwnerTenantId", "resourceServicePrincipalId",
    "signInTokenProtectionStatus", "tokenProtectionStatusDetails",
)  # fmt: skip

# Azure Monitor table reference, SigninLogs (2026-11): further columns.
_COLUMNS_PASSED = (
    "TenantId", "SourceSystem", "ResourceGroup", "Resource",
    "ResultSignature", "ResultDescription", "DurationMs", "Identity", "Level", "ConditionalAccessPolicies", "IsRisky", "FlaggedForReview",
    "ConditionalAccessStatus", "CorrelationId", "SessionId", "CrossTenantAccessType", "IsTenantRestricted", "FederatedCredentialId",
    "ServicePrincipalCredentialKeyId", "ServicePrincipalCredentialThumbprint", "AuthenticationDetails", "IPAddressFromResourceProvider",
)  # fmt: skip

_REQUIREMENTS = frozenset({b'"singleFactorAuthentication"', twins.TWO_FACTORS, b'""', b"null", b""})


def _column(name: str) -> str:
    """The name of a Graph property as Log Analytics writes it."""
    special = {"ipAddress": "IPAddress", "riskEventTypes_v2": "RiskEventTypes_V2"}
    return special.get(name, name[:1].upper() + name[1:])


def _layout(
    spelled: Callable[[str], str], passed: Iterable[str], further: Iterable[str] = ()
) -> Callable[[Iterable[str], bool], type[Struct]]:
    """The layout of records with these spellings; ``further`` are properties that hold a time and must be there."""
    fields: list[tuple[str, Any, Any]] = [
        ("id", str, msgspec.field(name=spelled("id"))),
        ("created", str, msgspec.field(name=spelled("createdDateTime"))),
        *((name, str, msgspec.field()) for name in further),
    ]
    for group, names in (("decides", _DECIDING), ("later", _READ_LATER)):
        fields += [(f"{group}_{number}", Raw, msgspec.field(default=ABSENT, name=spelled(name))) for number, name in enumerate(names)]
    base = msgspec.defstruct("SignIn", fields, kw_only=True, gc=False)
    passed = tuple(passed)
    return lambda names, strict: extended(base, (*passed, *names), strict)


_PLACES = {
    name: f"{group}_{number}" for group, names in (("decides", _DECIDING), ("later", _READ_LATER)) for number, name in enumerate(names)
}
_OWN_LATER = ("correlationId", "sessionId", "authenticationDetails")
_WHO = (*twins.PEOPLE, *twins.DEVICE)
_ASKED = (
    "authenticationRequirement",
    *(name for name in _DECIDING if name not in {"authenticationRequirement", *_WHO}),
    *_WHO,
)  # whoever it was comes last
_DEVICE_FROM = len(_ASKED) - len(twins.DEVICE)
_PEOPLE_FROM = _DEVICE_FROM - len(twins.PEOPLE)
_LATER = attrgetter(*(_PLACES[name] for name in (*_OWN_LATER, *(name for name in _READ_LATER if name not in _OWN_LATER))))


def _ask(record: Any) -> Answer:  # noqa: ANN401 - the layout is made at run time
    time = exact(record.created)
    if time is None or not plain_id(record.id):
        return None
    decides = _asked_of(record.__class__)(astuple(record))
    if bytes(decides[0]) not in _REQUIREMENTS:
        return None  # then the steps of the authentication decide whether its data quality is in doubt
    key = b",".join(decides)
    return Question(key, time, sign_in_vendor_id(record.id), (record, decides, key), _TWINS)


@lru_cache(maxsize=64)
def _asked_of(layout: type[Struct]) -> Callable[[tuple[Any, ...]], tuple[Raw, ...]]:
    """Takes the values of ``_ASKED`` out of all values of a record with this layout: half of what it costs to ask for them by name."""
    return itemgetter(*(layout.__struct_fields__.index(_PLACES[name]) for name in _ASKED))


def _apart(asked: tuple[Any, tuple[Raw, ...], bytes]) -> tuple[bytes, tuple[Any, ...]]:
    record, decides, key = asked
    people, device = b",".join(decides[_PEOPLE_FROM:_DEVICE_FROM]), b",".join(decides[_DEVICE_FROM:])
    correlation, session, steps, *others = _LATER(record)
    correlation_id, session_id = own_id(correlation), own_id(session)
    who, on = twins.own_people(people), twins.own_device(device)
    rest = b",".join((
        key[: len(key) - len(people) - len(device) - 2],  # what decides, up to whoever it was, is joined already
        people if who is None else OWN_VALUE,
        *((device,) if on is None else (OWN_VALUE, on[1])),
        correlation if correlation_id is None else OWN_VALUE,
        session if session_id is None else OWN_VALUE,
        *others,
        twins.steps(steps, decides[0]),
    ))  # fmt: skip
    return rest, (record.id, correlation_id, session_id, *(who or twins.NOBODY), *(twins.NO_DEVICE if on is None else on[0]))


_TWINS = Twins(b"entra", _apart, twins.renewed)


def _parsed(data: Mapping[str, Any]) -> Parsed | None:
    written, created = own_text(data.get("id")), data.get("createdDateTime")
    time = exact(created) if written is not None and type(created) is str else None
    if written is None or time is None:
        return None
    own = twins.own_parsed(data)
    left_out = _left_out(tuple(value is not None for value in own), data.get("authenticationRequirement") == twins.SECOND_FACTOR)
    rest = [pair for pair in data.items() if pair[0] not in left_out]
    return Question(b"", time, sign_in_vendor_id(written), None, _TWINS), rest, (written, *own, *twins.NO_DEVICE)


@cache
def _left_out(own: tuple[bool, ...], second_factor: bool) -> frozenset[str]:  # noqa: FBT001 - one of many answers
    """What no reader asks for, and what is a record's own."""
    names = [name for name, is_own in zip(twins.OWN, own, strict=True) if is_own]
    return frozenset({"id", "createdDateTime", *_GRAPH_PASSED, *names, *(("authenticationDetails",) if second_factor else ())})


def _ask_row(row: Any) -> Answer:  # noqa: ANN401
    """Rows without the time of their table may be PowerShell's."""
    return _ask(row) if exact(row.TimeGenerated) is not None else None


def _same(name: str) -> str:
    return name


PROBES = (
    Probe(name="Graph signIn", layout=_layout(_same, _GRAPH_PASSED), ask=_ask, parsed=_parsed, matters=MATTERS),
    Probe(
        name="Log Analytics SigninLogs",
        layout=_layout(_column, (*map(_column, _GRAPH_PASSED), *_COLUMNS_PASSED), ("TimeGenerated",)),
        ask=_ask_row,
        matters=MATTERS,
    ),
)
