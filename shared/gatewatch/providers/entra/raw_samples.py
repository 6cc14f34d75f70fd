"""Raw Entra records in Microsoft's own form, for the contract suite. Tenants and addresses are documentation values."""

from collections.abc import Mapping

from ..provider import Sample
from .audit_samples import audits
from .ignored_samples import ignored
from .keep import WITHOUT_RISK

_TENANT = "72f988bf-0000-4000-8000-000000000001"
_USER = "00000000-1111-4000-8000-000000000001"
_SIGN_IN = "5a000001-0000-4000-8000-000000000001"
_RISKY = "a risky sign-in"
_DISMISSED = {"riskState": "dismissed", "riskDetail": "adminDismissedAllRiskForUser", "riskLevelAggregated": "none"}
_WITHOUT_RISK = {
    "id": "5a000003-0000-4000-8000-000000000003",
    "riskLevelDuringSignIn": "none",
    "riskLevelAggregated": "none",
    "riskState": "none",
    "riskEventTypes_v2": [],
    "appId": "4765445b-32c6-49b0-83e6-1d93765276ca",
    "appDisplayName": "OfficeHome",
}
_BETA_STREAM = "signInEventTypes"
# The redemption of a device code: a non-interactive record seconds after the person confirmed the application (Graph beta, 2026-09).
_REDEMPTION = {
    "id": "5a000004-0000-4000-8000-000000000004",
    "appId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "appDisplayName": "Microsoft Azure CLI",
    "resourceId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "resourceDisplayName": "Windows Azure Service Management API",
    "clientAppUsed": "Mobile Apps and Desktop clients",
    "isInteractive": False,
    _BETA_STREAM: ["nonInteractiveUser"],
    "authenticationProtocol": "none",
    "originalTransferMethod": "deviceCodeFlow",
    "incomingTokenType": "none",
    "authenticationRequirement": "multiFactorAuthentication",
    "sessionId": "5e000001-0000-4000-8000-000000000001",
    "userAgent": "python-requests/2.32.5",
    "autonomousSystemNumber": 64500,
}
# A service principal: its level is "low" although nothing is at risk.
_WORKLOAD = {
    "id": "5a000005-0000-4000-8000-000000000005",
    "userId": "",
    "userPrincipalName": "",
    "userDisplayName": "",
    "servicePrincipalId": "5b000001-0000-4000-8000-000000000001",
    "servicePrincipalName": "ConnectSyncProvisioning_DC01_0123456789ab",
    "appId": "5c000001-0000-4000-8000-000000000001",
    "appDisplayName": "ConnectSyncProvisioning_DC01_0123456789ab",
    "resourceId": "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016",
    _BETA_STREAM: ["servicePrincipal"],
    "clientCredentialType": "clientAssertion",
    "servicePrincipalCredentialKeyId": "5d000001-0000-4000-8000-000000000001",
    "servicePrincipalCredentialThumbprint": "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334",
    "riskLevelDuringSignIn": "low",
    "riskLevelAggregated": "low",
}
_MANAGED = {
    "id": "5a000006-0000-4000-8000-000000000006",
    "servicePrincipalId": "5b000002-0000-4000-8000-000000000002",
    "servicePrincipalName": "vm-backup",
    "appId": "5c000002-0000-4000-8000-000000000002",
    "appDisplayName": "vm-backup",
    "resourceId": "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
    _BETA_STREAM: ["managedIdentity"],
    "ipAddress": "",
    "location": {},
}
_RISKY_USER = {"id": _USER, "userPrincipalName": "alice@contoso.com", "riskLastUpdatedDateTime": "2026-11-20T12:00:00Z"}
_CATEGORIES = {
    "ProvisioningLogs": "diagnostic_category_not_a_sign_in",
    "RiskyUsers": "diagnostic_risky_users",
    "RiskyServicePrincipals": "diagnostic_risky_service_principals",
}


def samples() -> tuple[Sample, ...]:
    """A risky sign-in from Graph, the detection that names it, a sign-in from diagnostic settings, and records that are ignored."""
    return (
        Sample(name=_RISKY, record=_sign_in(), account=_TENANT, tenant=_TENANT, closing=_sign_in() | _DISMISSED),
        Sample(name="a detection that names it", record=_detection(), account=_TENANT, tenant=_TENANT, wants=_RISKY),
        Sample(name="a diagnostic record", record=_diagnostic(), account=_TENANT),
        Sample(name="a sign-in without risk", record=_sign_in() | _WITHOUT_RISK, account=None, tenant=_TENANT, ignored=WITHOUT_RISK),
        Sample(name="a device code redemption", record=_calm(_REDEMPTION), account=_TENANT, tenant=_TENANT),
        Sample(name="a synchronisation application", record=_calm(_WORKLOAD), account=_TENANT, tenant=_TENANT),
        Sample(name="a managed identity", record=_calm(_WORKLOAD, _MANAGED), account=None, tenant=_TENANT, ignored=WITHOUT_RISK),
        *audits(_TENANT, _USER),
        Sample(name="a risky user", record=_RISKY_USER, account=None, tenant=_TENANT, ignored="graph_risky_user"),
        *(
            Sample(name=f"diagnostic {category}", record=_diagnostic() | {"category": category}, account=None, ignored=reason)
            for category, reason in _CATEGORIES.items()
        ),
        *ignored(),
    )


def _calm(*changes: Mapping[str, object]) -> dict[str, object]:
    found = _sign_in() | _WITHOUT_RISK
    for change in changes:
        found |= change
    return found


def _sign_in() -> dict[str, object]:
    return {
        "id": _SIGN_IN,
        "createdDateTime": "2026-11-20T12:00:00Z",
        "userId": _USER,
        "userPrincipalName": "alice@contoso.com",
        "userDisplayName": "Alice",
        "appId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
        "appDisplayName": "Azure Portal",
        "clientAppUsed": "Browser",
        "correlationId": "c0000001-0000-4000-8000-000000000001",
        "ipAddress": "198.51.100.77",
        "isInteractive": True,
        "location": {"city": "Berlin", "countryOrRegion": "DE"},
        "deviceDetail": {"browser": "Edge 142", "operatingSystem": "Windows 11", "isCompliant": False},
        "status": {"errorCode": 0},
        "riskLevelDuringSignIn": "medium",
        "riskLevelAggregated": "medium",
        "riskState": "atRisk",
        "riskDetail": "none",
        "riskEventTypes_v2": ["unfamiliarFeatures"],
    }


def _detection() -> dict[str, object]:
    return {
        "id": "d0000001-0000-4000-8000-000000000001",
        "requestId": _SIGN_IN,
        "correlationId": "c0000001-0000-4000-8000-000000000001",
        "riskEventType": "unfamiliarFeatures",
        "riskLevel": "medium",
        "riskState": "atRisk",
        "riskDetail": "none",
        "activity": "signin",
        "detectionTimingType": "realtime",
        "activityDateTime": "2026-11-20T12:00:00Z",
        "detectedDateTime": "2026-11-20T12:01:00Z",
        "lastUpdatedDateTime": "2026-11-20T12:01:00Z",
        "ipAddress": "198.51.100.77",
        "userId": _USER,
        "userPrincipalName": "alice@contoso.com",
        "userDisplayName": "Alice",
    }


def _diagnostic() -> dict[str, object]:
    return {
        "time": "2026-11-20T13:00:00Z",
        "resourceId": f"/tenants/{_TENANT}/providers/Microsoft.aadiam",
        "category": "SignInLogs",
        "tenantId": _TENANT,
        "resultType": "0",
        "properties": _sign_in() | {"id": "5a000002-0000-4000-8000-000000000002", "createdDateTime": "2026-11-20T13:00:00Z"},
    }
