"""What a replay sets aside while it reads: in memory while there is little, in temporary files beyond, so that memory stays flat."""

import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from typing import BinaryIO

IN_MEMORY = 20_000
"""Items that a spool keeps in memory before it begins a file."""

_PARTS = 64
_PAIRS_IN_MEMORY = 1 << 18
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
            self._file = tempfile.TemporaryFile(prefix="gatewatch-")  # noqa: SIM115 - closed in close, and by the system
        self._file.seek(0, 2)
        for start in range(0, len(self._items), self._block):
            pickle.dump(self._items[start : start + self._block], self._file, pickle.HIGHEST_PROTOCOL)
        self._items = []


class Hashes:
    """Hashes of texts, each with a number, in parts that are joined one by one. Two texts of one hash count as one text."""

    def __init__(self) -> None:
        self._parts = [(array("q"), array("q")) for _ in range(_PARTS)]
        self._files: list[BinaryIO] = []
        self._lengths: list[list[int]] = []
        self._buffered = 0

    def add(self, text: str, number: int = 0) -> None:
        """Add a text with its number."""
        self.add_all(((text, number),))

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
        if self._buffered >= _PAIRS_IN_MEMORY:
            self._spill()

    def take(self, parts: Iterable[tuple[array[int], array[int]]]) -> None:
        """Add what ``given`` of another one gives."""
        for (hashes, numbers), (further, their) in zip(self._parts, parts, strict=True):
            hashes.extend(further)
            numbers.extend(their)
            self._buffered += len(further)
        if self._buffered >= _PAIRS_IN_MEMORY:
            self._spill()

    def given(self) -> Iterator[list[tuple[array[int], array[int]]]]:
        """Everything, some at a time, for another process of the same program."""
        yield self._parts
        for file, lengths in zip(self._files, self._lengths, strict=True):
            file.seek(0)
            parts = [(array("q"), array("q")) for _ in lengths]
            for (hashes, numbers), length in zip(parts, lengths, strict=True):
                hashes.fromfile(file, length)
                numbers.fromfile(file, length)
            yield parts

    def shared_with(self, other: "Hashes") -> set[tuple[int, int]]:
        """Hash and number of those texts that are in ``other`` as well."""
        found: set[tuple[int, int]] = set()
        for mine, theirs in zip(self.parts(), other.parts(), strict=True):
            wanted = {value for value, _ in theirs} if mine else ()
            found.update(pair for pair in mine if pair[0] in wanted)
        return found

    def parts(self) -> Iterator[list[tuple[int, int]]]:
        """Hash and number of everything, part by part; equal hashes are in one part."""
        for part, (hashes, numbers) in enumerate(self._parts):
            found = list(zip(hashes, numbers, strict=True))
            for file, lengths in zip(self._files, self._lengths, strict=True):
                found += _pairs(file, sum(lengths[:part]), lengths[part])
            yield found

    def close(self) -> None:
        """Forget everything."""
        for file in self._files:
            file.close()
        self._files = []

    def _spill(self) -> None:
        file = tempfile.TemporaryFile(prefix="gatewatch-")  # noqa: SIM115 - closed in close, and by the system
        for hashes, numbers in self._parts:
            hashes.tofile(file)
            numbers.tofile(file)
        self._files.append(file)
        self._lengths.append([len(hashes) for hashes, _ in self._parts])
        self._parts = [(array("q"), array("q")) for _ in range(_PARTS)]
        self._buffered = 0


def _pairs(file: BinaryIO, before: int, length: int) -> Iterable[tuple[int, int]]:
    hashes, numbers = array("q"), array("q")
    file.seek(before * 2 * hashes.itemsize)
    hashes.fromfile(file, length)
    numbers.fromfile(file, length)
    return zip(hashes, numbers, strict=True)
