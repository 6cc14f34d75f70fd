"""The allowlist of a tuning, compiled: an activity is compared with the entries that can match it, not with all."""

from collections import Counter
from collections.abc import Callable, Iterable

from ..model.text import fold
from .entries import AllowlistEntry, AllowlistMatch
from .networks import PrefixTable

type Key = tuple[str, str]
"""A test of an entry and the value it asks for, in the form in which values are compared."""


def key(test: str, value: object) -> Key:
    """The key of a value, whether an entry asks for it or an activity has it."""
    return test, _FORMS[test](str(value))


def keys(match: AllowlistMatch) -> tuple[Key, ...]:
    """What an entry asks for by equality; its network and user agent are compared in other ways."""
    return tuple(key(test, str(value).strip()) for test in _FORMS if (value := getattr(match, test)) is not None)


class AllowlistIndex:
    """Entries by the rarest value they ask for, by network, and the rest. Not changed once made."""

    def __init__(self, entries: tuple[AllowlistEntry, ...]) -> None:
        """The order of the entries stays the order of what is found."""
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
                self._rest.append(place)  # an entry that asks for nothing matches nothing
        self._by_network = by_network
        self._networks = PrefixTable(entries[place].match.cidr or "" for place in by_network)

    def candidates(self, sides: Iterable[tuple[Iterable[Key], str | None]]) -> list[AllowlistEntry]:
        """All entries, and some more, that match a side, in the order of the file; a side is the values and the address of an activity."""
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
