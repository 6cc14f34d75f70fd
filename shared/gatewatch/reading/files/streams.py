"""Byte streams of the front: one whose first bytes can be seen before they are read, and those that count what passes."""

import io
from collections.abc import Callable
from typing import Any, Protocol

from .journal import Journal
from .limits import FileBudget

CHUNK = 128 * 1024


class Readable(Protocol):
    """What every layer gives the next one. ``read`` returns at most ``size`` bytes, and b"" at the end."""

    def read(self, size: int = ..., /) -> bytes:
        """The next bytes."""
        ...


class Peekable:
    """A stream whose first bytes can be seen without reading them. An error is raised where it lies, behind what came before it."""

    def __init__(self, stream: Readable) -> None:
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)  # what comes before an error is not lost with it
        self._head = b""
        self._error: Exception | None = None

    def head(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end or before an error; they are read again by ``read``."""
        while len(self._head) < size and self._error is None:
            try:
                more = self._read(size - len(self._head))
            except Exception as error:
                if not self._head:
                    raise
                self._error = error
                break
            if not more:
                break
            self._head += more
        return self._head[:size]

    def read(self, size: int = CHUNK, /) -> bytes:
        """The next bytes; never more than asked for, and one chunk where nothing is asked for."""
        wanted = size if size >= 0 else CHUNK
        if self._head:
            found, self._head = self._head[:wanted], self._head[wanted:]
            return found
        if self._error is not None:
            raise self._error
        return self._read(wanted)

    def give_back(self, data: bytes) -> None:
        """Bytes that were read and are to be read again."""
        self._head = data + self._head


class Failing:
    """A stream that is known to be broken."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self, size: int = CHUNK, /) -> bytes:
        """Raise why."""
        del size
        raise self._error


class Taken:
    """Counts what is read from a file itself."""

    def __init__(self, stream: Readable, budget: FileBudget, journal: Journal) -> None:
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._budget = budget
        self._journal = journal

    def read(self, size: int = CHUNK, /) -> bytes:
        """The next bytes."""
        found = self._read(size)
        self._budget.take(len(found))
        self._journal.taken += len(found)
        return found


class Given:
    """Counts what a decompressor gives, and stops it at the limits; raises ``FrontError`` there."""

    def __init__(self, stream: Readable, budget: FileBudget) -> None:
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._budget = budget

    def read(self, size: int = CHUNK, /) -> bytes:
        """The next bytes."""
        found = self._read(size)
        self._budget.give(len(found))
        return found


class Inflating(io.RawIOBase):
    """What a decompressor object of the standard library gives for a stream, over all its members (bz2, xz)."""

    def __init__(self, stream: Readable, make: Callable[[], Any]) -> None:
        super().__init__()
        self._stream = stream
        self._make = make
        self._inner = make()
        self._unused = b""
        self._any = False

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, target: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        """Fill the target; 0 at the end.

        Raises:
            EOFError: the stream ends in the middle of a member.
        """
        while True:
            if self._inner.eof and not self._next_member():
                return 0
            needed = self._inner.needs_input
            data = (self._unused or self._stream.read(CHUNK)) if needed else b""
            if needed and not data:
                if not self._any:
                    return 0
                raise EOFError
            self._unused, self._any = b"", True
            found = self._inner.decompress(data, len(target))
            if found:
                target[: len(found)] = found
                return len(found)

    def _next_member(self) -> bool:
        """Whether another member follows, behind padding of zeros."""
        found = self._inner.unused_data
        while not found.strip(b"\0"):
            found = self._stream.read(CHUNK)
            if not found:
                return False
        self._unused, self._inner = found.lstrip(b"\0"), self._make()
        return True
