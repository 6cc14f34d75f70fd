"""The session that an Entra sign-in opens, and what other records say of it.

A session id stands on every sign-in of a session and, as SessionId, on Microsoft Graph activity logs. Source: Microsoft Learn, "Track and
investigate identity activities with linkable identifiers".
"""

from ...model import Event, Outcome
from ...reading.fields import Fields, scalar
from ...reading.times import moment
from ..session import OpenedSession, Trace
from .detail import EntraSignIn

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def opens(event: Event) -> OpenedSession | None:
    """The session of a successful sign-in; None when the record names none."""
    match event.detail:
        case EntraSignIn(session_id=str(session)) if event.time is not None and event.outcome is Outcome.SUCCESS:
            return OpenedSession(exact=(f"session:{session}",), start=event.time)
        case _:
            return None


def trace(record: Fields) -> Trace | None:
    """A request to Microsoft Graph, or a sign-in, with its session; None for anything else."""
    session = scalar(record.first("SessionId", "sessionId", "C_Sid"))
    if session is None:
        return None
    method = scalar(record.get("RequestMethod"))
    time = moment(record.first("TimeGenerated", "createdDateTime", "time"))
    if time is None:
        return None
    if method is None:
        action = f"sign-in to {scalar(record.first('resourceDisplayName', 'ResourceDisplayName')) or 'a resource'}"
        target = scalar(record.first("appDisplayName", "AppDisplayName")) or ""
    else:
        action, target = f"Graph {method}", (scalar(record.get("RequestUri")) or "").partition("?")[0]
    return Trace(
        id=scalar(record.first("RequestId", "id", "Id")) or "",
        time=time,
        exact=(f"session:{session}",),
        action=action,
        target=target,
        address=scalar(record.first("IPAddress", "ipAddress")) or "",
        outcome=_outcome(record),
        hot=method in _WRITES,
    )


def _outcome(record: Fields) -> str:
    status = scalar(record.get("ResponseStatusCode")) or ""
    return "" if status.startswith("2") else status
