"""Numbers by 64-bit hashes in a sixth of the memory of a dictionary: where there is one for each person, program or kind of record."""

from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal

_SLOTS = 1 << 10

type Width = Literal["b", "i", "q"]


class HashNumbers:
    """A table of hashes with a number each (open addressing). Nothing is ever taken out; two texts of one hash are one text."""

    def __init__(self, width: Width = "q") -> None:
        """``width``: of the numbers, as ``array`` names it."""
        self._hashes, self._numbers = array("q", bytes(8 * _SLOTS)), array(width, [0]) * _SLOTS
        self._mask = _SLOTS - 1
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, name: int) -> int:
        """The number of this hash, -1 if it has none."""
        hashes, mask = self._hashes, self._mask
        name = name or 1  # no hash stands for an empty slot
        at = name & mask
        while found := hashes[at]:
            if found == name:
                return self._numbers[at]
            at = (at + 1) & mask
        return -1

    def put(self, name: int, number: int) -> None:
        """Give this hash a number, in place of the one that it had."""
        hashes, mask = self._hashes, self._mask
        name = name or 1
        at = name & mask
        while (found := hashes[at]) and found != name:
            at = (at + 1) & mask
        self._numbers[at] = number
        if not found:
            hashes[at] = name
            self._count += 1
            if self._count * 3 > mask * 2:
                self._grow()

    def values(self) -> Iterator[int]:
        """All numbers, in no order that means anything."""
        return (number for name, number in zip(self._hashes, self._numbers, strict=True) if name)

    def _grow(self) -> None:
        hashes, numbers = self._hashes, self._numbers
        self._hashes = array("q", bytes(16 * len(hashes)))
        self._numbers = array(numbers.typecode, [0]) * (2 * len(hashes))
        self._mask, self._count = 2 * len(hashes) - 1, 0
        for name, number in zip(hashes, numbers, strict=True):
            if name:
                self.put(name, number)


class HashPairs:
    """Pairs of a hash and a number."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._pairs, self._numbers = HashNumbers("b"), array("q")
        for pair in pairs:
            self._pairs.put(hash(pair), 0)
            self._numbers.append(pair[1])

    def __contains__(self, pair: tuple[int, int]) -> bool:
        return self._pairs.get(hash(pair)) >= 0

    def numbers(self) -> array[int]:
        """The numbers in their order, each once."""
        return array("q", (number for number, _ in groupby(sorted(self._numbers))))
