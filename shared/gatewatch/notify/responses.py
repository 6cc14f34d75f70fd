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


NEWEST = 10
"""Responses that a message quotes; it says how many there were before."""


def earlier_responses(alert: Alert) -> tuple[str, ...]:
    """Who responded to the alert, when, with which verdict and why; the newest ten, in the order of their times."""
    before = len(alert.responses) - NEWEST
    quoted = tuple(_line(response) for response in alert.responses[-NEWEST:])
    return (f"{before} more before these", *quoted) if before > 0 else quoted


def _line(response: Response) -> str:
    verdict = f", {response.verdict.value}" if response.verdict else ""
    reason = f": {response.reason}" if response.reason else ""
    return f"{_DID[response.kind]} {when(response.at)} by {responder(response)}{verdict}{reason}"
