"""Finds the person of an event. Aliases of the tuning are applied at correlation time and never change stored evidence."""

from ..model import Event
from ..model.tokens import person_token
from ..tuning import Tuning, fold


def canonical(person: str, tuning: Tuning) -> str:
    """The person that this key belongs to, after aliases."""
    return tuning.people.person(person)


def person_of(event: Event, tuning: Tuning) -> str | None:
    """The person of an event after aliases, or None. A local name identifies a person only if it is an alias."""
    if event.person is not None:
        return canonical(event.person, tuning)
    named = next((folded for name in event.local_names if (folded := fold(name)) in tuning.people), None)
    return canonical(named, tuning) if named is not None else None


def spellings(person: str, tuning: Tuning) -> frozenset[str]:
    """The subject tokens of every key that belongs to the same person."""
    return frozenset(map(person_token, tuning.people.names(person)))
