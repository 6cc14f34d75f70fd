"""Recognises Entra records: Graph objects, Log Analytics rows and Azure diagnostic records, and what of Microsoft's logs is no sign-in."""

from ...reading.fields import Fields, mapping, word
from ..provider import Decode
from . import directory_audit, risk, sign_in
from .dialects.audit_log import is_audit_record
from .dialects.defender import STREAMED
from .dialects.identity_logon import is_logon
from .keep import CARRIES_NO_RISK, WITHOUT_RISK

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
_ACTIVITY = "azure_activity_log"
_IGNORED_CATEGORIES = {
    "riskyusers": "diagnostic_risky_users",
    "riskyserviceprincipals": "diagnostic_risky_service_principals",
    "administrative": _ACTIVITY,
}
# Categories of Entra's diagnostic settings (Azure Monitor, supported resource logs, 2026) that hold no sign-ins.
_OTHER_CATEGORIES = frozenset({
    "provisioninglogs", "networkaccesstrafficlogs", "networkaccessconnectionevents", "networkaccessgenerativeaiinsights", "networkaccessalerts",
    "remotenetworkhealthlogs", "enrichedoffice365auditlogs", "microsoftgraphactivitylogs", "azureadgraphactivitylogs",
    "graphnotificationsactivitylogs", "b2crequestlogs",
})  # fmt: skip
_BY_ENDING = (("signinlogs", sign_in.from_diagnostic), ("riskevents", risk.from_diagnostic))
_RISKY_USER = "graph_risky_user"
_AUDIT_FORM = "directory_audit_form_not_read"
_OTHER_OPERATION = "unified_audit_log_not_a_sign_in"
_ON_PREMISES = "defender_on_premises_logon"
_HUNTING = "defender_table_not_read"
_OTHER_MARKS = frozenset({
    "Operation", "operation", "ActionType", "operationName", "OperationName", "OperationNameValue", "activityDisplayName",
    "ActivityDisplayName", "azure", "Type",
})  # fmt: skip
_ACTIVITY_TABLES = frozenset({"azureactivity", "activitylogs"})
IGNORE_REASONS = frozenset({
    WITHOUT_RISK, *CARRIES_NO_RISK.values(), _OTHER_CATEGORY, _RISKY_USER, _AUDIT_FORM, _OTHER_OPERATION, _ON_PREMISES, _HUNTING,
    *_IGNORED_CATEGORIES.values(), *directory_audit.IGNORE_REASONS,
})  # fmt: skip


def recognise(record: Fields) -> Decode | str | None:
    """The decoder of this record, or the reason why it is ignored; None when it is not an Entra record."""
    if record.has("properties") and record.has("category"):
        category = word(record.get("category"))
        if category is not None:
            return _diagnostic(category, record.object("properties"))
    return _other_log(record) or _graph(record)


def _diagnostic(category: str, properties: Fields) -> Decode | str:
    """By the category; of one that is not known, by what the record has."""
    if category == "auditlogs":
        return directory_audit.from_diagnostic
    decode = next((decode for ending, decode in _BY_ENDING if category.endswith(ending)), None)
    if decode is not None:
        return decode
    if category.startswith(STREAMED):
        return _HUNTING
    if category in _IGNORED_CATEGORIES or category in _OTHER_CATEGORIES:
        return _IGNORED_CATEGORIES.get(category, _OTHER_CATEGORY)
    if properties.has("createdDateTime") and properties.has("riskLevelDuringSignIn", "riskEventTypes_v2"):
        return sign_in.from_diagnostic
    if properties.has("riskEventType") and properties.has("detectedDateTime", "detectionTimingType"):
        return risk.from_diagnostic
    return _OTHER_CATEGORY


def _other_log(record: Fields) -> Decode | str | None:
    """The decoder of a directory audit, why a record of another log of Microsoft's is ignored, or None."""
    if _OTHER_MARKS.isdisjoint(record.data):
        return None
    if is_audit_record(record):
        return _OTHER_OPERATION
    if is_logon(record):
        return _ON_PREMISES
    if record.has("ActionType") and record.has("ReportId", "RawEventData", "AccountObjectId") and record.has("Timestamp", "TimeGenerated"):
        return _HUNTING
    tables = {word(record.get("Type")), *mapping(record.data.get("azure"))}
    named = record.has("operationName") and (record.has("authorization", "caller") or record.has("resourceProviderName"))
    if tables & _ACTIVITY_TABLES or (named and record.has("eventTimestamp", "TimeGenerated", "eventDataId")):
        return _ACTIVITY
    if record.has("activityDisplayName", "operationName") and record.has("initiatedBy", "targetResources"):
        return _flat(directory_audit.from_graph)
    if "auditlogs" in tables:
        return _AUDIT_FORM
    return None


def _graph(record: Fields) -> Decode | str | None:
    kind = (word(record.get("@odata.type")) or word(record.get("Type")) or "").rpartition(".")[2]
    if "riskdetection" in kind or kind.endswith("riskevents") or record.has("riskEventType", "detectionTimingType"):
        return _flat(risk.from_graph)
    if kind == "riskyuser" or record.has("riskLastUpdatedDateTime"):
        return _RISKY_USER
    who = record.has("userPrincipalName", "servicePrincipalId", "appId")
    if (
        kind == "signin"
        or kind.endswith("signinlogs")
        or record.has(*_SIGN_IN_MARKS)
        or (who and (record.has("status") or (record.has("createdDateTime") and record.has("ipAddress"))))
        or (record.has("userId") and Fields(mapping(record.get("status"))).has("errorCode"))
    ):
        return _flat(sign_in.from_graph)
    return None


def _flat(decode: Decode) -> Decode:
    """Decode a flat record. Log Analytics rows name their tenant in ``AADTenantId``; their ``TenantId`` is the workspace."""
    return lambda record, tenant: decode(record, tenant or word(record.get("AADTenantId")))
