"""Encodings: any stream of text as UTF-8, with the name of what it was."""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from .journal import FileReport, note
from .sections import narrow, wide
from .streams import CHUNK, Peekable

HEAD = 4096
_NARROW = re.compile(rb'\{["\r\n ]|\[[{\r\n]|[^\0]{16}')  # begins as 8-bit text does, behind which UTF-16 may be put


class Encoding(NamedTuple):
    """One row: a name for people, the byte-order mark (b"" if it has none), the codec, and how it is known."""

    name: str
    mark: bytes
    codec: str
    known_by: str


UTF8_MARKED = Encoding("UTF-8 with a mark", codecs.BOM_UTF8, "utf-8", "its mark")
ENCODINGS: tuple[Encoding, ...] = (
    UTF8_MARKED,
    Encoding("UTF-32LE", codecs.BOM_UTF32_LE, "utf-32-le", "its mark"),  # before UTF-16LE, whose mark is the beginning of this one
    Encoding("UTF-32BE", codecs.BOM_UTF32_BE, "utf-32-be", "its mark"),
    Encoding("UTF-16LE", codecs.BOM_UTF16_LE, "utf-16-le", "its mark"),
    Encoding("UTF-16BE", codecs.BOM_UTF16_BE, "utf-16-be", "its mark"),
)
UTF8 = Encoding("UTF-8", b"", "utf-8", "it is valid UTF-8")
UTF32_LE = Encoding("UTF-32LE without a mark", b"", "utf-32-le", "the last two of every four bytes are 0")
UTF32_BE = Encoding("UTF-32BE without a mark", b"", "utf-32-be", "the first two of every four bytes are 0")
UTF16_LE = Encoding("UTF-16LE without a mark", b"", "utf-16-le", "every second byte is 0")
UTF16_BE = Encoding("UTF-16BE without a mark", b"", "utf-16-be", "every first byte is 0")
CP1252 = Encoding("cp1252", b"", "cp1252", "it is not valid UTF-8 and has no UTF-8 sequence")
EVERY = (UTF8, *ENCODINGS, UTF32_LE, UTF32_BE, UTF16_LE, UTF16_BE, CP1252)
BROKEN_UTF8, MIXED = "broken_utf8", "mixed_encodings"
_APPENDED = frozenset({UTF8.codec, UTF16_LE.codec})  # encodings of which one may be put behind the other in one file
_BOTH = "UTF-8, UTF-16LE"
_SECTIONS_LIMIT = 64


def encoding_of(head: bytes) -> Encoding:
    """The encoding of text that begins with these bytes, as far as they say."""
    for one in ENCODINGS:
        if head.startswith(one.mark):
            return one
    fours = len(head) // 4
    zeros = [head[place : fours * 4 : 4].count(0) for place in range(4)]
    if fours and zeros[2] > fours * 0.9 and zeros[3] == fours and zeros[0] < fours * 0.1:
        return UTF32_LE
    if fours and zeros[0] == fours and zeros[1] > fours * 0.9 and zeros[3] < fours * 0.1:
        return UTF32_BE
    pairs = len(head) // 2
    if pairs >= 2 and not _NARROW.match(head):
        first, second = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
        if second > pairs * 0.6 and first < pairs * 0.1:
            return UTF16_LE
        if first > pairs * 0.6 and second < pairs * 0.1:
            return UTF16_BE
    return UTF8


def utf8(stream: Peekable, report: FileReport) -> Iterator[bytes]:
    """The text of a stream as UTF-8, in chunks, without its mark. Bytes that are no text become U+FFFD."""
    found = encoding_of(stream.head(HEAD))
    report.encoding = found.name
    if found.mark:
        stream.read(len(found.mark))
    if found.codec not in _APPENDED:
        yield from _transcoded(_all(stream), found.codec)
        return
    is_wide = found.codec == UTF16_LE.codec
    for left in range(_SECTIONS_LIMIT, 0, -1):
        if is_wide:
            yield from _transcoded(wide(stream) if left > 1 else _all(stream), UTF16_LE.codec)
        else:
            yield from _checked(narrow(stream) if left > 1 else _all(stream), report)
        if not stream.head(1):
            return
        note(report, MIXED)
        report.encoding = _BOTH
        is_wide = not is_wide


def _all(stream: Peekable) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _transcoded(chunks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _checked(chunks: Iterator[bytes], report: FileReport) -> Iterator[bytes]:
    """UTF-8 as it is. Text that is not valid before any UTF-8 sequence was seen is cp1252 from there on; otherwise it is broken UTF-8."""
    decoder, sequences = codecs.getincrementaldecoder("utf-8")("strict"), False
    for chunk in chunks:
        if chunk.isascii() and not decoder.getstate()[0]:
            yield chunk
            continue
        pending = decoder.getstate()[0]
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            broken = sequences or not error.object[: error.start].isascii()
            report.encoding = report.encoding if broken else CP1252.name
            if broken:
                note(report, BROKEN_UTF8)
            yield from _transcoded(chain((pending + chunk,), chunks), "utf-8" if broken else CP1252.codec)
            return
        sequences = sequences or not text.isascii()
        yield text.encode()
    if decoder.getstate()[0]:
        note(report, BROKEN_UTF8)
        yield "\ufffd".encode()
