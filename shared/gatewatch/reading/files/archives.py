"""Archives: zip and tar. Names of members are labels and never paths; links, devices and what is encrypted are left out by name."""

import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, NamedTuple

from .journal import Journal
from .limits import MIB, FileBudget, TooMuchError
from .streams import CHUNK, Peekable, Readable

ZIP_DIRECTORY = 64 * MIB
TAR_HEADER = MIB
SPOOLED_IN_MEMORY = 16 * MIB
OFFICE = "[Content_Types].xml"
"""What an archive holds that is a workbook or a document."""
INSIDE = "!/"
"""Between the name of an archive and the name of a member."""


class Member(NamedTuple):
    """One stream that comes out of a container: its label, its bytes, and the containers that it lay in."""

    name: str
    stream: Peekable
    formats: tuple[str, ...]


def zip_members(member: Member, budget: FileBudget, journal: Journal) -> Iterator[tuple[str, Readable]]:
    """The label and the content of each file in a zip archive; raises as ``containers.members``."""
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
    with ExitStack() as stack:
        spooled = stack.enter_context(tempfile.SpooledTemporaryFile(SPOOLED_IN_MEMORY, prefix="gatewatch-"))
        while chunk := stream.read(CHUNK):
            if spooled.tell() + len(chunk) > budget.limits.decompressed:
                raise TooMuchError("a zip archive")
            spooled.write(chunk)
        spooled.seek(0)
        stack.pop_all()  # from here on the caller closes it
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
        raise TooMuchError("a zip archive with too many entries")
    file.seek(0)


class _TarInfo(tarfile.TarInfo):
    """Refuses long names and attributes that would fill the memory; the library reads them as a whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_TarInfo":
        """The header in this block."""
        found = super().frombuf(buf, encoding, errors)
        if found.type in _TAR_TEXTS and found.size > TAR_HEADER:
            raise TooMuchError("a tar header")
        return found


_TAR_TEXTS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


def tar_members(member: Member, budget: FileBudget, journal: Journal) -> Iterator[tuple[str, Readable]]:
    """The same of a tar archive, read as a stream."""
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
