"""Who is who across clouds: the alias table of the tuning, applied to person keys at correlation time and never to stored evidence."""

from ..evidence import person_token
from ..model import Event, Kind, Subject
from ..tuning import Tuning, fold

_MAX_ALIAS_STEPS = 8  # an alias chain longer than this is a mistake; it also ends cycles


def canonical(person: str, tuning: Tuning) -> str:
    """The person this key stands for."""
    aliases = _folded(tuning)
    seen = {person}
    for _ in range(_MAX_ALIAS_STEPS):
        target = aliases.get(person)
        if target is None or target in seen:
            return person
        seen.add(target)
        person = target
    return person


def person_of(event: Event, tuning: Tuning) -> str | None:
    """The canonical person of an event; what CloudTrail hid is nobody, and a bare OS user name is somebody only by an alias."""
    if event.subject is Subject.HIDDEN:
        return None
    if event.person is not None:
        return canonical(event.person, tuning)
    if event.kind is Kind.PROCESS:
        aliases = _folded(tuning)
        named = next((fold(name) for name in event.names if fold(name) in aliases), None)
        return canonical(named, tuning) if named is not None else None
    return None


def spellings(person: str, tuning: Tuning) -> frozenset[str]:
    """Subject tokens of every raw key that stands for the same person."""
    target = canonical(person, tuning)
    return frozenset(person_token(key) for key in {target, *_folded(tuning)} if canonical(key, tuning) == target)


def _folded(tuning: Tuning) -> dict[str, str]:
    return {fold(key): fold(value) for key, value in tuning.aliases.items()}
