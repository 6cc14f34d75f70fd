"""Where the lines of files lie, so that a few of their records can be read again without the rest."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from ..model import RawRecord
from ..reading.files import Given, Lines
from ..reading.files.location import Location
from .batches import with_numbers

_SIZE = 128 * 1024
"""A run of lines that is longer than this goes on as another one."""


class Places:
    """Of each run of lines: the number of its first record, and where it lies. 32 bytes for some sixty records."""

    def __init__(self) -> None:
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
            elif item.at - self._offsets[-1] == self._sizes[-1] <= _SIZE and item.first - self._lines[-1] == number - self._firsts[-1]:
                self._sizes[-1] += size
                continue
            self._firsts.append(number)
            self._offsets.append(item.at)
            self._lines.append(item.first)
            self._sizes.append(size)
            self._of.append(len(self._files) - 1)

    def again(self, numbers: Sequence[int], records: Callable[[], Iterable[Given]]) -> Iterator[tuple[int, RawRecord]]:
        """The records with these numbers (from 1, ascending). ``records`` reads everything again, where one cannot be had by itself."""
        elsewhere: list[int] = []
        known, lines = -1, None
        for number in numbers:
            run = bisect_right(self._firsts, number) - 1
            if run != known:
                known, lines = run, self._read(run)
            index = number - self._firsts[run] if lines is not None else -1
            if lines is not None and index < len(lines):
                yield number, lines.record(index)
            else:
                elsewhere.append(number)
        if elsewhere:
            yield from with_numbers(records(), elsewhere)

    def _read(self, run: int) -> Lines | None:
        """A run of lines from its file; None if it is not there as it was."""
        place = self._files[self._of[run]] if run >= 0 else None
        if place is None or place.part is None:
            return None
        try:
            text = place.part(self._offsets[run], self._sizes[run])
        except OSError:
            return None
        whole = len(text) == self._sizes[run] and text.endswith(b"\n")
        return Lines(place, self._lines[run], text.split(b"\n")[:-1]) if whole else None
