"""Directory audits in Microsoft's own form, for the contract suite. The dash and the blank behind it are as in published records."""

from ..provider import Sample


def audits(tenant: str, user: str) -> tuple[Sample, ...]:
    """From Graph a person's and an application's; as a diagnostic record the temporary access pass that a help desk registers for a user."""
    return (
        Sample(name="a directory audit", record=security_info(user), account=tenant, tenant=tenant),
        Sample(name="a directory audit of an application", record=_secret(), account=tenant, tenant=tenant),
        Sample(name="a diagnostic directory audit", record=_diagnostic(tenant, user), account=tenant),
    )


def security_info(user: str) -> dict[str, object]:
    """A person registered an authenticator."""
    return {
        "id": "Directory_00000001-0000-4000-8000-000000000001_A1B2C_100001",
        "category": "UserManagement",
        "correlationId": "ca000001-0000-4000-8000-000000000001",
        "result": "success",
        "resultReason": "User registered Authenticator App with Notification and Code",
        "activityDisplayName": "User registered security info",
        "activityDateTime": "2026-11-20T12:14:00Z",
        "loggedByService": "Authentication Methods",
        "operationType": "Add",
        "initiatedBy": {
            "user": {
                "id": user,
                "displayName": "Alice",
                "userPrincipalName": "alice@contoso.com",
                "ipAddress": "198.51.100.77",
                "userType": None,
                "homeTenantId": None,
                "homeTenantName": None,
            },
            "app": None,
        },
        "targetResources": [
            {"id": user, "displayName": "Alice", "type": "User", "userPrincipalName": "alice@contoso.com", "modifiedProperties": []}
        ],
        "additionalDetails": [{"key": "User-Agent", "value": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/142.0.0.0"}],
    }


def _secret() -> dict[str, object]:
    return {
        "id": "Directory_00000002-0000-4000-8000-000000000002_A1B2C_100002",
        "category": "ApplicationManagement",
        "correlationId": "ca000002-0000-4000-8000-000000000002",
        "result": "success",
        "resultReason": "",
        "activityDisplayName": "Update application \N{EN DASH} Certificates and secrets management ",
        "activityDateTime": "2026-11-20T12:20:00Z",
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "initiatedBy": {
            "user": None,
            "app": {
                "appId": None,
                "displayName": "release-pipeline",
                "servicePrincipalId": "5b000003-0000-4000-8000-000000000003",
                "servicePrincipalName": None,
            },
        },
        "targetResources": [{"id": "5e000003-0000-4000-8000-000000000003", "displayName": "payroll", "type": "Application"}],
        "additionalDetails": [],
    }


def _diagnostic(tenant: str, user: str) -> dict[str, object]:
    properties = security_info("00000000-1111-4000-8000-000000000009") | {
        "id": "Directory_00000003-0000-4000-8000-000000000003_A1B2C_100003",
        "activityDisplayName": "Admin registered security info",
        "resultReason": "Admin registered temporary access pass method for user",
        "initiatedBy": {"user": {"id": "00000000-1111-4000-8000-000000000009", "userPrincipalName": "helpdesk@contoso.com"}},
        "targetResources": [{"id": user, "displayName": "Alice", "type": "User", "userPrincipalName": "alice@contoso.com"}],
    }
    return {
        "time": "2026-11-20T12:15:00Z",
        "resourceId": f"/tenants/{tenant}/providers/Microsoft.aadiam",
        "operationName": "Admin registered security info",
        "category": "AuditLogs",
        "tenantId": tenant,
        "resultSignature": "None",
        "properties": properties,
    }
