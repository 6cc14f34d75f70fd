"""Where a responder reads a sign-in. Ids join a command only in the form that Graph gives them."""

import re

from ...model import Event
from .detail import risk_of, sign_in_of

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def lookups(event: Event) -> tuple[str, ...]:
    """The request that returns the sign-in, or the sign-in that a detection names."""
    sign_in, risk = sign_in_of(event), risk_of(event)
    named = sign_in.sign_in_id if sign_in is not None else risk.request_id if risk is not None else None
    if not named or not _ID.fullmatch(named):
        return ()
    return (f"Read the sign-in: GET https://graph.microsoft.com/v1.0/auditLogs/signIns/{named}",)


def wanted(event: Event) -> str | None:
    """The vendor id of the sign-in that a risk detection names."""
    risk = risk_of(event)
    return sign_in_vendor_id(risk.request_id) if risk is not None and risk.request_id else None


def sign_in_vendor_id(sign_in_id: str) -> str:
    """The vendor id of a sign-in; Graph compares ids whatever their case."""
    return f"entra|{sign_in_id.lower()}"


def tokens(event: Event) -> tuple[str, ...]:
    """The sign-in that a detection names, and the correlation id with its user."""
    detail = sign_in_of(event) or risk_of(event)
    if detail is None:
        return ()
    named = wanted(event)
    found = [f"id:{named}"] if named is not None else []
    if detail.correlation_id and detail.user_id:
        found.append(f"corr:{detail.correlation_id.lower()}|{detail.user_id.lower()}")
    return tuple(found)
