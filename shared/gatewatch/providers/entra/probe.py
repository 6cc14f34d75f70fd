"""The probes of Entra sign-ins: what decides about a Graph ``signIn`` and about a row of Log Analytics' SigninLogs."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Raw, Struct, structs

from ...model import Event
from ...reading.times import exact
from ..probe import ABSENT, OWN_VALUE, Answer, Parsed, Probe, Question, Twins, extended, folded, key_of, own_id, own_text, plain_id
from .identity import object_id
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
    "activityDisplayName", "initiatedBy", "targetResources", "azure", "city", "countryOrRegion", "state",
    "digestS3Bucket", "digestStartTime", "s3Bucket", "s3ObjectKey", "application", "applicationId", "protocol", "accountName", "accountUpn",
)  # fmt: skip

MATTERS = folded(*_DECIDING, *_READ_LATER, *_OF_OTHERS)
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

_SECOND_FACTOR = "multiFactorAuthentication"
_TWO_FACTORS = f'"{_SECOND_FACTOR}"'.encode()
_REQUIREMENTS = frozenset({b'"singleFactorAuthentication"', _TWO_FACTORS, b'""', b"null", b""})


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


_VALUES = attrgetter(*(f"decides_{number}" for number in range(len(_DECIDING))))
_LATER = attrgetter(*(f"later_{number}" for number in range(len(_READ_LATER))))
_REQUIREMENT = attrgetter(f"decides_{_DECIDING.index('authenticationRequirement')}")


def _ask(record: Any) -> Answer:  # noqa: ANN401 - the layout is made at run time
    time = exact(record.created)
    if time is None or not plain_id(record.id):
        return None
    if bytes(_REQUIREMENT(record)) not in _REQUIREMENTS:
        return None  # then the steps of the authentication decide whether its data quality is in doubt
    return Question(b",".join(_VALUES(record)), time, sign_in_vendor_id(record.id), record, _TWINS)


def _apart(record: Any) -> tuple[bytes, tuple[Any, ...]]:  # noqa: ANN401
    """What is read later, but for ids and the time of each step of the authentication."""
    access, correlation, session, *others, steps = _LATER(record)
    own = (record.id, own_id(correlation), own_id(session))
    ids = (OWN_VALUE if value is not None else raw for value, raw in zip(own[1:], (correlation, session), strict=True))
    return b",".join((access, *ids, *others, _steps(steps, _REQUIREMENT(record)))), own


def _steps(written: Raw, requirement: Raw) -> bytes | Raw:
    """What the steps of an authentication say about the second factor: nothing where the requirement is one."""
    if bytes(requirement) == _TWO_FACTORS:
        return OWN_VALUE
    try:
        return OWN_VALUE + key_of(tuple(map(_said, _STEPS.decode(written))))
    except msgspec.DecodeError:
        return written


class _Step(Struct, forbid_unknown_fields=True, gc=False):
    """A step as Graph writes it."""

    authenticationStepDateTime: Raw = ABSENT  # noqa: N815 - as Graph writes it
    authenticationMethod: Raw = ABSENT  # noqa: N815
    authenticationMethodDetail: Raw = ABSENT  # noqa: N815
    succeeded: Raw = ABSENT
    authenticationStepResultDetail: Raw = ABSENT  # noqa: N815
    authenticationStepRequirement: Raw = ABSENT  # noqa: N815


_STEPS = msgspec.json.Decoder(list[_Step])


def _said(step: _Step) -> tuple[str, ...]:
    return tuple(bytes(value).decode("latin-1") for value in msgspec.structs.astuple(step)[1:])


def _renewed(event: Event, question: Question, own: tuple[Any, ...]) -> Event:
    sign_in_id, correlation, session = own
    changes = {"sign_in_id": sign_in_id}
    if correlation is not None:
        changes["correlation_id"] = object_id(correlation.lower())
    if session is not None:
        changes["session_id"] = object_id(session)
    detail = structs.replace(event.detail, **changes)  # type: ignore[type-var] # every member of the union is a struct
    return structs.replace(event, vendor_id=question.vendor_id, time=question.time, detail=detail)


_TWINS = Twins(b"entra", _apart, _renewed)


def _parsed(data: Mapping[str, Any]) -> Parsed | None:
    written, created = own_text(data.get("id")), data.get("createdDateTime")
    time = exact(created) if written is not None and type(created) is str else None
    if written is None or time is None:
        return None
    own = (written, own_text(data.get("correlationId")), own_text(data.get("sessionId")))
    left_out = _left_out(own[1] is not None, own[2] is not None, data.get("authenticationRequirement") == _SECOND_FACTOR)
    return Question(b"", time, sign_in_vendor_id(written), None, _TWINS), [pair for pair in data.items() if pair[0] not in left_out], own


@cache
def _left_out(correlation: bool, session: bool, second_factor: bool) -> frozenset[str]:  # noqa: FBT001 - three answers
    """What no reader asks for, and what is a record's own."""
    own = (("correlationId", correlation), ("sessionId", session), ("authenticationDetails", second_factor))
    return frozenset({"id", "createdDateTime", *_GRAPH_PASSED, *(name for name, is_own in own if is_own)})


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
