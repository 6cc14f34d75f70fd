"""Graph records with every property that v1.0 publishes, so that they can be held against Microsoft's types."""

import uuid
from datetime import UTC, datetime
from typing import Any

TENANT = "0f0e0d0c-1111-4222-8333-444455556666"


def stamp(moment: datetime) -> str:
    """A time as Graph prints it: seven decimals."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def user_id(upn: str) -> str:
    """A stable object id for a user."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, upn.casefold()))


def sign_in(at: datetime, upn: str = "ana@contoso.example", **changes: Any) -> dict[str, Any]:
    """A successful sign-in to the office portal without any risk, until ``changes`` say otherwise."""
    record: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "createdDateTime": stamp(at),
        "userDisplayName": upn.partition("@")[0].title(),
        "userPrincipalName": upn,
        "userId": user_id(upn),
        "appId": "4765445b-32c6-49b0-83e6-1d93765276ca",
        "appDisplayName": "OfficeHome",
        "ipAddress": "198.51.100.23",
        "clientAppUsed": "Browser",
        "correlationId": str(uuid.uuid4()),
        "conditionalAccessStatus": "notApplied",
        "isInteractive": True,
        "riskDetail": "none",
        "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "riskEventTypes": [],
        "riskEventTypes_v2": [],
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": "00000003-0000-0000-c000-000000000000",
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        "deviceDetail": {
            "deviceId": "",
            "displayName": "",
            "operatingSystem": "Windows 10",
            "browser": "Edge 120.0",
            "isCompliant": False,
            "isManaged": False,
            "trustType": "",
        },
        "location": {
            "city": "Oslo",
            "state": "Oslo",
            "countryOrRegion": "NO",
            "geoCoordinates": {"altitude": None, "latitude": 59.91, "longitude": 10.75},
        },
        "appliedConditionalAccessPolicies": [],
    }
    return record | changes


def beta_sign_in(at: datetime, upn: str = "ana@contoso.example", **changes: Any) -> dict[str, Any]:
    """The same as beta shows it: without the deprecated riskEventTypes, with what only beta has."""
    record = sign_in(at, upn)
    del record["riskEventTypes"]
    only_beta = {
        "signInEventTypes": ["interactiveUser"],
        "authenticationRequirement": "singleFactorAuthentication",
        "authenticationProtocol": "none",
        "autonomousSystemNumber": 64500,
        "networkLocationDetails": [],
        "userAgent": "Mozilla/5.0",
        "userType": "member",
    }
    return record | only_beta | changes


def risky_sign_in(at: datetime, upn: str = "ana@contoso.example", level: str = "medium", **changes: Any) -> dict[str, Any]:
    """A successful sign-in through an anonymizer that Entra rated."""
    risk = {
        "riskLevelDuringSignIn": level,
        "riskLevelAggregated": level,
        "riskState": "atRisk",
        "riskEventTypes_v2": ["anonymizedIPAddress"],
        "riskEventTypes": ["anonymizedIPAddress"],
    }
    return sign_in(at, upn, **(risk | changes))


def risk_detection(at: datetime, upn: str = "ana@contoso.example", *, detected: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """A user-level detection (no sign-in named) of medium risk, until ``changes`` say otherwise."""
    seen = stamp(detected or at)
    record: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "requestId": None,
        "correlationId": None,
        "riskEventType": "unfamiliarFeatures",
        "riskState": "atRisk",
        "riskLevel": "medium",
        "riskDetail": "none",
        "source": "IdentityProtection",
        "detectionTimingType": "offline",
        "activity": "signin",
        "tokenIssuerType": "AzureAD",
        "ipAddress": "203.0.113.77",
        "location": {"city": "Oslo", "state": "Oslo", "countryOrRegion": "NO", "geoCoordinates": {"latitude": 59.91, "longitude": 10.75}},
        "activityDateTime": stamp(at),
        "detectedDateTime": seen,
        "lastUpdatedDateTime": seen,
        "userId": user_id(upn),
        "userDisplayName": upn.partition("@")[0].title(),
        "userPrincipalName": upn,
        "additionalInfo": "[]",
    }
    return record | changes


def directory_audit(
    at: datetime, upn: str = "ana@contoso.example", activity: str = "User registered security info", **changes: Any
) -> dict[str, Any]:
    """Somebody changed something in the directory."""
    user = {"id": user_id(upn), "displayName": upn.partition("@")[0].title(), "userPrincipalName": upn, "ipAddress": "198.51.100.23"}
    record: dict[str, Any] = {
        "id": f"Directory_{uuid.uuid4()}_A1B2C_1",
        "category": "UserManagement",
        "correlationId": str(uuid.uuid4()),
        "result": "success",
        "resultReason": "",
        "activityDisplayName": activity,
        "activityDateTime": stamp(at),
        "loggedByService": "Authentication Methods",
        "operationType": "Add",
        "initiatedBy": {"user": user, "app": None},
        "targetResources": [
            {
                "id": user["id"],
                "displayName": user["displayName"],
                "type": "User",
                "userPrincipalName": upn,
                "groupType": None,
                "modifiedProperties": [],
            }
        ],
        "additionalDetails": [],
    }
    return record | changes
