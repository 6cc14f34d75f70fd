"""The alias table of a tuning, compiled: which names are one person. The cost of a look-up does not depend on the number of aliases."""

from collections.abc import Mapping

from ..model.text import fold

_MAX_STEPS = 8  # a longer alias chain is a mistake; the limit also ends cycles


class Aliases:
    """Maps every alias to its person and every person to all names. Immutable."""

    def __init__(self, written: Mapping[str, str]) -> None:
        """``written`` is the table of the tuning file: name to person. A person may itself be an alias."""
        targets = {fold(name): fold(person) for name, person in written.items()}
        self._person = {name: _resolved(name, targets) for name in targets}
        names: dict[str, set[str]] = {}
        for name, person in self._person.items():
            names.setdefault(person, set()).add(name)
        self._names = {person: frozenset(found) for person, found in names.items()}

    def __contains__(self, name: str) -> bool:
        """Whether this name (folded) is an alias."""
        return name in self._person

    def person(self, name: str) -> str:
        """The person of a folded name; the name itself when it is not an alias."""
        return self._person.get(name, name)

    def names(self, name: str) -> frozenset[str]:
        """Every folded name of the person that a folded name belongs to."""
        person = self.person(name)
        found = self._names.get(person, frozenset())
        return found if person in self._person else found | {person}


def _resolved(name: str, targets: Mapping[str, str]) -> str:
    """Follow the aliases from a name to the last one. A cycle ends before its first repeated name."""
    seen = {name}
    for _ in range(_MAX_STEPS):
        target = targets.get(name)
        if target is None or target in seen:
            return name
        seen.add(target)
        name = target
    return name
