"""Cuts JSON values out of text in bounded memory, without making objects of them.

The end of a value is found by msgspec, which skips a value at the speed of C and says at which byte something follows it. What it does
not accept (NaN, raw control characters) is cut by its brackets and parsed tolerantly.
"""

import re
from collections.abc import Iterator
from enum import Enum

import msgspec

from .buffer import Buffer
from .streams import CHUNK

_DECODER = msgspec.json.Decoder(msgspec.Raw)
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_TRAILING = "JSON is malformed: trailing characters (byte "
_TRUNCATED = "Input data was truncated"
_BRACKET = re.compile(rb'["{}\[\]]')
_QUOTE = re.compile(rb'["\\]')


class Cut(Enum):
    """Why no value was cut."""

    INCOMPLETE = "incomplete"  # it may go on behind the window
    MALFORMED = "malformed"


def value_end(data: bytes, at: int, end: int | None = None) -> int | Cut:
    """Where the JSON value that begins at ``at`` ends in ``data``, white space behind it included; or why that cannot be said.

    A number that is cut behind its sign, point or exponent is malformed to msgspec, which then names the last byte: it is incomplete.
    """
    size = len(data) if end is None else end
    try:
        _DECODER.decode(memoryview(data)[at:size])
    except msgspec.DecodeError as error:
        said = str(error)
        if said.startswith(_TRAILING):
            return at + int(said[len(_TRAILING) : -1]) - 1
        return Cut.INCOMPLETE if said == _TRUNCATED or said.endswith(f" (byte {size - at})") else Cut.MALFORMED
    except RecursionError:
        return Cut.MALFORMED
    return size


class Brackets:
    """Follows the brackets of a value through any number of chunks, whatever else is in it."""

    def __init__(self, depth: int = 0) -> None:
        self.depth = depth
        self._in_string = False
        self._escaped = False

    def end(self, data: bytes, at: int) -> int:
        """The place behind the bracket or quote that closes the value, or -1 if it is not in ``data``: then ask again with what follows."""
        if self._escaped:
            at, self._escaped = at + 1, False
        while True:
            match = (_QUOTE if self._in_string else _BRACKET).search(data, at)
            if match is None:
                return -1
            at, found = match.end(), match.group()
            if found == b'"':
                self._in_string = not self._in_string
                if self.depth == 0 and not self._in_string:
                    return at
            elif found == b"\\":
                self._escaped = at >= len(data)
                at += 1
            else:
                self.depth += 1 if found in b"{[" else -1
                if self.depth <= 0:
                    return at


def balanced_end(data: bytes, at: int, limit: int) -> int:
    """Where the brackets of the value at ``at`` are all closed, or -1 if not within ``limit`` bytes."""
    end = Brackets().end(data[at : at + limit], 0)
    return -1 if end < 0 else at + end


def skip_value(buffer: Buffer, depth: int = 0) -> bool:
    """Read over the value at the buffer's place, keeping nothing of it; False when the stream ends first. ``depth``: brackets open already."""
    brackets = Brackets(depth)
    while True:
        end = brackets.end(buffer.data, buffer.at)
        if end >= 0:
            buffer.to(end)
            return True
        buffer.to(len(buffer.data))
        if not buffer.more():
            return False


def elements(buffer: Buffer, limit: int) -> Iterator[msgspec.Raw | None]:
    """The elements of the list that is open at the buffer's place, up to its closing bracket, which is read; None for one above ``limit``.

    Raises:
        ValueError: an element is not JSON, or the stream ends within the list; the buffer stands at that element.
    """
    border, failures = b"", 0
    while True:
        _separators(buffer)
        if not buffer.fill():
            raise ValueError("the list does not end")
        if buffer.data[buffer.at : buffer.at + 1] == b"]":
            buffer.to(buffer.at + 1)
            return
        several = _several(buffer, border, limit) if border and failures < _FAILURES else []
        if several:
            yield from several
            continue
        failures += bool(border)
        yield _element(buffer, limit)
        border = border or _border(buffer)


_FAILURES = 8
_BORDER = re.compile(rb"\s*,\s*\{.{1,8}", re.DOTALL)


def _border(buffer: Buffer) -> bytes:
    """What is between the element before the buffer's place and the next one, with how that begins; b"" if that is no object."""
    match = _BORDER.match(buffer.data, buffer.at)
    return b"}" + match.group() if match and buffer.data[buffer.at - 1 : buffer.at] == b"}" else b""


def _several(buffer: Buffer, border: bytes, limit: int) -> list[msgspec.Raw]:
    """The next elements at once, up to the last border in the window; [] if they cannot be had.

    If the text up to there is a list when it is closed, then it was one: what follows has no say in how JSON begins.
    """
    if len(buffer) < CHUNK:
        buffer.more(CHUNK)
    data, at = buffer.data, buffer.at
    end = data.rfind(border, at, at + min(limit, CHUNK))
    if end < 0:
        return []
    try:
        found = _ELEMENTS.decode(b"[%b]" % data[at : end + 1])
    except (msgspec.DecodeError, RecursionError):
        return []
    buffer.to(end + 1)
    return found


_BETWEEN = re.compile(rb"[\s,]*")


def _separators(buffer: Buffer) -> None:
    while buffer.fill():
        match = _BETWEEN.match(buffer.data, buffer.at)
        if match is not None:
            buffer.to(match.end())
        if buffer.at < len(buffer.data):
            return


def _element(buffer: Buffer, limit: int) -> msgspec.Raw | None:
    end = value_end(buffer.data, buffer.at, min(len(buffer.data), buffer.at + limit + 1))
    while end is Cut.INCOMPLETE or (end == len(buffer.data) and len(buffer) <= limit):
        if len(buffer) > limit:
            skip_value(buffer)
            return None
        if not buffer.more(max(len(buffer), 2**16)):
            break
        end = value_end(buffer.data, buffer.at, min(len(buffer.data), buffer.at + limit + 1))
    if isinstance(end, Cut):
        end = balanced_end(buffer.data, buffer.at, limit)
        if end < 0:
            raise ValueError("an element is not JSON")
    found = buffer.data[buffer.at : end].rstrip()
    buffer.to(buffer.at + len(found))
    return msgspec.Raw(found)
