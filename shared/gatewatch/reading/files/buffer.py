"""A window on a stream of text: what is not read yet, and the number of its line."""

from collections.abc import Iterator

from .containers import CORRUPT
from .limits import FrontError
from .streams import CHUNK


class Buffer:
    """The next bytes of a stream. ``data[at:]`` is not read yet; ``line`` is the number of the line at ``at``, from 1."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.data = b""
        self.at = 0
        self.line = 1
        self.consumed = 0
        self.taken = 0  # bytes of the stream that were taken in so far, up to the end of ``data``
        self.odd_until = 0  # how many of them were looked at as whole lines of one kind, and have others among them
        self.error: Exception | None = None  # why the stream ended before its end; what came before it is in the window

    def __len__(self) -> int:
        """How many bytes are in the window."""
        return len(self.data) - self.at

    def more(self, at_least: int = 1) -> bool:
        """Take in at least so many bytes, if there are; False at the end of the stream."""
        parts, size = [self.data[self.at :]], 0
        while size < at_least:
            chunk = self._next()
            if chunk is None:
                break
            parts.append(chunk)
            size += len(chunk)
        self.data, self.at = b"".join(parts), 0
        self.taken += size
        return size > 0

    def _next(self) -> bytes | None:
        try:
            return next(self._chunks, None)
        except (FrontError, *CORRUPT) as error:
            self.error = error
            return None

    def fill(self) -> bool:
        """Have anything in the window; False at the end."""
        return self.at < len(self.data) or self.more()

    def to(self, end: int) -> None:
        """Everything before this place in ``data`` is read."""
        self.line += self.data.count(b"\n", self.at, end)
        self.consumed += end - self.at
        self.at = end

    def jump(self, at: int, line: int) -> None:
        """The same where the number of the line is known."""
        self.consumed += at - self.at
        self.at, self.line = at, line

    def line_end(self, limit: int) -> int:
        """Where the line at ``at`` ends in ``data``: at its line feed, at the end of the stream, or -1 if it is longer than ``limit``."""
        start = 0
        while (end := self.data.find(b"\n", self.at + start)) < 0:
            if len(self) > limit:
                return -1
            start = len(self)
            if not self.more(max(CHUNK, start)):
                return len(self.data)
        return end
