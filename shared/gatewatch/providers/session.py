"""What an entry opened, and what was done with it: the facts by which a provider links any of its records to a session."""

from datetime import datetime, timedelta

from msgspec import Struct

BEGUN_BEFORE = timedelta(minutes=2)
"""How long before its sign-in is recorded a session may have been created: the role is assumed, then the console is entered."""

BEGUN_AFTER = timedelta(minutes=1)


def key_token(key: str) -> str:
    """The exact token of whatever is done with an access key, by its id."""
    return f"key:{key}"


class OpenedSession(Struct, frozen=True, gc=False, kw_only=True):
    """A session that an event opened. ``exact`` are tokens that only its own records carry (an access key, a session id)."""

    exact: tuple[str, ...] = ()
    principal: str | None = None  # who holds it, as the vendor's id; it needs the time of creation beside it
    start: datetime


class Trace(Struct, frozen=True, gc=False, kw_only=True):
    """Any record of the vendor that was made with a session: when, what, on what, from where, and whether it is a hot action."""

    id: str
    time: datetime
    exact: tuple[str, ...] = ()
    principal: str | None = None
    created: datetime | None = None  # when its session was created, as the record says
    action: str  # as people know it: "iam:CreateAccessKey"
    target: str = ""
    address: str = ""
    outcome: str = ""  # an error code; empty for a success
    hot: bool = False  # it gives the intruder a way back, takes data, or blinds


def follows(trace: Trace, session: OpenedSession) -> bool:
    """Whether the record was made with this session."""
    if not set(trace.exact).isdisjoint(session.exact):
        return True
    if session.principal is None or trace.principal != session.principal or trace.created is None:
        return False
    return session.start - BEGUN_BEFORE <= trace.created <= session.start + BEGUN_AFTER
