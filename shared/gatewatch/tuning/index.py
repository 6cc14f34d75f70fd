"""The allowlist of a tuning, compiled: an activity is compared only with the entries that can match it."""

from collections import Counter
from collections.abc import Callable, Iterable

from ..model.text import fold
from .entries import AllowlistEntry, AllowlistMatch
from .networks import PrefixTable

type Key = tuple[str, str]
"""The name of a condition and its value, in the form in which values are compared."""


def key(test: str, value: object) -> Key:
    """The key of a value of an entry or of an activity."""
    return test, _FORMS[test](str(value))


def keys(match: AllowlistMatch) -> tuple[Key, ...]:
    """The conditions of an entry that are compared by equality. Network and user agent are compared in other ways."""
    return tuple(key(test, str(value).strip()) for test in _FORMS if (value := getattr(match, test)) is not None)


class AllowlistIndex:
    """Finds entries by their rarest value or their network; all others are always candidates. Immutable."""

    def __init__(self, entries: tuple[AllowlistEntry, ...]) -> None:
        """Index the entries. Results keep their order."""
        self._entries = entries
        wanted = [keys(entry.match) for entry in entries]
        common = Counter(found for each in wanted for found in each)
        self._by_key: dict[Key, list[int]] = {}
        self._rest: list[int] = []
        by_network: list[int] = []
        for place, (entry, each) in enumerate(zip(entries, wanted, strict=True)):
            rarest = min(each, key=common.__getitem__, default=None)
            if entry.match.cidr is not None and (rarest is None or common[rarest] > 1):
                by_network.append(place)
            elif rarest is not None:
                self._by_key.setdefault(rarest, []).append(place)
            elif entry.match.user_agent is not None:
                self._rest.append(place)  # an entry without conditions matches nothing
        self._by_network = by_network
        self._networks = PrefixTable(entries[place].match.cidr or "" for place in by_network)

    def candidates(self, sides: Iterable[tuple[Iterable[Key], str | None]]) -> list[AllowlistEntry]:
        """The entries that may match one of the sides, in the order of the file; no matching entry is missing.

        A side is the keys and the IP address of one activity.
        """
        if not self._entries:
            return []
        found = set(self._rest)
        for values, ip in sides:
            for value in values:
                found.update(self._by_key.get(value, ()))
            found.update(self._by_network[place] for place in self._networks.places(ip))
        return [self._entries[place] for place in sorted(found)]


def _program(value: str) -> str:
    return value.strip().casefold().removesuffix(".exe")


_FORMS: dict[str, Callable[[str], str]] = {
    "principal": fold,
    "app_id": str.casefold,
    "account": str.casefold,
    "asn": str,
    "parent_process": _program,
}
