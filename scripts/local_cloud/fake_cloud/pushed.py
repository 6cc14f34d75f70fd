"""Diagnostic records of Entra as Azure Monitor writes them into an Event Hub, made from records of Graph."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .records import stamp

CATEGORIES = {
    "interactiveUser": "SignInLogs",
    "nonInteractiveUser": "NonInteractiveUserSignInLogs",
    "servicePrincipal": "ServicePrincipalSignInLogs",
    "managedIdentity": "ManagedIdentitySignInLogs",
}


def pushed_sign_in(record: Mapping[str, Any], tenant: str) -> dict[str, Any]:
    """A sign-in of Graph in the envelope of its category."""
    (kind, *_) = record.get("signInEventTypes") or ["interactiveUser"]
    status = record["status"]
    return {
        "time": record["createdDateTime"],
        "resourceId": f"/tenants/{tenant}/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "operationVersion": "1.0",
        "category": CATEGORIES[kind],
        "tenantId": tenant,
        "resultType": str(status["errorCode"]),
        "resultSignature": "None",
        "resultDescription": status["failureReason"],
        "durationMs": 0,
        "callerIpAddress": record["ipAddress"],
        "correlationId": record["correlationId"],
        "identity": record.get("userDisplayName"),
        "Level": 4,
        "location": record["location"]["countryOrRegion"],
        "properties": dict(record),
    }


def pushed_detection(record: Mapping[str, Any], tenant: str, category: str = "UserRiskEvents") -> dict[str, Any]:
    """A risk detection of Graph in its envelope; its time is in the American form (seen in public samples)."""
    at = datetime.fromisoformat(record["detectedDateTime"])
    return {
        "time": f"{at.month}/{at.day}/{at.year} {at:%I:%M:%S %p}",
        "resourceId": f"/tenants/{tenant}/providers/microsoft.aadiam",
        "operationName": "User Risk Detection",
        "operationVersion": "1.0",
        "category": category,
        "tenantId": tenant,
        "resultSignature": "None",
        "durationMs": 0,
        "callerIpAddress": record["ipAddress"],
        "correlationId": record["correlationId"],
        "identity": record.get("userDisplayName"),
        "Level": 4,
        "properties": {**record, "riskType": record["riskEventType"]},
    }


def pushed_audit(record: Mapping[str, Any], tenant: str) -> dict[str, Any]:
    """A directory audit in the envelope of its category."""
    return {
        "time": record["activityDateTime"],
        "resourceId": f"/tenants/{tenant}/providers/Microsoft.aadiam",
        "operationName": record["activityDisplayName"],
        "operationVersion": "1.0",
        "category": "AuditLogs",
        "tenantId": tenant,
        "resultSignature": "None",
        "durationMs": 0,
        "correlationId": record["correlationId"],
        "Level": 4,
        "properties": dict(record),
    }


def other_record(category: str, at: datetime, tenant: str) -> dict[str, Any]:
    """A record of a category that is no sign-in."""
    return {
        "time": stamp(at),
        "resourceId": f"/tenants/{tenant}/providers/Microsoft.aadiam",
        "operationName": "Update user",
        "category": category,
        "tenantId": tenant,
        "properties": {"activityDisplayName": "Update user", "id": f"Directory_{at.timestamp()}"},
    }


def body(*records: Mapping[str, Any]) -> bytes:
    """One event's body."""
    return json.dumps({"records": list(records)}).encode()


def event(raw: bytes, at: datetime, number: int) -> tuple[bytes, dict[str, Any]]:
    """One event with its system properties, as ``FunctionsRuntime.push`` takes it."""
    return raw, {"EnqueuedTimeUtc": stamp(at), "SequenceNumber": number, "Offset": str(number * 100), "PartitionKey": None}


def batch(bodies: Sequence[bytes], at: datetime, first: int = 0) -> list[tuple[bytes, dict[str, Any]]]:
    """Several events of one moment, numbered."""
    return [event(raw, at, first + number) for number, raw in enumerate(bodies)]
