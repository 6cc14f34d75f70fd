"""What a person sees: results on standard output, everything else on standard error. Nothing an attacker wrote is markup or a control code."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol, TextIO

import msgspec

from ..model import Severity

PLAIN_WIDTH = 160  # columns of a table that is written to a file or a pipe
_STYLES = {Severity.LOW: "cyan", Severity.MEDIUM: "yellow", Severity.HIGH: "bold dark_orange", Severity.CRITICAL: "bold red"}


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
        """The process's own streams."""
        return cls(sys.stdout, sys.stderr, sys.stdin)

    def line(self, text: object = "") -> None:
        """One line of the result."""
        self.out.write(f"{printable(text)}\n")

    def text(self, text: str) -> None:
        """Several lines that are already safe to show."""
        self.out.write("".join(f"{printable(line)}\n" for line in text.splitlines()))

    def json(self, value: object) -> None:
        """One JSON line of the result."""
        self.out.write(msgspec.json.encode(value).decode() + "\n")

    def note(self, text: object) -> None:
        """One line beside the result: a warning, a hint, an error."""
        self.err.write(f"{printable(text)}\n")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
        """A table; severity names are coloured on a terminal."""
        from rich.console import Console  # noqa: PLC0415 - JSON output does not pay for it
        from rich.table import Table  # noqa: PLC0415 - same
        from rich.text import Text  # noqa: PLC0415 - same

        shown = Table(title=printable(title) or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
        for column in columns:
            shown.add_column(column, overflow="fold", justify="right" if column in {"score", "count", "points"} else "left")
        for row in rows:
            shown.add_row(*(Text(printable("" if cell is None else cell), style=_style(cell)) for cell in row))
        console = Console(file=self.out, width=None if self.out.isatty() else PLAIN_WIDTH, highlight=False, emoji=False, markup=False)
        with console.capture() as captured:
            console.print(shown)
        self.out.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Step]:
        """A progress bar on standard error, only on a terminal."""
        if not self.err.isatty():
            yield _silent
            return
        from rich.console import Console  # noqa: PLC0415 - see table
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


def _silent(done: int, /) -> None:
    del done


def _style(cell: object) -> str:
    return _STYLES.get(cell, "") if isinstance(cell, Severity) else ""
