"""Responses to an alert."""

from datetime import datetime
from typing import Any

from msgspec import structs

from gatewatch.alerts.responses import make_response, response_id
from gatewatch.model import Alert, Response, ResponseKind, ResponseVerdict

from .alerts import alert as drawn
from .common import NOON


def respond(kind: ResponseKind, alert: Alert | None = None, *, at: datetime = NOON, by: str | None = "dana", **changes: Any) -> Response:
    """A response to an alert of one event, unless another alert is given; the id follows from the changes."""
    if kind is ResponseKind.CLOSE:
        changes = {"verdict": ResponseVerdict.EXPECTED, "reason": "planned", **changes}
    made = structs.replace(make_response(alert or drawn(), kind, at=at, claimed_by=by), **changes)
    return structs.replace(made, id=response_id(made))


def close(alert: Alert | None = None, **changes: Any) -> Response:
    """A close as expected."""
    return respond(ResponseKind.CLOSE, alert, **changes)


def reopen(alert: Alert | None = None, **changes: Any) -> Response:
    """A reopening."""
    return respond(ResponseKind.REOPEN, alert, **changes)
