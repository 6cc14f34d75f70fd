"""Reads records from files: JSON lines, JSON documents, and gzip of both. Memory is bounded, and a bad line does not stop the rest."""

import gzip
import io
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from ..model import RawRecord, Refused
from .envelopes import unwrap
from .json_text import parse, tolerant_decoder

_SUFFIX = re.compile(r"\.(?:json|jsonl|ndjson|log)(?:\.gz)?$|\.gz$", re.IGNORECASE)
_GZIP_MAGIC = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
STDIN = "-"

# What is no container by its first bytes and turns out to be one all the same is opened where it is decoded.
_CONTAINER = re.compile(rb'"(?:Records|records|value|Events|hits|_source|body|Message|messageId|TopicArn|CloudTrailEvent|Sns)"')
_HEAD = 256
_RECORD_LINE = 64 * 2**10


class FileLimits(Struct, frozen=True, kw_only=True):
    """Size limits of a file, in bytes. A CloudTrail delivery file is one line, so a line may be much longer than a record."""

    line: int = 64 * 2**20
    record: int = 8 * 2**20
    document: int = 256 * 2**20  # JSON that spans several lines must be read into memory as a whole
    decompressed: int = 8 * 2**30


class Carrier(Struct, frozen=True, kw_only=True):
    """Facts about the records of a file that only its reader knows: the Entra tenant and the fetch time."""

    tenant: str | None = None
    fetched: datetime | None = None


_NO_CARRIER = Carrier()
_LIMITS = FileLimits()


def read(
    paths: Iterable[str | Path], *, stdin: BinaryIO | None = None, carrier: Carrier = _NO_CARRIER, limits: FileLimits = _LIMITS
) -> Iterator[RawRecord | Refused]:
    """Yield every record in these files and folders (``-`` is ``stdin``), in the order of paths and lines.

    A line that is not JSON, a file that cannot be read and a record above its limit become ``Refused`` with ``file:line``;
    reading continues after it.
    """
    for path in paths:
        if str(path) == STDIN:
            if stdin is None:
                yield Refused(origin=STDIN, reason="file_unreadable", detail="no standard input")
            else:
                yield from _read_stream(stdin, STDIN, carrier, limits)
            continue
        for name in _expand(Path(path)):
            yield from _read_file(name, carrier, limits)


def _expand(path: Path) -> Iterator[Path]:
    """The files of a folder whose names end like record files, sorted; for a file, the file itself."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names) if _SUFFIX.search(name))


def _read_file(path: Path, carrier: Carrier, limits: FileLimits) -> Iterator[RawRecord | Refused]:
    try:
        with path.open("rb") as stream:
            yield from _read_stream(stream, str(path), carrier, limits)
    except OSError as error:
        yield Refused(origin=str(path), reason="file_unreadable", detail=type(error).__name__)


def _read_stream(stream: BinaryIO, origin: str, carrier: Carrier, limits: FileLimits) -> Iterator[RawRecord | Refused]:
    source = _Source(stream, limits)
    try:
        yield from _records(source, origin, carrier, limits)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Refused(origin=f"{origin}:{source.number + 1}", reason="file_truncated_or_corrupt")


def _records(source: "_Source", origin: str, carrier: Carrier, limits: FileLimits) -> Iterator[RawRecord | Refused]:
    for line in source.lines():
        if line is None:
            yield Refused(origin=f"{origin}:{source.number}", reason="record_too_large")
            continue
        text = line.strip()
        if not text:
            continue
        if len(text) <= min(limits.record, _RECORD_LINE) and _is_record(text):
            place = f"{origin}:{source.number}"
            yield RawRecord(data=msgspec.Raw(text), fetched=carrier.fetched, tenant=carrier.tenant, origin=place)
            continue
        try:
            value = parse(text)
        except ValueError:
            if _opens_document(text):
                yield from _documents(text, source, origin, carrier, limits)
            else:
                yield Refused(origin=f"{origin}:{source.number}", reason="invalid_json")
            continue
        yield from _spread(value, len(text), f"{origin}:{source.number}", carrier, limits)
    if source.exhausted:
        yield Refused(origin=f"{origin}:{source.number}", reason="file_too_large")


def _is_record(text: bytes) -> bool:
    """Whether this line is one record, which its reader parses when it has to: an object, and none of the containers by its first keys."""
    whole = text[:1] == b"{" and text[-1:] == b"}"
    return whole and _CONTAINER.search(text[:_HEAD]) is None


def _opens_document(text: bytes) -> bool:
    """Whether this line begins JSON that spans several lines: only an opening bracket, or the first property of an object."""
    return text in {b"{", b"["} or (text[:1] in b"{[" and text[-1:] in b",{[:")


def _documents(first: bytes, source: "_Source", origin: str, carrier: Carrier, limits: FileLimits) -> Iterator[RawRecord | Refused]:
    """Read JSON values that span lines, up to the end of the file.

    After a broken value, reading continues at the next line that begins with a bracket.
    """
    start = source.number
    text = b"\n".join([first, *source.rest(limits.document)]).decode("utf-8", "replace")
    decoder, at = tolerant_decoder(), 0
    while at < len(text):
        if text[at].isspace() or text[at] == ",":
            at += 1
            continue
        line = start + text.count("\n", 0, at)
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield Refused(origin=f"{origin}:{line}", reason="invalid_json")
            following = re.compile(r"\n(?=[{\[])").search(text, at)
            at = following.end() if following else len(text)
            continue
        yield from _spread(value, end - at, f"{origin}:{line}", carrier, limits)
        at = end


def _spread(value: object, size: int, origin: str, carrier: Carrier, limits: FileLimits) -> Iterator[RawRecord | Refused]:
    """The records in one JSON value; the origin of each record of a batch carries its index."""
    records = list(unwrap(value))
    many = len(records) > 1
    if not many and size > limits.record:
        yield Refused(origin=origin, reason="record_too_large")
        return
    for inner in records:
        place = f"{origin}{inner.path}"
        if inner.reason and inner.data is None:
            yield Refused(origin=place, reason=inner.reason, detail=inner.detail)
        else:
            yield RawRecord(data=inner.data, fetched=carrier.fetched, tenant=carrier.tenant, origin=place)


class _Source:
    """The lines of a stream, with limits. Gzip and UTF-16 are decoded and byte-order marks are removed."""

    def __init__(self, stream: BinaryIO, limits: FileLimits) -> None:
        self.number = 0
        self.exhausted = False
        self._limits = limits
        self._left = limits.decompressed
        buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
        zipped = buffered.peek(2)[:2] == _GZIP_MAGIC
        self._stream: gzip.GzipFile | io.BufferedReader[Any] = gzip.GzipFile(fileobj=buffered) if zipped else buffered

    def lines(self) -> Iterator[bytes | None]:
        """Yield each line, or None for a line above its limit, which is skipped."""
        while not self.exhausted:
            line = self._stream.readline(self._limits.line + 1)
            if not line:
                return
            if self.number == 0:
                if line.startswith(_UTF16_MARKS):
                    yield from self._utf16(line)
                    return
                line = line.removeprefix(_UTF8_MARK)
            self.number += 1
            self._spend(len(line))
            if len(line) > self._limits.line:
                self._skip_line()
                yield None
            else:
                yield line

    def rest(self, limit: int) -> Iterator[bytes]:
        """Yield the remaining lines without line endings, up to ``limit`` bytes in total."""
        for line in self.lines():
            if line is None or limit < len(line):
                self.exhausted = True
                return
            limit -= len(line)
            yield line.rstrip(b"\r\n")

    def _spend(self, size: int) -> None:
        self._left -= size
        self.exhausted = self._left < 0

    def _skip_line(self) -> None:
        while not self.exhausted:
            more = self._stream.readline(2**20)
            self._spend(len(more))
            if not more or more.endswith(b"\n"):
                return

    def _utf16(self, first: bytes) -> Iterator[bytes]:
        """The lines of a UTF-16 file, which PowerShell's redirection writes. It is read as a whole, up to the document limit."""
        body = first + self._stream.read(self._limits.document)
        for line in body.decode("utf-16", "replace").split("\n"):
            self.number += 1
            yield line.encode("utf-8", "replace")
