"""The evidence of a replay, set aside by component while the files are read, and handed out component by component."""

from collections import defaultdict
from collections.abc import Iterator

from ..evidence import links
from ..model import Evidence
from ..tuning import Tuning
from .components import Component, Groups, address_of, component, of_addresses, subject_tokens
from .spool import IN_MEMORY, Hashes, Spool

PART = 8_000
"""Evidence that is handed out together, unless one component alone has more."""


class Held:
    """Evidence in temporary files beyond ``in_memory`` pieces. Its memory grows with people and programs, not with evidence."""

    def __init__(self, tuning: Tuning, in_memory: int = IN_MEMORY) -> None:
        self._tuning, self._in_memory = tuning, in_memory
        self._evidence: Spool[tuple[int, Evidence]] = Spool(in_memory)
        self._groups = Groups()
        self._links = Hashes()
        self.copies = 0  # pieces of evidence that were handed in more than once, known when everything of people was handed out

    def add(self, item: Evidence) -> None:
        """Set one piece of evidence aside."""
        number = self._groups.join(subject_tokens(item.event, self._tuning))
        for link in links(item.event):
            self._links.add(link, number)
        self._evidence.add((number, item))

    def __len__(self) -> int:
        return len(self._evidence)

    def of_people(self) -> Iterator[list[Component]]:
        """The components of people and principals, some at a time."""
        self._unite()
        sizes: dict[int, int] = defaultdict(int)
        for number, _ in self._evidence:
            sizes[self._groups.root(number)] += 1
        parts = _parts(sizes)
        for spool in self._divided({root: part for part, roots in enumerate(parts) for root in roots}, len(parts)):
            together: dict[int, list[Evidence]] = defaultdict(list)
            for root, item in spool:
                together[root].append(item)
            found = [component(items) for items in together.values()]
            self.copies += len(spool) - sum(len(one.evidence) for one in found)
            yield found

    def of_addresses(self) -> Iterator[list[Component]]:
        """The components of source addresses, some at a time."""
        count = len(self) // PART + 1
        spools: list[Spool[Evidence]] = [Spool(self._in_memory // count) for _ in range(count)]
        for _, item in self._evidence:
            address = address_of(item.event)
            if address is not None:
                spools[hash(address) % count].add(item)
        for spool in spools:
            yield list(of_addresses(spool))
            spool.close()

    def close(self) -> None:
        """Remove the temporary files."""
        self._evidence.close()
        self._links.close()

    def _unite(self) -> None:
        """Join the groups that share a vendor id or a link."""
        for part in self._links.parts():
            first: dict[int, int] = {}
            for link, number in part:
                self._groups.unite(first.setdefault(link, number), number)

    def _divided(self, part_of: dict[int, int], count: int) -> Iterator[Spool[tuple[int, Evidence]]]:
        spools: list[Spool[tuple[int, Evidence]]] = [Spool(self._in_memory // max(count, 1)) for _ in range(count)]
        for number, item in self._evidence:
            root = self._groups.root(number)
            spools[part_of[root]].add((root, item))
        for spool in spools:
            yield spool
            spool.close()


def _parts(sizes: dict[int, int]) -> list[list[int]]:
    """The groups in parts of about ``PART`` pieces of evidence each."""
    parts: list[list[int]] = []
    room = 0
    for root, size in sizes.items():
        if not parts or size > room:
            parts.append([])
            room = PART
        parts[-1].append(root)
        room -= size
    return parts
