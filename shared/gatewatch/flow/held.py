"""The evidence of a replay, set aside by component while the files are read, and handed out component by component."""

import pickle
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from itertools import chain

from ..alerts.crowds import CROWD
from ..alerts.joining import subject_tokens
from ..evidence import decode, encode, links
from ..model import Evidence
from ..tuning import Tuning
from .components import Component, Groups, address_of, component, of_addresses
from .spool import IN_MEMORY, Hashes, Shelves, Spool

PART = 8_000
"""Evidence that is handed out together, unless one component alone has more."""

type _Item = tuple[int, int, Evidence | bytes]
"""The number of a group, the hash of a source address (0: none), and evidence, as JSON where there is much of it."""


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
        self.copies = 0  # pieces of evidence that were handed in more than once, known when everything of people was handed out

    def add(self, item: Evidence) -> None:
        """Set one piece of evidence aside."""
        number = self._groups.join(subject_tokens(item.event, self._tuning))
        self._sizes[number] += 1
        for link in links(item.event):
            self._links.add(link, number)
        address = address_of(item.event)
        at = hash(address) or 1 if address is not None else 0
        if at and len(met := self._at_addresses[at]) < CROWD:
            met.add(hash(item.event.principal))
        if len(self._near) < self._in_memory:
            self._near.append((number, at, item))
        else:
            self._far.add((number, at, packed(item)))

    def __len__(self) -> int:
        return len(self._near) + len(self._far)

    def of_people(self) -> Iterator[list[Component]]:
        """The components of people and principals, some at a time."""
        self._unite()
        sizes: dict[int, int] = defaultdict(int)
        for number, size in self._sizes.items():
            sizes[self._groups.root(number)] += size
        parts = _parts(sizes, self._part)
        part_of = {root: part for part, roots in enumerate(parts) for root in roots}
        near: list[list[_Item]] = [[] for _ in parts]
        for number, at, item in self._near:
            root = self._groups.root(number)
            near[part_of[root]].append((root, at, item))
        with closing(Shelves[_Item](len(parts), _buffered(len(parts)))) as far:
            for number, at, item in self._far:
                root = self._groups.root(number)
                far.put(part_of[root], (root, at, item))
            crowded = self._crowded()
            self._near = [one for one in self._near if one[1] in crowded]
            for part, some in enumerate(near):
                together: dict[int, list[Evidence]] = defaultdict(list)
                for root, _, item in chain(some, far.of(part)):
                    together[root].append(unpacked(item))
                found = [component(items) for items in together.values()]
                self.copies += len(some) + far.count(part) - sum(len(one.evidence) for one in found)
                yield found
                for done in (some, together, found):  # before the next part is put together: two of them would be the peak of a replay
                    done.clear()

    def of_addresses(self) -> Iterator[list[Component]]:
        """The components of source addresses at which there is a crowd, some at a time."""
        crowded = self._crowded()
        if not crowded:
            return
        count = len(self) // self._part + 1
        near: list[list[Evidence | bytes]] = [[] for _ in range(count)]
        for _, at, item in self._near:
            if at in crowded:
                near[at % count].append(item)
        with closing(Shelves[Evidence | bytes](count, _buffered(count))) as far:
            for _, at, item in self._far:
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
