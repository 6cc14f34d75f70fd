"""Phrases that rules use in their reasons. They may quote attacker-written text: treat them as data, never as markup."""

from ..model import Event


def who(event: Event) -> str:
    """The name of who acted: user name, else person key, else principal."""
    return event.user_name or event.person or event.principal or "an unknown identity"


def where(event: Event) -> str:
    """The source address, with its country when known: ``198.51.100.7 (DE)``."""
    address = event.place.ip or event.place.address
    if not address:
        return "an unknown address"
    return f"{address} ({event.place.country})" if event.place.country else address


def identifiers(event: Event) -> tuple[str, ...]:
    """Every identifier of this event that a tuning list may contain."""
    return tuple(filter(None, (*event.names, event.principal, event.person)))
