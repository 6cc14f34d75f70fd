"""Texts in one file whose encodings differ: PowerShell 5 appends UTF-16LE to what other programs wrote as UTF-8, and they to what it wrote.

A text has no NUL, and JSON and CSV begin with a few known bytes, so the places where the encoding changes can be told.
"""

import re
from collections.abc import Iterator

from .streams import CHUNK, Peekable

_ASCII = rb"[\t\n\r\x20-\x7e]"
_PAIRS = 8  # so many characters that each have a NUL behind them are UTF-16LE
_WIDE = re.compile(rb"(?:\xff\xfe)?(?:" + _ASCII + rb"\x00){%d}" % _PAIRS)
_WIDE_TAIL = re.compile(rb"(?:\xff\xfe?|" + _ASCII + rb"\x00)(?:" + _ASCII + rb"\x00){0,%d}" % _PAIRS + _ASCII + rb"?\Z")
# A value of JSON behind the end of a line or of another value, of which no byte has a NUL behind it.
_NARROW = re.compile(rb'[\n}\]]\x00(?=(?:\xef\xbb\xbf)?(?:\{["\r\n ]|\[[{\r\n]))')
_NARROW_TAIL = 8


def narrow(stream: Peekable) -> Iterator[bytes]:
    """The chunks of a text of 8-bit characters, up to the first that is UTF-16LE, which is left in the stream."""
    first = True
    while chunk := stream.read(CHUNK):
        if b"\0" in chunk or chunk[-1:] in b"\xff\xfe":
            if _WIDE_TAIL.search(chunk[-2 * _PAIRS - 4 :]):
                chunk += stream.read(4 * _PAIRS)
            if not first and chunk[:1] == b"\0" and _WIDE.match(chunk, 1):
                chunk = chunk[1:]  # the NUL of the character that ended the chunk before
            if found := _WIDE.search(chunk):
                mark = 2 if found.group().startswith(b"\xff\xfe") else 0
                stream.give_back(chunk[found.start() + mark :])
                if found.start():
                    yield chunk[: found.start()]
                return
        first = False
        yield chunk


def wide(stream: Peekable) -> Iterator[bytes]:
    """The chunks of a text in UTF-16LE, up to the first value that is written in 8-bit characters, which is left in the stream."""
    held = b""
    while chunk := stream.read(CHUNK):
        held += chunk
        at = next((found.end() for found in _NARROW.finditer(held) if found.start() % 2 == 0), -1)
        if at >= 0:
            stream.give_back(held[at:])
            yield held[:at]
            return
        keep = max(0, len(held) - _NARROW_TAIL) // 2 * 2
        yield held[:keep]
        held = held[keep:]
    yield held
