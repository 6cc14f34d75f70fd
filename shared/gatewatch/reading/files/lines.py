"""Lines of a file that are one object each, many at a time: only what is asked for becomes a record."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw, Struct

from ...model import RawRecord, Refused
from .buffer import Buffer
from .location import Location
from .pages import is_list

LINE = 64 * 1024
"""A longer line is not looked for before its value is cut."""

_BEGINNING = 32  # bytes in which the first property of an object is looked for
_BEGINNINGS = 64
_CLOSED = (b"}", b"}\r")
_CLOSED_PLAINLY = {b"}"}
_decode = msgspec.json.Decoder(Raw).decode


class Lines(Struct, frozen=True):
    """Lines of one file that follow each other. ``first`` is the number of the first of them; ``texts`` may turn out to be no JSON.

    ``at``: where the first of them begins in the file, if ``place.part`` can read it again from there; -1 if not.
    """

    place: Location
    first: int
    texts: list[bytes]
    at: int = -1

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[RawRecord]:
        return (self.record(index) for index in range(len(self.texts)))

    def record(self, index: int) -> RawRecord:
        """The record on the line with this index, from 0."""
        return self.place.record(self.first + index, Raw(self.texts[index]))


type Given = RawRecord | Refused | Lines
"""What the front gives: a record, what is none, or many lines together."""


def one_by_one(given: Iterable[Given]) -> Iterator[RawRecord | Refused]:
    """The same with every line as a record of its own."""
    for item in given:
        if isinstance(item, Lines):
            yield from item
        else:
            yield item


def whole_lines(buffer: Buffer, limit: int, plain: set[bytes]) -> list[bytes]:
    """The objects that have a line of their own, from the buffer's place to the first other line, where the buffer then stands.

    The usual file has no others, so this loop is tight. ``limit``: bytes of a record. ``plain``: how lines began, up to the first colon,
    that were objects and no pages.
    """
    data, at = buffer.data, buffer.at
    texts: list[bytes] = []
    if buffer.taken - len(buffer) >= buffer.odd_until:
        texts = _usual(data, at, min(limit, LINE - 1), plain)
        if texts:
            buffer.jump(at + sum(map(len, texts)) + len(texts), buffer.line + len(texts))
            return texts
        buffer.odd_until = buffer.taken
    while True:
        feed = data.find(b"\n", at, at + LINE)
        text = data[at:feed]
        if text[:1] != b"{" or feed - at > limit or feed < 0:
            break
        beginning = text[:_BEGINNING].partition(b":")[0]
        if beginning not in plain:
            if is_list(text) or beginning[1:].lstrip()[:1] not in b'"}':
                break
            if len(plain) < _BEGINNINGS:
                plain.add(beginning)
        # Whoever decodes an object between two others says whether it is JSON: nothing on another line could mend it.
        if (data[feed + 1 : feed + 2] != b"{" or not text.endswith(_CLOSED)) and not _is_json(text):
            break
        texts.append(text)
        at = feed + 1
    buffer.jump(at, buffer.line + len(texts))
    return texts


def _usual(data: bytes, at: int, limit: int, plain: set[bytes]) -> list[bytes]:
    """All lines from here on, if each is a short object that begins as others did; else none. What the loop would find, in half the time."""
    texts: list[bytes] = []
    while (feed := data.find(b"\n", at)) >= 0:  # split() looks at every byte and takes three times as long
        texts.append(data[at:feed])
        at = feed + 1
    usual = (
        bool(texts)
        and max(map(len, texts)) <= limit
        and {text[:_BEGINNING].partition(b":")[0] for text in texts} <= plain
        and {text[-1:] for text in texts} == _CLOSED_PLAINLY
        and (data[at : at + 1] == b"{" or _is_json(texts[-1]))
    )
    return texts if usual else []


def _is_json(text: bytes) -> bool:
    try:
        _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
