"""The tokens by which evidence is found again: its principal, and the keys of its person."""

from .events import Event
from .text import fold


def principal_token(event: Event) -> str:
    """The token of what alerts group by."""
    return f"principal:{event.account or ''}|{event.principal}"


def person_token(person: str) -> str:
    """The token of a raw person key."""
    return f"person:{person}"


def subjects(event: Event) -> tuple[str, ...]:
    """Who this event is about: its principal, and its person.

    A local name (an OS user) is a token as well, so that an alias given later still finds the event.
    """
    people = (*((event.person,) if event.person is not None else ()), *(fold(name) for name in event.local_names))
    return tuple(dict.fromkeys((principal_token(event), *(person_token(person) for person in people))))
