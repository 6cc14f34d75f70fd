"""The alias table of a tuning, compiled: which names are one person. A look-up costs the same however many aliases there are."""

from collections.abc import Mapping

from ..model.text import fold

_MAX_STEPS = 8  # an alias chain longer than this is a mistake; it also ends cycles


class Aliases:
    """Every alias with the person it stands for, and every person with the names that stand for them. Not changed once made."""

    def __init__(self, written: Mapping[str, str]) -> None:
        """``written`` is the table of the tuning file: name to person, each possibly an alias of another."""
        targets = {fold(name): fold(person) for name, person in written.items()}
        self._person = {name: _resolved(name, targets) for name in targets}
        names: dict[str, set[str]] = {}
        for name, person in self._person.items():
            names.setdefault(person, set()).add(name)
        self._names = {person: frozenset(found) for person, found in names.items()}

    def __contains__(self, name: str) -> bool:
        """Whether this folded name is an alias."""
        return name in self._person

    def person(self, name: str) -> str:
        """The person a folded name stands for: itself when it is no alias."""
        return self._person.get(name, name)

    def names(self, name: str) -> frozenset[str]:
        """Every folded name of the person a folded name stands for."""
        person = self.person(name)
        found = self._names.get(person, frozenset())
        return found if person in self._person else found | {person}


def _resolved(name: str, targets: Mapping[str, str]) -> str:
    """The end of the chain that starts at a name; a cycle ends where it would come back."""
    seen = {name}
    for _ in range(_MAX_STEPS):
        target = targets.get(name)
        if target is None or target in seen:
            return name
        seen.add(target)
        name = target
    return name
