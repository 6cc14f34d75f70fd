"""Who is who across clouds: the alias table of the tuning, applied to person keys at correlation time and never to stored evidence."""

from ..model import Event
from ..model.tokens import person_token
from ..tuning import Tuning, fold


def canonical(person: str, tuning: Tuning) -> str:
    """The person this key stands for."""
    return tuning.people.person(person)


def person_of(event: Event, tuning: Tuning) -> str | None:
    """The canonical person of an event; a local name is somebody only by an alias."""
    if event.person is not None:
        return canonical(event.person, tuning)
    named = next((folded for name in event.local_names if (folded := fold(name)) in tuning.people), None)
    return canonical(named, tuning) if named is not None else None


def spellings(person: str, tuning: Tuning) -> frozenset[str]:
    """Subject tokens of every raw key that stands for the same person."""
    return frozenset(map(person_token, tuning.people.names(person)))
