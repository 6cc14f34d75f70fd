"""Recognises Entra records: Graph objects, Log Analytics rows and Azure diagnostic records."""

from ...reading.fields import Fields, word
from ..provider import Decode
from . import risk, sign_in
from .keep import WITHOUT_RISK

_SIGN_IN_MARKS = (
    "riskLevelDuringSignIn",
    "riskLevelAggregated",
    "clientAppUsed",
    "conditionalAccessStatus",
    "signInEventTypes",
    "isInteractive",
    "riskEventTypes_v2",
    "riskEventTypes",
)
_OTHER_CATEGORY = "diagnostic_category_not_a_sign_in"
_IGNORED_CATEGORIES = {
    "riskyusers": "diagnostic_risky_users",
    "riskyserviceprincipals": "diagnostic_risky_service_principals",
}
_RISKY_USER = "graph_risky_user"
IGNORE_REASONS = frozenset({WITHOUT_RISK, _OTHER_CATEGORY, _RISKY_USER, *_IGNORED_CATEGORIES.values()})


def recognise(record: Fields) -> Decode | str | None:
    """The decoder of this record, or the reason why it is ignored; None when it is not an Entra record."""
    if record.has("properties") and record.has("category"):
        return _diagnostic(word(record.get("category")) or "")
    return _graph(record)


def _diagnostic(category: str) -> Decode | str:
    if category.endswith("signinlogs"):
        return sign_in.from_diagnostic
    if category.endswith("riskevents"):
        return risk.from_diagnostic
    return _IGNORED_CATEGORIES.get(category, _OTHER_CATEGORY)


def _graph(record: Fields) -> Decode | str | None:
    kind = (word(record.get("@odata.type")) or word(record.get("Type")) or "").rpartition(".")[2]
    if "riskdetection" in kind or kind.endswith("riskevents") or record.has("riskEventType", "detectionTimingType"):
        return _flat(risk.from_graph)
    if kind == "riskyuser" or record.has("riskLastUpdatedDateTime"):
        return _RISKY_USER
    who = record.has("userPrincipalName", "userId", "servicePrincipalId", "appId")
    if (
        kind == "signin"
        or kind.endswith("signinlogs")
        or record.has(*_SIGN_IN_MARKS)
        or (who and (record.has("status") or (record.has("createdDateTime") and record.has("ipAddress"))))
    ):
        return _flat(sign_in.from_graph)
    return None


def _flat(decode: Decode) -> Decode:
    """Decode a flat record. Log Analytics rows name their tenant in ``AADTenantId``; their ``TenantId`` is the workspace."""
    return lambda record, tenant: decode(record, tenant or word(record.get("AADTenantId")))
