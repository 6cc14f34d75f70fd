"""The evidence of a replay, set aside by component while the files are read, and handed out component by component."""

import pickle
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from itertools import chain

from msgspec import Struct

from ..alerts.crowds import CROWD
from ..alerts.joining import subject_tokens
from ..evidence import decode, encode, links
from ..familiarity import key_of
from ..model import Evidence
from ..tuning import Tuning
from .components import Component, Groups, address_of, component, of_addresses
from .spool import IN_MEMORY, Hashes, Shelves, Spool

PART = 8_000
"""Evidence that is handed out together, unless one component alone has more."""

type Placed = tuple[tuple[int, ...], tuple[int, ...], int, int, str, Evidence | bytes]
"""Evidence, as JSON where there is much of it, and before it where it belongs: the hashes of its subjects, its links, its source address
(0: none) and its principal, and the key of its familiarity. Hashes are those of this process and its copies."""

type _Item = tuple[int, int, str, Evidence | bytes]
"""The number of a group, the hash of a source address (0: none), the key of its familiarity, and evidence, as JSON where there is much of it."""


class Portion(Struct, frozen=True):
    """Groups of evidence that belongs together, each piece with the key of its familiarity."""

    groups: tuple[list[tuple[str, Evidence | bytes]], ...]

    @property
    def size(self) -> int:
        """How many pieces of evidence there are, copies included."""
        return sum(map(len, self.groups))

    def familiarity_keys(self) -> list[str]:
        """The keys of the familiarity that its alerts need."""
        return sorted({key for group in self.groups for key, _ in group})

    def components(self) -> list[Component]:
        """The groups as components."""
        return [component(unpacked(item) for _, item in group) for group in self.groups]

    def divided(self, count: int) -> list["Portion"]:
        """At most about so many parts of about the same size, each of whole groups."""
        sizes = {number: len(group) for number, group in enumerate(self.groups)}
        return [Portion(tuple(self.groups[number] for number in some)) for some in _parts(sizes, -(-self.size // count))]


class Held:
    """The first ``in_memory`` pieces of evidence, and the others in temporary files. ``of_people`` is for one time, ``of_addresses`` for after it.

    Its memory grows with people, programs and addresses, not with evidence.
    """

    def __init__(self, tuning: Tuning, in_memory: int = IN_MEMORY, part: int = PART) -> None:
        """``part``: how much evidence is handed out together."""
        self._tuning, self._in_memory, self._part = tuning, in_memory, part
        self._near: list[_Item] = []
        self._far: Spool[_Item] = Spool(0)
        self._groups = Groups()
        self._sizes: dict[int, int] = defaultdict(int)
        self._at_addresses: dict[int, set[int]] = defaultdict(set)  # of each source address a few principals, as far as they matter
        self._links = Hashes()

    def add(self, item: Evidence) -> None:
        """Set one piece of evidence aside."""
        self.put(placed(item, self._tuning))

    def put(self, one: Placed) -> None:
        """Set one piece of evidence aside of which it is known where it belongs."""
        subjects, linked, at, principal, key, item = one
        number = self._groups.join(subjects)
        self._sizes[number] += 1
        for link in linked:
            self._links.put(link, number)
        if at and len(met := self._at_addresses[at]) < CROWD:
            met.add(principal)
        if len(self._near) < self._in_memory:
            self._near.append((number, at, key, item))
        else:
            self._far.add((number, at, key, item if isinstance(item, bytes) else packed(item)))

    def __len__(self) -> int:
        return len(self._near) + len(self._far)

    def of_people(self) -> Iterator[Portion]:
        """The evidence of people and principals by component, some at a time."""
        self._unite()
        sizes: dict[int, int] = defaultdict(int)
        for number, size in self._sizes.items():
            sizes[self._groups.root(number)] += size
        parts = _parts(sizes, self._part)
        part_of = {root: part for part, roots in enumerate(parts) for root in roots}
        near: list[list[_Item]] = [[] for _ in parts]
        for number, at, key, item in self._near:
            root = self._groups.root(number)
            near[part_of[root]].append((root, at, key, item))
        with closing(Shelves[_Item](len(parts), _buffered(len(parts)))) as far:
            for number, at, key, item in self._far:
                root = self._groups.root(number)
                far.put(part_of[root], (root, at, key, item))
            crowded = self._crowded()
            self._near = [one for one in self._near if one[1] in crowded]
            for part, some in enumerate(near):
                together: dict[int, list[tuple[str, Evidence | bytes]]] = defaultdict(list)
                for root, _, key, item in chain(some, far.of(part)):
                    together[root].append((key, item))
                some.clear()
                yield Portion(tuple(together.values()))

    def of_addresses(self) -> Iterator[list[Component]]:
        """The components of source addresses at which there is a crowd, some at a time."""
        crowded = self._crowded()
        if not crowded:
            return
        count = len(self) // self._part + 1
        near: list[list[Evidence | bytes]] = [[] for _ in range(count)]
        for _, at, _, item in self._near:
            if at in crowded:
                near[at % count].append(item)
        with closing(Shelves[Evidence | bytes](count, _buffered(count))) as far:
            for _, at, _, item in self._far:
                if at in crowded:
                    far.put(at % count, item)
            for part, some in enumerate(near):
                yield list(of_addresses(map(unpacked, chain(some, far.of(part)))))

    def _crowded(self) -> set[int]:
        return {at for at, met in self._at_addresses.items() if len(met) >= CROWD}

    def close(self) -> None:
        """Remove the temporary files."""
        self._near = []
        self._far.close()
        self._links.close()

    def _unite(self) -> None:
        """Join the groups that share a vendor id or a link."""
        for part in self._links.parts():
            first: dict[int, int] = {}
            for link, number in part:
                self._groups.unite(first.setdefault(link, number), number)


def _buffered(shelves: int) -> int:
    """Pieces of evidence that each of so many shelves keeps in memory before they are written."""
    return max(10, IN_MEMORY // 10 // max(1, shelves))


class HandedOver:
    """What one of several processes keeps for the one that holds everything: packed at once, so that nobody waits for it at the end."""

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self._spool: Spool[Placed] = Spool(IN_MEMORY // 4)

    def add(self, item: Evidence) -> None:
        """Set one piece of evidence aside."""
        self._spool.add((*placed(item, self._tuning)[:-1], packed(item)))

    def __iter__(self) -> Iterator[Placed]:
        return iter(self._spool)

    def close(self) -> None:
        """Remove the temporary file."""
        self._spool.close()


def placed(item: Evidence, tuning: Tuning) -> Placed:
    """This evidence, and where it belongs."""
    event = item.event
    address = address_of(event)
    return (
        tuple(map(hash, subject_tokens(event, tuning))),
        tuple(map(hash, links(event))),
        hash(address) or 1 if address is not None else 0,
        hash(event.principal),
        key_of(event),
        item,
    )


def packed(item: Evidence) -> bytes:
    """Evidence as bytes for a file or another process: JSON costs a fifth of what pickle does."""
    try:
        return encode(item)
    except UnicodeEncodeError:  # half a surrogate pair: no JSON holds it, and most stores refuse it
        return pickle.dumps(item)


def unpacked(item: Evidence | bytes) -> Evidence:
    """What ``packed`` was given."""
    if not isinstance(item, bytes):
        return item
    if item[:1] == b"{":
        return decode(item)
    found: Evidence = pickle.loads(item)  # noqa: S301 - what this process packed
    return found


def _parts(sizes: dict[int, int], size_of_part: int) -> list[list[int]]:
    """The groups in parts of about so many pieces of evidence each."""
    parts: list[list[int]] = []
    room = 0
    for root, size in sizes.items():
        if not parts or size > room:
            parts.append([])
            room = size_of_part
        parts[-1].append(root)
        room -= size
    return parts
