"""CSV as rows with the names of their columns. Which columns mean what is not known here: a header that is not known is refused."""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ...model import RawRecord, Refused
from .buffer import Buffer
from .limits import FileLimits
from .location import Location

UNKNOWN, BROKEN = "csv_columns_unknown", "csv_row_broken"
DELIMITERS = (",", ";", "\t", "|")
_COLUMN = re.compile(r"[\w .:()\[\]/@#$%&+\-]{1,128}")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # also of files whose lines end in CR alone
_HEAD_LINES = 4
_DETAIL = 300
_DOUBLE = 4  # the Entra portal's files name one column twice
_MARK = "\ufeff"
_INDEX = "Unnamed: 0"
_QUOTED_OBJECT = '"{""'  # a file of one column is a CSV if its first cell is JSON

type KnownColumns = Callable[[tuple[str, ...]], bool]
"""Whether a provider knows what a CSV with these columns holds."""


class CsvTable(NamedTuple):
    """A CSV as its first lines show it: the delimiter, the names of its columns, and how many lines are before them."""

    delimiter: str
    header: tuple[str, ...]
    before: int


def table(head: bytes) -> CsvTable | None:
    """The table that begins with this text, or None when it is no CSV."""
    lines = head.decode("utf-8", "replace").lstrip(_MARK).splitlines()[:_HEAD_LINES]
    before, said = 0, ""
    while lines and (lines[0].startswith("#TYPE ") or re.fullmatch(r"sep=.", lines[0], re.IGNORECASE) or not lines[0].strip()):
        said = lines[0][4] if lines[0].lower().startswith("sep=") else said
        lines, before = lines[1:], before + 1
    if not lines or lines[0].lstrip()[:1] in {"{", "["}:
        return None
    found = [CsvTable(one, header, before) for one in ((said,) if said else DELIMITERS) if (header := _header(lines, one))]
    return max(found, key=lambda one: len(one.header), default=None)


def _header(lines: list[str], delimiter: str) -> tuple[str, ...]:
    """The columns that the first line names, () when it names none or the next line has another number of cells."""
    with _cells_of_at_most(max(len(line) for line in lines) + 1):
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter, strict=True) if row]
        except csv.Error:
            rows = [row for row in csv.reader(lines[:1], delimiter=delimiter) if row]
    names = _names(rows[0]) if rows else ()
    names = names[:-1] if names and not names[-1] else names  # a delimiter at the end of every line
    several = len(set(names)) > 1 or (len(names) == 1 and len(lines) > 1 and lines[1].startswith(_QUOTED_OBJECT))
    right = several and len(names) - len(set(names)) <= _DOUBLE and all(_COLUMN.fullmatch(name) for name in names)
    named = right and any(re.search(r"[^\W\d]", name) for name in names)
    return names if named and (len(rows) < 2 or abs(len(rows[1]) - len(rows[0])) <= 1) else ()


def _names(row: list[str]) -> tuple[str, ...]:
    """The names in a header. The first may be empty: pandas writes the number of the row there and calls the column so when it reads it."""
    names = tuple(cell.strip().lstrip(_MARK) for cell in row)
    return (_INDEX, *names[1:]) if len(names) > 1 and not names[0] else names


def rows(buffer: Buffer, found: CsvTable, known: KnownColumns, limits: FileLimits, place: Location) -> Iterator[RawRecord | Refused]:
    """Every row as an object; empty cells are left out. A header that is not known is refused, once, and nothing is read of its file."""
    if not known(found.header):
        yield place.refused(found.before + 1, UNKNOWN, ", ".join(found.header)[:_DETAIL])
        return
    lines = _Lines(buffer, limits.record)
    reader = csv.reader(lines, delimiter=found.delimiter)
    header = found.header
    while True:
        line = reader.line_num + 1
        try:
            with _cells_of_at_most(limits.record):
                row = next(reader, None)
        except csv.Error:
            yield place.refused(line, BROKEN)
            continue
        if row is None:
            return
        if line <= found.before or not row or _names(row)[: len(header)] == header:
            continue
        if _is_header(row) and known(names := _names(row)):
            header = names  # files put one behind the other, whose columns differ
            continue
        torn = len(row) < len(header) and lines.torn(reader.line_num)
        if torn or (len(row) > len(header) and any(row[len(header) :])):
            yield place.refused(line, BROKEN)
            continue
        cells = reversed(tuple(zip(header, row, strict=False)))  # of a column that stands there twice the first counts
        yield place.record(line, {name: cell for name, cell in cells if cell != ""})


def _is_header(row: list[str]) -> bool:
    """Whether a row may name columns: no cell is empty or a number. Rows of records fail here at once, before anything is looked up."""
    return (
        len(row) > 1 and not any(cell[:1].isdigit() for cell in row) and all(_COLUMN.fullmatch(cell.strip().lstrip(_MARK)) for cell in row)
    )


@contextmanager
def _cells_of_at_most(size: int) -> Iterator[None]:
    """The limit of a cell is one of the whole process: it is put back, because other code reads CSV as well."""
    before = csv.field_size_limit(size)
    try:
        yield
    finally:
        csv.field_size_limit(before)


class _Lines:
    """The lines of the text with their ends, none longer than ``limit``: a longer one comes in parts, which are broken rows."""

    def __init__(self, buffer: Buffer, limit: int) -> None:
        self._buffer, self._limit = buffer, limit
        self._given, self._quotes, self._whole = 0, 0, True

    def __iter__(self) -> Iterator[str]:
        for line in self._lines():
            self._given += 1
            self._quotes += line.count('"')
            self._whole = line.endswith(("\n", "\r"))
            yield line

    def torn(self, line: int) -> bool:
        """Whether the file ends within the row that ends with this line: the line has no end, or a cell is open."""
        return line == self._given and (not self._whole or (self._quotes % 2 == 1 and not self._buffer.fill()))

    def _lines(self) -> Iterator[str]:
        buffer = self._buffer
        while buffer.fill():
            end = buffer.line_end(self._limit)
            end = buffer.at + self._limit if end < 0 else min(end + 1, len(buffer.data))
            line = buffer.data[buffer.at : end]
            buffer.to(end)
            text = line.decode("utf-8", "replace").replace("\0", "")
            if "\r" in text[:-2]:
                yield from _LINE.findall(text)
            else:
                yield text
