"""What a person sees: results on standard output, everything else on standard error. Nothing an attacker wrote is markup or a control code."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol, TextIO

import msgspec

from ..model import Severity
from .encoding import tolerant
from .plain_table import plain_lines

_BEGINNING = re.compile(r" *(?:[+-]?\d+  +|[A-Za-z][\w .&-]*?  +)?")
"""The indent of a line, and its label where two spaces end one: what is folded stands below what follows it."""


class Step(Protocol):
    """Advances a progress bar by this many records."""

    def __call__(self, done: int, /) -> None:
        """Move on."""
        ...


def printable(value: object) -> str:
    """One line without control, format or bidirectional characters: safe in a terminal, whoever wrote it."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))


class Screen(NamedTuple):
    """Where a command writes; tests pass their own streams."""

    out: TextIO
    err: TextIO
    stdin: TextIO

    @classmethod
    def standard(cls) -> "Screen":
        """The process's own streams; a character that their encoding lacks is written in a form that it has."""
        return cls(tolerant(sys.stdout), tolerant(sys.stderr), sys.stdin)

    def line(self, text: object = "") -> None:
        """One line of the result; a terminal folds it between words, below its own beginning."""
        self.out.write("".join(f"{line}\n" for line in _folded(printable(text), self.out)))

    def text(self, text: str) -> None:
        """Several lines that are already safe to show."""
        for line in text.splitlines():
            self.line(line)

    def verbatim(self, text: str) -> None:
        """Lines to copy: a terminal that is too narrow folds them, this program does not."""
        self.out.write("".join(f"{printable(line)}\n" for line in text.splitlines()))

    def json(self, value: object) -> None:
        """One JSON line of the result."""
        self.out.write(msgspec.json.encode(value).decode() + "\n")

    def note(self, text: object) -> None:
        """One line beside the result: a warning, a hint, an error."""
        self.err.write("".join(f"{line}\n" for line in _folded(printable(text), self.err)))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
        """A table; severity names are coloured on a terminal, and a narrow terminal gets one block of lines a row."""
        cells = [[cell if isinstance(cell, Severity) else printable("" if cell is None else cell) for cell in row] for row in rows]
        lines: Iterable[str] | None = None if self.out.isatty() else plain_lines(columns, cells, printable(title))
        if lines is None:
            from .table import draw  # noqa: PLC0415 - a pipe does not pay for it

            lines = draw(columns, cells, printable(title), self.out)
        self.out.write("".join(f"{line}\n" for line in lines))

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Step]:
        """A progress bar on standard error, only on a terminal."""
        if not self.err.isatty():
            yield _silent
            return
        from rich.console import Console  # noqa: PLC0415 - see draw
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - same

        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(file=self.err),
            transient=True,
        )
        with bar:
            task = bar.add_task(printable(label), total=total)
            yield lambda done: bar.advance(task, done)


def _folded(line: str, out: TextIO) -> list[str]:
    """The line in the terminal's width; a file or a pipe gets it whole."""
    if not out.isatty():
        return [line]
    import shutil  # noqa: PLC0415 - a pipe does not pay for it
    import textwrap  # noqa: PLC0415 - same

    width = shutil.get_terminal_size().columns
    if not width or len(line) <= width:
        return [line]
    start = _BEGINNING.match(line)
    hang = start.end() if start and start.end() <= width // 2 else 2
    return textwrap.wrap(line, width, subsequent_indent=" " * hang, break_on_hyphens=False, drop_whitespace=True) or [""]


def _silent(done: int, /) -> None:
    del done
