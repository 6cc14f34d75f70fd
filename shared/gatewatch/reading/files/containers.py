"""Containers: compression and archives, known by their first bytes. A table; what is known and not read is in it too, with advice.

Names inside archives are labels and never paths: nothing is written under them. Links and devices are left out by name.
"""

import bz2
import gzip
import lzma
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple

from .journal import Journal
from .limits import MIB, FileBudget, FrontError
from .streams import CHUNK, Failing, Given, Inflating, Peekable, Readable

XZ_MEMORY = 256 * MIB
ZSTD_WINDOW = 128 * MIB
ZSTD_PIECE = 1024
ZIP_DIRECTORY = 64 * MIB
TAR_HEADER = MIB
SPOOLED_IN_MEMORY = 16 * MIB
CORRUPT = (EOFError, OSError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile)
HEAD = 512
OFFICE = "[Content_Types].xml"
"""What an archive holds that is a workbook or a document."""
INSIDE = "!/"
"""Between the name of an archive and the name of a member."""


class Member(NamedTuple):
    """One stream that comes out of a container: its label, its bytes, and the containers that it lay in."""

    name: str
    stream: Peekable
    formats: tuple[str, ...]


class Container(NamedTuple):
    """One row: a kind of container, the bytes by which it is known, and how it is opened. ``advice`` instead where it is not read."""

    name: str
    magic: bytes
    open: "Callable[[Peekable, FileBudget], Readable] | None" = None
    members: "Callable[[Member, FileBudget, Journal], Iterator[tuple[str, Readable]]] | None" = None
    at: int = 0
    advice: str = ""


def members(member: Member, budget: FileBudget, journal: Journal, depth: int | None = None) -> Iterator[Member]:
    """The streams in a file, opened through every container; itself when it is none. What is not read is left out in the journal.

    A member that is corrupt at its beginning is a stream that raises: the others of its archive are read all the same.

    Raises:
        FrontError: the file gives more than it may, or is nested too deeply.
        EOFError, OSError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile: it is cut or corrupt (``CORRUPT``).
    """
    left = budget.limits.depth if depth is None else depth
    try:
        found = known(member.stream.head(HEAD))
    except CORRUPT as error:
        yield member._replace(stream=Peekable(Failing(error)))
        return
    if found is None:
        yield member
        return
    formats = (*member.formats, found.name)
    if found.advice:
        journal.leave_out(member.name, "format_not_read", f"{found.name}: {found.advice}", formats)
        return
    if left == 0:
        raise FrontError("nested_too_deeply", f"more than {budget.limits.depth} archives in each other")
    if found.open is not None:
        inner = Peekable(Given(found.open(member.stream, budget), budget))
        yield from members(Member(member.name, inner, formats), budget, journal, left - 1)
    elif found.members is not None:
        for label, stream in found.members(member, budget, journal):
            inner = Peekable(Given(stream, budget))
            yield from members(Member(f"{member.name}{INSIDE}{label}", inner, formats), budget, journal, left - 1)


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


def _zip(member: Member, budget: FileBudget, journal: Journal) -> Iterator[tuple[str, Readable]]:
    with _seekable(member.stream, budget) as file:
        _bound_directory(file)
        with zipfile.ZipFile(file) as archive:
            if OFFICE in archive.namelist():
                journal.leave_out(member.name, "format_not_read", "Office document: save it as CSV", (*member.formats, "zip"))
                return
            for entry in archive.infolist():
                reason = _zip_reason(entry)
                if reason is not None:
                    if reason:
                        journal.leave_out(f"{member.name}{INSIDE}{entry.filename}", reason)
                    continue
                with archive.open(entry) as stream:
                    yield entry.filename, stream


def _zip_reason(entry: zipfile.ZipInfo) -> str | None:
    """Why an entry is left out; "" for a folder, None when it is read."""
    mode = entry.external_attr >> 16
    if entry.is_dir():
        return ""
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "link" if stat.S_ISLNK(mode) else "device"
    if entry.flag_bits & 1:
        return "encrypted"
    return None if entry.compress_type in _ZIP_METHODS else "compression_not_read"


_ZIP_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})


def _seekable(stream: Peekable, budget: FileBudget) -> "IO[bytes]":
    """The stream in a temporary file, since a zip archive is read from its end; the limits of what comes out hold for it too."""
    spooled = tempfile.SpooledTemporaryFile(SPOOLED_IN_MEMORY, prefix="gatewatch-")  # noqa: SIM115 - the caller closes it
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > budget.limits.decompressed:
            spooled.close()
            raise FrontError("file_too_large", "a zip archive")
        spooled.write(chunk)
    spooled.seek(0)
    return spooled


def _bound_directory(file: "IO[bytes]") -> None:
    """Refuse an archive whose table of contents alone would fill the memory; the library reads it as a whole."""
    size = file.seek(0, 2)
    tail = 65_557  # the longest end record of a zip archive
    file.seek(max(0, size - tail))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    directory = int.from_bytes(end[at + 12 : at + 16], "little") if at >= 0 else 0
    if directory == 0xFFFFFFFF:
        at = end.rfind(b"PK\x06\x06")
        directory = int.from_bytes(end[at + 40 : at + 48], "little") if at >= 0 else 0
    if directory > ZIP_DIRECTORY:
        raise FrontError("file_too_large", "a zip archive with too many entries")
    file.seek(0)


class _TarInfo(tarfile.TarInfo):
    """Refuses long names and attributes that would fill the memory; the library reads them as a whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_TarInfo":
        """The header in this block."""
        found = super().frombuf(buf, encoding, errors)
        if found.type in _TAR_TEXTS and found.size > TAR_HEADER:
            raise FrontError("file_too_large", "a tar header")
        return found


_TAR_TEXTS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


def _tar(member: Member, budget: FileBudget, journal: Journal) -> Iterator[tuple[str, Readable]]:
    del budget
    with tarfile.open(fileobj=member.stream, mode="r|", tarinfo=_TarInfo) as archive:  # type: ignore[call-overload]
        for entry in archive:
            archive.members = []  # the library remembers every entry otherwise
            if entry.isdir():
                continue
            if not entry.isfile():
                journal.leave_out(f"{member.name}{INSIDE}{entry.name}", "link" if entry.issym() or entry.islnk() else "device")
                continue
            stream = archive.extractfile(entry)
            if stream is not None:
                yield entry.name, stream


CONTAINERS: tuple[Container, ...] = (
    Container("gzip", b"\x1f\x8b", open=_gzip),
    Container("zstd", b"\x28\xb5\x2f\xfd", open=_zstd),
    Container("bz2", b"BZh", open=_bz2),
    Container("xz", b"\xfd7zXZ\x00", open=_xz),
    Container("zip", b"PK\x03\x04", members=_zip),
    Container("zip", b"PK\x05\x06", members=_zip),  # an empty archive
    Container("tar", b"ustar", members=_tar, at=257),
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
