"""What a replay sets aside while it reads: in memory while there is little, in temporary files beyond, so that memory stays flat."""

import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

IN_MEMORY = 5_000
"""Items that a spool keeps in memory before it begins a file."""

_PARTS = 64
_PAIRS_IN_MEMORY = 1 << 17
_TOGETHER = 1 << 15  # pairs of one part, about, that a caller may have to keep in memory
_BLOCK = 500


class Spool[T]:
    """Items in the order in which they were added. Read it after the last ``add``, as often as needed."""

    def __init__(self, in_memory: int = IN_MEMORY, block: int = _BLOCK) -> None:
        """``block``: items that are written to the file together, and wait in memory until then."""
        self._in_memory, self._block = in_memory, block
        self._items: list[T] = []
        self._file: BinaryIO | None = None
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, item: T) -> None:
        """Put an item at the end."""
        self._count += 1
        self._items.append(item)
        if len(self._items) > (self._in_memory if self._file is None else self._block):
            self._spill()

    def __iter__(self) -> Iterator[T]:
        if self._file is not None:
            self._file.seek(0)
            while True:
                try:
                    block: list[T] = pickle.load(self._file)  # noqa: S301 - what this process wrote into a file that has no name
                except EOFError:
                    break
                yield from block
        yield from self._items

    def close(self) -> None:
        """Forget everything."""
        self._items = []
        if self._file is not None:
            self._file.close()

    def _spill(self) -> None:
        if self._file is None:
            self._file = _temporary()
        self._file.seek(0, 2)
        for start in range(0, len(self._items), self._block):
            pickle.dump(self._items[start : start + self._block], self._file, pickle.HIGHEST_PROTOCOL)
        self._items = []


class Shelves[T]:
    """Items on numbered shelves, in one temporary file however many shelves there are. Read a shelf after the last ``put``."""

    def __init__(self, count: int, block: int) -> None:
        """``block``: items of a shelf that are written together, and wait in memory until then."""
        self._block = block
        self._items: list[list[T]] = [[] for _ in range(count)]
        self._blocks = [array("q") for _ in range(count)]  # where the blocks of each shelf begin in the file
        self._counts = array("q", bytes(8 * count))
        self._file: BinaryIO | None = None

    def put(self, shelf: int, item: T) -> None:
        """Put an item at the end of a shelf."""
        self._counts[shelf] += 1
        items = self._items[shelf]
        items.append(item)
        if len(items) > self._block:
            if self._file is None:
                self._file = _temporary()
            self._blocks[shelf].append(self._file.tell())
            pickle.dump(items, self._file, pickle.HIGHEST_PROTOCOL)
            items.clear()

    def count(self, shelf: int) -> int:
        """How many items are on a shelf."""
        return self._counts[shelf]

    def of(self, shelf: int) -> Iterator[T]:
        """The items of a shelf, in the order in which they were put there."""
        file = self._file
        if file is not None:
            for at in self._blocks[shelf]:
                file.seek(at)
                block: list[T] = pickle.load(file)  # noqa: S301 - what this process wrote into a file that has no name
                yield from block
        yield from self._items[shelf]

    def close(self) -> None:
        """Forget everything."""
        self._items = []
        if self._file is not None:
            self._file.close()


def _temporary() -> BinaryIO:
    return tempfile.TemporaryFile(prefix="gatewatch-")  # closed by its owner, and by the system


class Hashes:
    """Hashes of texts, each with a number, in parts that are joined one by one. Two texts of one hash count as one text."""

    def __init__(self, in_memory: int = _PAIRS_IN_MEMORY) -> None:
        """More pairs than ``in_memory`` go to a temporary file, and to the same one when there are as many again."""
        self._in_memory = in_memory
        self._parts = _no_pairs()
        self._file: BinaryIO | None = None
        self._begins: list[int] = []  # where in the file, each time that pairs were written
        self._lengths: list[list[int]] = []  # how many of each part, each time
        self._buffered = 0

    def add(self, text: str, number: int = 0) -> None:
        """Add a text with its number."""
        self.put(hash(text), number)

    def put(self, found: int, number: int) -> None:
        """Add the hash of a text with its number."""
        hashes, numbers = self._parts[found % _PARTS]
        hashes.append(found)
        numbers.append(number)
        self._buffered += 1
        if self._buffered >= self._in_memory:
            self._spill()

    def add_all(self, some: Iterable[tuple[str, int]]) -> None:
        """Add these texts, each with its number."""
        parts, count = self._parts, 0
        for text, number in some:
            found = hash(text)
            hashes, numbers = parts[found % _PARTS]
            hashes.append(found)
            numbers.append(number)
            count += 1
        self._buffered += count
        if self._buffered >= self._in_memory:
            self._spill()

    def take(self, parts: Iterable[tuple[array[int], array[int]]]) -> None:
        """Add what ``given`` of another one gives."""
        for (hashes, numbers), (further, their) in zip(self._parts, parts, strict=True):
            hashes.extend(further)
            numbers.extend(their)
            self._buffered += len(further)
        if self._buffered >= self._in_memory:
            self._spill()

    def given(self) -> Iterator[list[tuple[array[int], array[int]]]]:
        """Everything, some at a time, for another process of the same program."""
        yield self._parts
        for written in range(len(self._lengths)):
            yield [self._read(written, part) for part in range(_PARTS)]

    def __len__(self) -> int:
        return self._buffered + sum(map(sum, self._lengths))

    def shared_with(self, other: "Hashes") -> Iterator[tuple[int, int]]:
        """Hash and number of those texts that are in ``other`` as well."""
        for part in range(_PARTS):
            theirs = {value for hashes, _ in other.arrays(part) for value in hashes}
            for hashes, numbers in self.arrays(part) if theirs else ():
                shared = theirs.intersection(hashes)
                if shared:
                    yield from (pair for pair in zip(hashes, numbers, strict=True) if pair[0] in shared)

    def parts(self, together: int = _TOGETHER) -> Iterator[Iterator[tuple[int, int]]]:
        """Hash and number of everything, part by part, about ``together`` in each; equal hashes are in one part."""
        slices = len(self) // (_PARTS * together) + 1
        for part in range(_PARTS):
            for one in range(slices):
                pairs = chain.from_iterable(zip(hashes, numbers, strict=True) for hashes, numbers in self.arrays(part))
                yield _slice(pairs, one, slices) if slices > 1 else pairs

    def close(self) -> None:
        """Forget everything."""
        if self._file is not None:
            self._file.close()
        self._file, self._begins, self._lengths = None, [], []
        self._parts, self._buffered = _no_pairs(), 0

    def arrays(self, part: int) -> Iterator[tuple[array[int], array[int]]]:
        """Hashes and numbers of one part."""
        yield self._parts[part]
        for written in range(len(self._lengths)):
            yield self._read(written, part)

    def _read(self, written: int, part: int) -> tuple[array[int], array[int]]:
        hashes, numbers = array("q"), array("q")
        if self._file is not None:
            self._file.seek(self._begins[written] + sum(self._lengths[written][:part]) * 2 * hashes.itemsize)
            hashes.fromfile(self._file, self._lengths[written][part])
            numbers.fromfile(self._file, self._lengths[written][part])
        return hashes, numbers

    def _spill(self) -> None:
        if self._file is None:
            self._file = _temporary()
        self._begins.append(self._file.seek(0, 2))
        for hashes, numbers in self._parts:
            hashes.tofile(self._file)
            numbers.tofile(self._file)
        self._lengths.append([len(hashes) for hashes, _ in self._parts])
        self._parts, self._buffered = _no_pairs(), 0


def _slice(pairs: Iterable[tuple[int, int]], one: int, of: int) -> Iterator[tuple[int, int]]:
    return (pair for pair in pairs if pair[0] // _PARTS % of == one)


def _no_pairs() -> list[tuple[array[int], array[int]]]:
    return [(array("q"), array("q")) for _ in range(_PARTS)]
