"""The one front: whatever file a person hands over, as records, named refusals, or a named file that is left out."""

import re
from collections.abc import Generator, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from ...model import RawRecord, Refused
from .archives import Member
from .audit_log import FORMAT as AUDIT_LOG
from .audit_log import audit_lines, is_audit_log
from .buffer import Buffer
from .containers import CORRUPT, members
from .cutter import Cut, value_end
from .date_order import in_one_order
from .encodings import utf8
from .journal import FileReport, Journal, label
from .limits import FileBudget, FileLimits, FrontError, TooMuchError
from .lines import Given, one_by_one
from .location import Location, Part
from .parquet import MAGIC, PARQUET, parquet_rows
from .rows import KnownColumns, rows, table
from .sources import FileSource, named
from .streams import Peekable, Readable, Taken
from .values import JsonText

EMPTY, NO_JSON, BINARY = "empty", "no_json_and_no_csv", "binary"
_HEAD = 64 * 1024
_STARTS_TRIED = 64
_LIST = re.compile(rb"\[\s*(?:[{\[\"\]]|$)")


def _no_columns(_: tuple[str, ...]) -> bool:
    return False


class Carrier(Struct, frozen=True, kw_only=True):
    """Facts about the records of a file that only its reader knows: the Entra tenant, the fetch time, which columns of a CSV are known."""

    tenant: str | None = None
    fetched: datetime | None = None
    known_columns: KnownColumns = _no_columns


_NO_CARRIER = Carrier()
_LIMITS = FileLimits()


def read(
    paths: Iterable[str | Path],
    *,
    stdin: BinaryIO | None = None,
    carrier: Carrier = _NO_CARRIER,
    limits: FileLimits = _LIMITS,
    journal: Journal | None = None,
) -> Iterator[RawRecord | Refused]:
    """Yield every record in these files and folders (``-`` is ``stdin``), in the order of paths and lines.

    Records come as ``msgspec.Raw`` where their bytes could be cut out, else parsed. What cannot be read becomes ``Refused`` with
    ``file:line``, and reading goes on behind it. The journal says how each file was read and what was left out.
    """
    diary = Journal() if journal is None else journal
    yield from read_sources(named(paths, stdin, diary), carrier=carrier, limits=limits, journal=diary)


def read_sources(
    sources: Iterable[FileSource], *, carrier: Carrier = _NO_CARRIER, limits: FileLimits = _LIMITS, journal: Journal
) -> Iterator[RawRecord | Refused]:
    """The same for files that are opened already or lie elsewhere."""
    return one_by_one(read_many(sources, carrier=carrier, limits=limits, journal=journal))


def read_many(
    sources: Iterable[FileSource], *, carrier: Carrier = _NO_CARRIER, limits: FileLimits = _LIMITS, journal: Journal
) -> Iterator[Given]:
    """The same with lines of one file that are records each given many at a time: whoever takes few of them does not pay for the rest."""
    for source in sources:
        name = label(source.name)
        try:
            with source.open() as stream:
                yield from _Reading(carrier, limits, journal).source(name, stream, source.part)
        except OSError as error:
            journal.open(name, ())
            yield Refused(origin=f"{name}:1", reason="file_unreadable", detail=error.strerror or str(error) or type(error).__name__)


class _Reading(Struct, frozen=True):
    """One reading of some files."""

    carrier: Carrier
    limits: FileLimits
    journal: Journal

    def source(self, name: str, stream: Readable, part: Part | None) -> Iterator[Given]:
        """The records of one file, through its containers. A broken member of an archive does not stop the next one."""
        budget, reports = FileBudget(self.limits), len(self.journal.files)
        try:
            for member in members(Member(name, Peekable(Taken(stream, budget, self.journal)), ()), budget, self.journal):
                buffer = yield from self.member(member, None if member.formats else part)
                if buffer.error is not None:
                    yield _broken(member.name, buffer.line, buffer.error, member.formats)
                if isinstance(buffer.error, TooMuchError):
                    return
        except (FrontError, *CORRUPT) as error:
            if len(self.journal.files) == reports:
                self.journal.open(name, ())
            yield _broken(name, 1, error)
        if len(self.journal.files) == reports:
            self.journal.leave_out(name, EMPTY)

    def member(self, member: Member, part: Part | None) -> Generator[Given, None, Buffer]:
        """The records of one stream of text; returns how far it was read."""
        report = self.journal.open(member.name, member.formats)
        columnar = _begins_with(member.stream, MAGIC)
        buffer = Buffer(parquet_rows(member.stream, self.limits) if columnar else utf8(member.stream, report))
        buffer.more(_HEAD)
        reason = "" if columnar else _no_text(buffer.data[:_HEAD], whole=len(buffer.data) <= _HEAD)
        if reason and buffer.error is None:
            report.left_out, report.encoding = reason, ""
        else:
            place = Location(member.name, self.carrier.tenant, self.carrier.fetched, part)
            layout, records = (PARQUET, JsonText(buffer, self.limits, report, place)) if columnar else self._laid_out(buffer, report, place)
            report.formats = (*report.formats, layout)
            yield from records
        return buffer

    def _laid_out(self, buffer: Buffer, report: FileReport, place: Location) -> tuple[str, Iterable[Given]]:
        """The layout of a text by name, and its records."""
        head = buffer.data[:_HEAD]
        found = table(head)
        if found is not None:
            return "CSV", in_one_order(rows(buffer, found, self.carrier.known_columns, self.limits, place))
        if is_audit_log(head):
            return AUDIT_LOG, audit_lines(buffer, self.limits, place)
        return _layout(head), JsonText(buffer, self.limits, report, place)


def _begins_with(stream: Peekable, magic: bytes) -> bool:
    try:
        return stream.head(len(magic)) == magic
    except (FrontError, *CORRUPT):
        return False  # it is read, and then the reason is known


def _broken(name: str, line: int, error: Exception, formats: tuple[str, ...] = ()) -> Refused:
    if isinstance(error, FrontError):
        return Refused(origin=f"{name}:{line}", reason=error.reason, detail=error.detail)
    return Refused(
        origin=f"{name}:{line}",
        reason="file_truncated_or_corrupt",
        detail=f"{' in '.join(reversed(formats)) or 'file'}: {type(error).__name__}",
    )


def _no_text(head: bytes, *, whole: bool) -> str:
    """Why a text is left out, or "": it is empty, or no JSON, CSV or known log is at its beginning."""
    text = head.strip()
    if not text:
        return EMPTY if whole else ""
    if text[:1] == b"{" or _LIST.match(text):
        return ""
    if b"\0" in text.strip(b"\0"):
        return BINARY
    if table(head) is not None or is_audit_log(head):
        return ""
    if value_end(text, 0) == len(text) or (text[:1] == b'"' and value_end(text, 0) is not Cut.MALFORMED):
        return ""
    starts = (match.start() for match in islice(re.finditer(rb"[{]", text), _STARTS_TRIED))
    return "" if any(value_end(text, at) is not Cut.MALFORMED for at in starts) else NO_JSON


def _layout(head: bytes) -> str:
    """What the layout is called: lines, if the first of several is a value of its own."""
    text = head.lstrip()
    line = text.find(b"\n")
    several = line >= 0 and bool(text[line:].strip())
    return "JSON lines" if several and value_end(text, 0, line) == line else "JSON"
