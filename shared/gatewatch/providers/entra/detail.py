"""The Entra parts of an event: a sign-in, or a risk detection."""

from ...model import EntraSignIn, Event, RiskDetection


def sign_in_of(event: Event) -> EntraSignIn | None:
    """The sign-in in this event, if it is one."""
    return event.entra


def risk_of(event: Event) -> RiskDetection | None:
    """The risk detection in this event, if it is one."""
    return event.risk
