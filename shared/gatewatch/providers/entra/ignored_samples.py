"""Records of Microsoft's logs that are ignored by name, one for each reason, for the contract suite."""

from collections.abc import Mapping

from ..provider import Sample
from .dialects import audit_log, identity_logon, portal
from .keep import CARRIES_NO_RISK

_ADMINISTRATIVE = {
    "time": "2026-11-20T12:00:00Z",
    "resourceId": "/SUBSCRIPTIONS/00000000-0000-4000-8000-000000000001",
    "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE",
    "category": "Administrative",
    "properties": {"message": "Microsoft.Authorization/roleAssignments/write"},
}
_RECORDS: Mapping[str, Mapping[str, object]] = {
    "azure_activity_log": _ADMINISTRATIVE,
    "directory_audit_not_context": {
        "id": "Directory_1",
        "activityDisplayName": "Update user",
        "activityDateTime": "2026-11-20T12:00:00Z",
        "initiatedBy": {"user": {"userPrincipalName": "alice@contoso.com"}},
        "targetResources": [],
    },
    "directory_audit_by_a_service": {
        "id": "Directory_2",
        "activityDisplayName": "Reset user password",
        "activityDateTime": "2026-11-20T12:00:00Z",
        "initiatedBy": {"app": {"displayName": "Microsoft password reset service"}},
        "targetResources": [],
    },
    "directory_audit_form_not_read": {
        "@timestamp": "2026-11-20T12:00:00Z",
        "azure": {"auditlogs": {"properties": {"activity_display_name": "Add member to role"}}},
    },
    "unified_audit_log_not_a_sign_in": {
        "CreationTime": "2026-11-20T12:00:00",
        "Operation": "FileAccessed",
        "RecordType": 6,
        "Workload": "SharePoint",
        "UserId": "alice@contoso.com",
    },
    "defender_on_premises_logon": {
        "Timestamp": "2026-11-20T12:00:00Z",
        "ActionType": "LogonSuccess",
        "Application": "Active Directory",
        "Protocol": "Kerberos",
        "AccountName": "alice",
    },
    "defender_table_not_read": {
        "time": "2026-11-20T12:00:00Z",
        "category": "AdvancedHunting-EmailEvents",
        "properties": {"Timestamp": "2026-11-20T12:00:00Z"},
    },
}
_SIGN_IN = {
    "id": "5a000007-0000-4000-8000-000000000007",
    "createdDateTime": "2026-11-20T12:00:00Z",
    "userPrincipalName": "alice@contoso.com",
    "appId": "4765445b-32c6-49b0-83e6-1d93765276ca",
    "status": {"errorCode": 0},
}


def ignored() -> tuple[Sample, ...]:
    """What is no sign-in, and sign-ins of dialects that carry no risk (in the form that the dialect translates to)."""
    return (
        *(Sample(name=reason, record=record, account=None, ignored=reason) for reason, record in _RECORDS.items()),
        *(
            Sample(
                name=f"{category} without risk", record=_SIGN_IN | {"category": category}, account=None, ignored=CARRIES_NO_RISK[category]
            )
            for category in (audit_log.CATEGORY, portal.CATEGORY, identity_logon.CATEGORY)
        ),
    )
