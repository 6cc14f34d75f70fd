"""A table as wide as the terminal allows, and where it is too narrow one block of lines a row. A pipe gets whole rows, never folded."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..model import Severity
from .plain_table import GAP, NUMBERS, WIDEST

_STYLES = {Severity.LOW: "cyan", Severity.MEDIUM: "yellow", Severity.HIGH: "bold dark_orange", Severity.CRITICAL: "bold red"}
_READABLE = 14  # columns that a cell needs at least; a shorter one needs no more than it has


def draw(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str, out: TextIO) -> Iterator[str]:
    """The lines of the table. Cells are printable text already, or severities, which have a colour on a terminal."""
    natural = [max(len(str(cell)) for cell in cells) for cells in zip(columns, *rows, strict=True)]
    whole = max(sum(natural) + GAP * len(columns), len(title))
    console = Console(file=out, width=None if out.isatty() else min(whole, WIDEST), highlight=False, emoji=False, markup=False)
    least = sum(min(width, _READABLE) for width in natural) + GAP * (len(columns) - 1)
    drawn = _blocks(columns, rows, title) if least > console.width else _grid(columns, rows, title)
    with console.capture() as captured:
        console.print(drawn)
    yield from (line.rstrip() for line in captured.get().splitlines())


def _grid(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str) -> Table:
    shown = Table(title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold", justify="right" if column in NUMBERS else "left")
    for row in rows:
        shown.add_row(*map(_text, row))
    return shown


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str) -> Table:
    """Each row as lines of "column  value", the value folded below itself; an empty line between rows."""
    shown = Table.grid(padding=(0, GAP, 0, 0))
    shown.title, shown.title_justify = title or None, "left"
    shown.add_column(no_wrap=True, style="dim")
    shown.add_column(overflow="fold")
    for number, row in enumerate(rows):
        if number:
            shown.add_row("", "")
        for column, cell in zip(columns, row, strict=True):
            if str(cell):
                shown.add_row(column, _text(cell))
    return shown


def _text(cell: object) -> Text:
    return Text(str(cell), style=_STYLES.get(cell, "") if isinstance(cell, Severity) else "")
