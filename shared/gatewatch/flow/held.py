"""The evidence of a replay, set aside by component while the files are read, and handed out component by component."""

import pickle
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
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

PART = 5_000
"""Evidence that is handed out together, unless one component alone has more: what is made of it takes 4 KB of memory a piece."""

_BUFFERED = 2_000  # pieces of evidence that wait in memory until there are enough for a shelf
_MEETINGS_IN_MEMORY = 1 << 16

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
        sizes = ((number, len(group)) for number, group in enumerate(self.groups))
        divided: list[list[list[tuple[str, Evidence | bytes]]]] = []
        for group, part in _filled(sizes, -(-self.size // count)):
            if part == len(divided):
                divided.append([])
            divided[part].append(self.groups[group])
        return [Portion(tuple(groups)) for groups in divided]


class Held:
    """The first ``in_memory`` pieces of evidence, and the others in temporary files. ``of_people`` is for one time, ``of_addresses`` for after it.

    Of a person or program its memory holds some 60 bytes, of evidence beyond the first pieces nothing.
    """

    def __init__(self, tuning: Tuning, in_memory: int = IN_MEMORY, part: int = PART) -> None:
        """``part``: how much evidence is handed out together."""
        self._tuning, self._in_memory, self._part = tuning, in_memory, part
        self._near: list[_Item] = []
        self._far: Spool[_Item] = Spool(0)
        self._groups = Groups()
        self._sizes = array("q")  # how much evidence was handed in with each number
        self._at_addresses = Hashes(_MEETINGS_IN_MEMORY)  # source addresses with their principals
        self._crowds: set[int] | None = None
        self._links = Hashes()

    def add(self, item: Evidence) -> None:
        """Set one piece of evidence aside."""
        self.put(placed(item, self._tuning))

    def put(self, one: Placed) -> None:
        """Set one piece of evidence aside of which it is known where it belongs."""
        subjects, linked, at, principal, key, item = one
        number = self._groups.join(subjects)
        if number >= len(self._sizes):
            self._sizes.frombytes(bytes(8 * (len(self._groups) - len(self._sizes))))
        self._sizes[number] += 1
        for link in linked:
            self._links.put(link, number)
        if at:
            self._at_addresses.put(at, principal)
        if len(self._near) < self._in_memory:
            self._near.append((number, at, key, item))
        else:
            self._far.add((number, at, key, item if isinstance(item, bytes) else packed(item)))

    def __len__(self) -> int:
        return len(self._near) + len(self._far)

    def of_people(self) -> Iterator[Portion]:
        """The evidence of people and principals by component, some at a time."""
        self._unite()
        parts, part_of = self._parts()
        near: list[list[_Item]] = [[] for _ in range(parts)]
        for number, at, key, item in self._near:
            root = self._groups.root(number)
            near[part_of[root]].append((root, at, key, item))
        with closing(Shelves[_Item](parts, _buffered(parts))) as far:
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
        """The source addresses with so many principals that a rule may match."""
        if self._crowds is None:
            self._crowds = set()
            for part in self._at_addresses.parts():
                met: dict[int, set[int]] = defaultdict(set)
                for at, principal in part:
                    met[at].add(principal)
                self._crowds.update(at for at, principals in met.items() if len(principals) >= CROWD)
            self._at_addresses.close()
        return self._crowds

    def close(self) -> None:
        """Remove the temporary files."""
        self._near = []
        self._far.close()
        self._links.close()
        self._at_addresses.close()

    def _parts(self) -> tuple[int, array[int]]:
        """How many parts there are, and by the root of a group the part that it is in."""
        sizes = array("q", bytes(8 * len(self._sizes)))
        for number, size in enumerate(self._sizes):
            sizes[self._groups.root(number)] += size
        part_of, parts = array("q", bytes(8 * len(sizes))), 0
        for root, part in _filled(((root, size) for root, size in enumerate(sizes) if size), self._part):
            part_of[root], parts = part, part + 1
        return parts, part_of

    def _unite(self) -> None:
        """Join the groups that share a vendor id or a link."""
        for part in self._links.parts():
            first: dict[int, int] = {}
            for link, number in part:
                self._groups.unite(first.setdefault(link, number), number)


def _buffered(shelves: int) -> int:
    """Pieces of evidence that each of so many shelves keeps in memory before they are written."""
    return max(5, _BUFFERED // max(1, shelves))


class HandedOver:
    """What a process keeps for the one that holds everything: packed at once, so that the other one does not wait for it at the end."""

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


def _filled(sizes: Iterable[tuple[int, int]], size_of_part: int) -> Iterator[tuple[int, int]]:
    """Groups, of which the sizes are given, with the number of the part that each is in: about so many pieces of evidence are in one."""
    part, room = -1, 0
    for group, size in sizes:
        if part < 0 or size > room:
            part, room = part + 1, size_of_part
        room -= size
        yield group, part
