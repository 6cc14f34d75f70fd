"""Where the lines of files lie, so that a few of their records can be read again without the rest."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Raw

from ..model import RawRecord
from ..reading.files import Given, Lines
from ..reading.files.location import Location
from .batches import with_numbers

_SIZE = 128 * 1024
"""A run of lines that is longer than this goes on as another one: the more there are, the longer a run may be."""

_RUNS = 16_384


class Places:
    """Of each run of lines: the number of its first record, and where it lies. 32 bytes for some sixty records, and for 500 of very many."""

    def __init__(self, size: int = _SIZE, runs: int = _RUNS) -> None:
        """``size``: about of a run; after so many ``runs`` it doubles, up to eight times."""
        self._size, self._runs = size, runs
        self._files: list[Location] = []
        self._firsts, self._offsets, self._lines = array("q"), array("q"), array("q")
        self._sizes, self._of = array("I"), array("I")

    def note(self, batch: Iterable[tuple[int, Given]]) -> None:
        """Remember where those of these items lie that can be read again by themselves; they come in the order of their numbers."""
        for number, item in batch:
            if not isinstance(item, Lines) or item.at < 0:
                continue
            size = sum(map(len, item.texts)) + len(item.texts)
            if not self._files or self._files[-1] is not item.place:
                self._files.append(item.place)
            elif (
                item.at - self._offsets[-1] == self._sizes[-1] <= self._room() and item.first - self._lines[-1] == number - self._firsts[-1]
            ):
                self._sizes[-1] += size
                continue
            self._firsts.append(number)
            self._offsets.append(item.at)
            self._lines.append(item.first)
            self._sizes.append(size)
            self._of.append(len(self._files) - 1)

    def __len__(self) -> int:
        return len(self._firsts)

    def _room(self) -> int:
        return self._size << min(3, len(self._firsts) // self._runs)

    def again(self, numbers: Sequence[int], records: Callable[[], Iterable[Given]]) -> Iterator[tuple[int, RawRecord]]:
        """The records with these numbers (from 1, ascending). ``records`` reads everything again, where one cannot be had by itself."""
        elsewhere = array("q")
        known, text, index, at = -1, b"", 0, 0
        for number in numbers:
            run = bisect_right(self._firsts, number) - 1
            if run != known:
                known, text, index, at = run, self._read(run), 0, 0
            wanted = number - self._firsts[run] if run >= 0 else 0
            while index < wanted and at >= 0:  # split() would make every line
                at = text.find(b"\n", at) + 1 or -1
                index += 1
            end = text.find(b"\n", at) if at >= 0 else -1
            if end >= 0:
                yield number, self._files[self._of[run]].record(self._lines[run] + index, Raw(text[at:end]))
            else:
                elsewhere.append(number)
        if elsewhere:
            yield from with_numbers(records(), elsewhere)

    def _read(self, run: int) -> bytes:
        """The text of a run of lines from its file; nothing if it is not there as it was."""
        place = self._files[self._of[run]] if run >= 0 else None
        if place is None or place.part is None:
            return b""
        try:
            text = place.part(self._offsets[run], self._sizes[run])
        except OSError:
            return b""
        return text if len(text) == self._sizes[run] and text.endswith(b"\n") else b""
