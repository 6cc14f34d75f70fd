"""Entra ID: typed sign-ins and risk detections, and the records of them that Graph shows."""

from datetime import datetime
from typing import Any

from gatewatch.model import Event, Fact, Outcome, RawRecord
from gatewatch.providers.entra import raw_samples, samples
from gatewatch.providers.entra.detail import Device

from .common import ALICE, NOON, at, changed, having, sample, written

TENANT = "tenant-1"
USER_ID = "00000000-1111-4000-8000-00000000000A"
PORTAL = "4765445B-32c6-49b0-83e6-1d93765276ca"  # the office portal, which is no control plane
OFFICE = at("198.51.100.7", country="DE")


def sign_in(
    request: str = "R-1", *, at: datetime | None = NOON, user: str = "U-1", correlation: str | None = "C-1", **changes: Any
) -> Event:
    """A successful sign-in that Entra rated as medium risk."""
    fields: dict[str, Any] = {
        "vendor_id": f"entra|{request.lower()}",
        "sign_in_id": request,
        "correlation_id": correlation,
        "time": at,
        "account": "tenant",
        "principal": user,
        "user_id": user,
        "person": f"{user}@contoso.example".casefold(),
        "names": (),
        "user_name": None,
        "upn": None,
        "place": OFFICE,
        "client": "azure-portal",
        "app_id": None,
        "interactive": Fact.UNKNOWN,
        "level_during": "medium",
        "level_aggregated": None,
        "risk_state": None,
        "device": Device(),
    }
    return having(samples.sign_in().event, **{**fields, **changes})


def detection(number: int = 1, *, request: str | None = "R-1", at: datetime = NOON, user: str = "U-1", **changes: Any) -> Event:
    """A risk detection that names a sign-in."""
    fields: dict[str, Any] = {
        "vendor_id": f"entra-risk|D-{number}",
        "detection_id": f"D-{number}",
        "request_id": request,
        "correlation_id": "C-1",
        "time": at,
        "updated": at,
        "action": "User Risk Detection",
        "account": "tenant",
        "principal": user,
        "user_id": user,
        "person": f"{user}@contoso.example".casefold(),
        "names": (),
        "user_name": None,
        "risk_type": "anonymizedIPAddress",
        "level": None,
        "state": None,
        "activity": None,
    }
    return having(samples.detection().event, **{**fields, **changes})


def risky(level: str = "medium", request: str = "R-1", *, state: str = "atrisk", code: int = 0, **changes: Any) -> Event:
    """Alice's sign-in at this level of risk; a code other than 0 is a failure."""
    fields = {"level_during": level, "risk_state": state, "error_code": code, "person": ALICE}
    outcome = Outcome.SUCCESS if code == 0 else Outcome.FAILURE
    return sign_in(request, **{"correlation": None, "outcome": outcome, **fields, **changes})


def found(level: str = "medium", request: str | None = "R-1", *, state: str = "atrisk", number: int = 1, **changes: Any) -> Event:
    """Alice's risk detection at this level."""
    fields = {"level": level, "state": state, "risk_type": "unlikelyTravel", "correlation_id": None, "person": ALICE}
    return detection(number, request=request, **{**fields, **changes})


def sign_in_record(**changes: Any) -> dict[str, Any]:
    """A Graph sign-in of medium risk; ``...`` takes a property away."""
    fields = {
        **sample(raw_samples.samples(), "a risky sign-in"),
        "id": "s-1",
        "createdDateTime": "2026-11-20T10:00:00Z",
        "userDisplayName": "Alice Example",
        "userId": USER_ID,
        "appId": PORTAL,
        "correlationId": "c-1",
        "riskEventTypes_v2": [],
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        "deviceDetail": {"operatingSystem": "Windows 10", "browser": "Edge 142"},
        "location": {"city": "Berlin", "state": "Berlin", "countryOrRegion": "DE", "geoCoordinates": {"latitude": 52.5, "longitude": 13.4}},
    }
    return changed(fields, changes)


def detection_record(**changes: Any) -> dict[str, Any]:
    """A Graph risk detection of that sign-in; ``...`` takes a property away."""
    fields = {
        **sample(raw_samples.samples(), "a detection that names it"),
        "id": "d-1",
        "requestId": "s-1",
        "correlationId": "c-1",
        "riskEventType": "anonymizedIPAddress",
        "riskLevel": "low",
        "userDisplayName": ...,
        "activityDateTime": "2026-11-20T10:00:00Z",
        "detectedDateTime": "2026-11-20T10:01:00Z",
        "lastUpdatedDateTime": "2026-11-20T10:02:00Z",
        "userId": USER_ID,
        "additionalInfo": '[{"Key":"userAgent","Value":"Mozilla/5.0 (Windows NT 10.0; rv:78.0) Gecko/20100101 Firefox/78.0"}]',
    }
    return changed(fields, changes)


def raw_sign_in(request: str, minute: float = 0, level: str = "medium", user: str = "bob", **changes: Any) -> RawRecord:
    """A sign-in of the morning; with level none it says nothing by itself."""
    fields = {
        "id": request,
        "createdDateTime": written(minute),
        "userPrincipalName": f"{user}@contoso.example",
        "userId": f"id-of-{user}",
        "ipAddress": "203.0.113.77",
        "correlationId": ...,
        "riskLevelAggregated": level,
        "riskLevelDuringSignIn": level,
        "riskState": "none" if level == "none" else "atRisk",
    }
    return RawRecord(data=sign_in_record(**{**fields, **changes}), tenant=TENANT)


def raw_detection(number: int, request: str | None, minute: float = 0, level: str = "medium", user: str = "bob") -> RawRecord:
    """A risk detection of the morning that names a sign-in, or none."""
    fields = {
        "id": f"d-{number}",
        "requestId": request,
        "correlationId": ...,
        "riskEventType": "unfamiliarFeatures",
        "riskLevel": level,
        "ipAddress": "203.0.113.77",
        "activityDateTime": written(minute),
        "detectedDateTime": written(minute + 1),
        "lastUpdatedDateTime": written(minute + 2),
        "userId": f"id-of-{user}",
        "userPrincipalName": f"{user}@contoso.example",
        "additionalInfo": ...,
    }
    return RawRecord(data=detection_record(**fields), tenant=TENANT)
