"""Passing over what is between values: separators, and what is given up."""

import re

from .buffer import Buffer

# White space and commas; NUL, record separators and byte-order marks of files put together; line feeds that were written as text.
_BETWEEN = re.compile(rb"(?:[\s,\x00\x1e]+|\xef\xbb\xbf|\\[nr])*")
FEED = re.compile(rb"\n")
OUTSIDE = re.compile(rb"\n(?=[^\s}\]\",])")
"""How a line begins that is not inside a document written over several lines."""


def next_value(buffer: Buffer) -> bool:
    """Go to the next byte of a value; False at the end of the text."""
    while buffer.fill():
        match = _BETWEEN.match(buffer.data, buffer.at)
        buffer.to(match.end() if match is not None else buffer.at)
        if len(buffer) > 3 or (len(buffer) and not buffer.more()):  # a mark is three bytes and may be cut
            return True
    return False


def go_to(buffer: Buffer, pattern: "re.Pattern[bytes]") -> None:
    """Go behind the next match of this pattern, or to the end of the text."""
    while True:
        match = pattern.search(buffer.data, buffer.at)
        if match is not None:
            buffer.to(match.end())
            return
        buffer.to(max(buffer.at, len(buffer.data) - 1))
        if not buffer.more():
            buffer.to(len(buffer.data))
            return
