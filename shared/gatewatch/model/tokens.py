"""The subject tokens by which a store finds evidence: its principal, and the keys of its person."""

from .events import Event
from .text import fold


def principal_token(event: Event) -> str:
    """The token of the event's principal: ``principal:<account>|<principal>``."""
    return f"principal:{event.account or ''}|{event.principal}"


ADDRESS = "address|"
"""The prefix of the principal of an alert that belongs to a source address."""


def address_token(event: Event) -> str | None:
    """The token of the event's source address: ``address:<account>|<ip>``; None without an IP address."""
    return f"address:{event.account or ''}|{event.place.ip}" if event.place.ip is not None else None


def person_token(person: str) -> str:
    """The token of a person key: ``person:<key>``."""
    return f"person:{person}"


def access_key_token(key: str) -> str:
    """The token of an access key, by its id: ``access_key:<id>``."""
    return f"access_key:{key}"


def done_to_token(subject: str) -> str:
    """The token by which people find what others did to the subject of this token: ``done_to:<token>``."""
    return f"done_to:{subject}"


def subjects(event: Event) -> tuple[str, ...]:
    """The tokens of the event's principal and person.

    Local names (an OS user) have tokens too, so that an alias that is added later still finds the event.
    """
    if not event.local_names:
        token = principal_token(event)
        return (token,) if event.person is None else (token, person_token(event.person))
    people = (*((event.person,) if event.person is not None else ()), *(fold(name) for name in event.local_names))
    return tuple(dict.fromkeys((principal_token(event), *(person_token(person) for person in people))))
