"""What responders said about an alert before, in a line each."""

from ..model import Alert
from .moments import when


def earlier_responses(alert: Alert) -> tuple[str, ...]:
    """Who acknowledged or closed the alert, when and why."""
    response = alert.response
    found = []
    if response.acknowledged_at is not None:
        found.append(f"acknowledged {when(response.acknowledged_at)} by {response.acknowledged_by}")
    if response.closed_at is not None:
        found.append(f"closed {when(response.closed_at)} by {response.closed_by}: {response.close_reason}")
    return tuple(found)
