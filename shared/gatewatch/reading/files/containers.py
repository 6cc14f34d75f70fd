"""Containers: compression and archives, known by their first bytes. A table; what is known and not read is in it too, with advice.

Names inside archives are labels and never paths: nothing is written under them. Links and devices are left out by name.
"""

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .archives import INSIDE, Member, tar_members, zip_members
from .journal import Journal, label
from .limits import MIB, FileBudget, FrontError
from .streams import CHUNK, Failing, Given, Inflating, Peekable, Readable

XZ_MEMORY = 256 * MIB
ZSTD_WINDOW = 128 * MIB
ZSTD_PIECE = 1024
CORRUPT = (EOFError, OSError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile)
HEAD = 512


class Container(NamedTuple):
    """One row: a kind of container, the bytes by which it is known, and how it is opened. ``advice`` instead where it is not read."""

    name: str
    magic: bytes
    open: "Callable[[Peekable, FileBudget], Readable] | None" = None
    members: "Callable[[Member, FileBudget, Journal], Iterator[tuple[str, Readable]]] | None" = None
    at: int = 0
    advice: str = ""


def members(member: Member, budget: FileBudget, journal: Journal) -> Iterator[Member]:
    """The streams in a file, opened through every container; itself when it is none. What is not read is left out in the journal.

    A member that is corrupt at its beginning, or lies too deep, is a stream that raises: the others of its archive are read all the same.

    Raises:
        TooMuchError: the file gives more than it may.
        EOFError, OSError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile: it is cut or corrupt (``CORRUPT``).
    """
    try:
        found = known(member.stream.head(HEAD))
    except CORRUPT as error:
        yield member._replace(stream=Peekable(Failing(error)))
        return
    if found is None:
        yield member
    elif found.advice:
        journal.leave_out(member.name, "format_not_read", f"{found.name}: {found.advice}", (*member.formats, found.name))
    elif _depth(member.formats, found) > budget.limits.depth:
        deep = FrontError("nested_too_deeply", f"more than {budget.limits.depth} archives or compressions in each other")
        yield member._replace(stream=Peekable(Failing(deep)))
    else:
        for name, stream in _inside(member, found, budget, journal):
            inner = Peekable(Given(stream, budget))
            yield from members(Member(name, inner, (*member.formats, found.name)), budget, journal)


def _inside(member: Member, found: Container, budget: FileBudget, journal: Journal) -> Iterator[tuple[str, Readable]]:
    """The names and streams that a container holds; compression holds one, which has its name."""
    if found.open is not None:
        yield member.name, found.open(member.stream, budget)
    elif found.members is not None:
        for name, stream in found.members(member, budget, journal):
            yield f"{member.name}{INSIDE}{label(name)}", stream


def _depth(formats: tuple[str, ...], found: Container) -> int:
    """How many containers of its kind (archives, or compression) a container would be in, itself included."""
    archives = {one.name for one in CONTAINERS if one.members is not None}
    return 1 + sum((name in archives) == (found.name in archives) for name in formats)


def known(head: bytes) -> Container | None:
    """The container that begins with these bytes."""
    return next((one for one in CONTAINERS if head[one.at : one.at + len(one.magic)] == one.magic), None)


def _gzip(stream: Peekable, _: FileBudget) -> Readable:
    return gzip.GzipFile(fileobj=stream, mode="rb")  # type: ignore[call-overload, no-any-return]


def _bz2(stream: Peekable, _: FileBudget) -> Readable:
    return Inflating(stream, bz2.BZ2Decompressor)


def _xz(stream: Peekable, _: FileBudget) -> Readable:
    return Inflating(stream, lambda: lzma.LZMADecompressor(memlimit=XZ_MEMORY))


def _zstd(stream: Peekable, _: FileBudget) -> Readable:
    try:
        import zstandard  # noqa: PLC0415 - neither a cold start nor another format pays for it
    except ImportError:
        raise FrontError("zstd_not_installed", "zstd needs an extra: pip install 'gatewatch[cli]'") from None
    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    return _Zstd(stream, decompressor.decompressobj, zstandard.ZstdError)


class _Zstd:
    """All frames of a stream. It is fed in small pieces: of a hostile piece come at most some MiB at once."""

    def __init__(self, stream: Peekable, make: Callable[[], Any], error: type[Exception]) -> None:
        self._stream = stream
        self._make = make
        self._error = error
        self._frame = make()
        self._unused = b""
        self._given, self._at = b"", 0

    def read(self, size: int = CHUNK, /) -> bytes:
        """The next bytes; raises ``EOFError`` when the stream ends within a frame, or is none."""
        while self._at >= len(self._given):
            piece = self._unused or self._stream.read(ZSTD_PIECE)
            if not piece and self._frame.eof:
                return b""
            if not piece:
                raise EOFError
            if self._frame.eof:
                self._frame = self._make()
            try:
                self._given, self._at = self._frame.decompress(piece), 0
            except self._error as error:
                raise EOFError(str(error)) from None
            self._unused = self._frame.unused_data
        found = self._given[self._at : self._at + size]
        self._at += len(found)
        return found


CONTAINERS: tuple[Container, ...] = (
    Container("gzip", b"\x1f\x8b", open=_gzip),
    Container("zstd", b"\x28\xb5\x2f\xfd", open=_zstd),
    *(Container("zstd", bytes((nibble,)) + b"\x2a\x4d\x18", open=_zstd) for nibble in range(0x50, 0x60)),  # a skippable frame first (pzstd)
    Container("bz2", b"BZh", open=_bz2),
    Container("xz", b"\xfd7zXZ\x00", open=_xz),
    Container("zip", b"PK\x03\x04", members=zip_members),
    Container("zip", b"PK\x05\x06", members=zip_members),  # an empty archive
    Container("tar", b"ustar", members=tar_members, at=257),
    Container("Avro", b"Obj\x01", advice="export JSON; Event Hubs capture can write it"),
    Container("ORC", b"ORC", advice="export JSON or Parquet"),
    Container("Windows event log", b"ElfFile\x00", advice="export the events as JSON"),
    Container("SQLite", b"SQLite format 3\x00", advice="gatewatch replay --from sqlite:FILE reads a store of Gatewatch"),
    Container("7-Zip", b"7z\xbc\xaf\x27\x1c", advice="unpack it first"),
    Container("RAR", b"Rar!\x1a\x07", advice="unpack it first"),
    Container("lz4", b"\x04\x22\x4d\x18", advice="unpack it first"),
    Container("snappy", b"\xff\x06\x00\x00sNaPpY", advice="unpack it first"),
    Container("Office document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", advice="save it as CSV"),
    Container("PDF", b"%PDF-", advice="export JSON or CSV"),
)
"""The first that matches counts."""
