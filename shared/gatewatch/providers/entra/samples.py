"""Typed Entra sample activities for rule examples. Names and addresses are documentation values (RFC 5737)."""

from functools import cache

import msgspec

from ...model import Activity, Event, Fact, Outcome, Place
from ..samples import NOON, changed
from .detail import Device, EntraSignIn, EntraSubject, RiskDetection

_TENANT = "72f988bf-0000-4000-8000-000000000001"
_USER_ID = "00000000-1111-4000-8000-000000000001"


def sign_in(**changes: object) -> Activity:
    """An interactive Entra sign-in that succeeded, without any risk."""
    return changed(_sign_in(), **changes)


@cache
def _sign_in() -> Activity:
    event = Event(
        vendor_id="entra|5a000001",
        time=NOON,
        action="Sign-in activity",
        outcome=Outcome.SUCCESS,
        subject=EntraSubject.USER,
        account=_TENANT,
        principal=_USER_ID,
        person="alice@contoso.com",
        names=("alice@contoso.com", _USER_ID),
        user_name="alice@contoso.com",
        place=Place(address="198.51.100.77", ip="198.51.100.77", country="DE"),
        detail=EntraSignIn(
            sign_in_id="5a000001",
            user_id=_USER_ID,
            upn="alice@contoso.com",
            app_id="c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
            interactive=Fact.PRESENT,
            error_code=0,
            level_during="none",
            level_aggregated="none",
            risk_state="none",
            device=Device(compliant=Fact.ABSENT),
        ),
    )
    return Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,))


def blocked_sign_in(**changes: object) -> Activity:
    """A sign-in with the correct password that Conditional Access stopped (53003)."""
    defaults: dict[str, object] = {"outcome": Outcome.FAILURE, "error_code": 53003}
    return sign_in(**{**defaults, **changes})


def detection(**changes: object) -> Activity:
    """A user-level risk detection, without a sign-in."""
    event = Event(
        vendor_id="entra-risk|d0000001",
        time=NOON,
        action="leakedCredentials",
        outcome=Outcome.UNKNOWN,
        subject=EntraSubject.USER,
        account=_TENANT,
        principal=_USER_ID,
        person="alice@contoso.com",
        names=("alice@contoso.com", _USER_ID),
        user_name="alice@contoso.com",
        detail=RiskDetection(
            detection_id="d0000001",
            user_id=_USER_ID,
            risk_type="anomalousUserActivity",
            level="medium",
            state="atrisk",
            activity="user",
        ),
    )
    found = changed(Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)), **changes)
    return msgspec.structs.replace(found, detections=(found.event,))


def with_detections(activity: Activity, *detections: Activity) -> Activity:
    """The sign-in with these risk detections linked to it."""
    linked = tuple(item.event for item in detections)
    members = (*activity.members, *(event.vendor_id for event in linked))
    return msgspec.structs.replace(activity, detections=linked, members=members)
