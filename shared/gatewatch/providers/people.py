"""Who is who across clouds: the alias table of the tuning, applied to person keys at correlation time and never to stored evidence."""

from ..evidence import person_token
from ..model import Event, Kind, Subject
from ..tuning import Tuning, fold


def canonical(person: str, tuning: Tuning) -> str:
    """The person this key stands for."""
    return tuning.people.person(person)


def person_of(event: Event, tuning: Tuning) -> str | None:
    """The canonical person of an event; what CloudTrail hid is nobody, and a bare OS user name is somebody only by an alias."""
    if event.subject is Subject.HIDDEN:
        return None
    if event.person is not None:
        return canonical(event.person, tuning)
    if event.kind is Kind.PROCESS:
        named = next((folded for name in event.names if (folded := fold(name)) in tuning.people), None)
        return canonical(named, tuning) if named is not None else None
    return None


def spellings(person: str, tuning: Tuning) -> frozenset[str]:
    """Subject tokens of every raw key that stands for the same person."""
    return frozenset(map(person_token, tuning.people.names(person)))
