"""The words rules say about an event. They may quote what an attacker wrote: callers treat them as data, never as markup."""

from ..model import Event


def who(event: Event) -> str:
    """The name people know: user name, else the person key, else the principal."""
    return event.user_name or event.person or event.principal or "somebody unknown"


def where(event: Event) -> str:
    """The source address with its country, as far as they are known."""
    address = event.place.ip or event.place.address
    if not address:
        return "an unknown address"
    return f"{address} ({event.place.country})" if event.place.country else address


def identifiers(event: Event) -> tuple[str, ...]:
    """Every identifier a tuning list may name for this event."""
    return tuple(name for name in (*event.names, event.principal, event.person) if name)
