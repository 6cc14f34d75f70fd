"""What responders said about an alert before, in a line each."""

from ..alerts.responses import responder
from ..model import Alert, Response, ResponseKind
from .moments import when

_DID = {
    ResponseKind.ACKNOWLEDGE: "acknowledged",
    ResponseKind.CLOSE: "closed",
    ResponseKind.REOPEN: "reopened",
    ResponseKind.COMMENT: "commented on",
}


def earlier_responses(alert: Alert) -> tuple[str, ...]:
    """Who responded to the alert, when, with which verdict and why; the oldest first."""
    return tuple(_line(response) for response in alert.responses)


def _line(response: Response) -> str:
    verdict = f", {response.verdict.value}" if response.verdict else ""
    reason = f": {response.reason}" if response.reason else ""
    return f"{_DID[response.kind]} {when(response.at)} by {responder(response)}{verdict}{reason}"
