"""A table in a pipe or a file, as ``table.draw`` makes it there: the library of the terminal costs as much as a short command's own work."""

from collections.abc import Sequence

NUMBERS = frozenset({"score", "count", "points"})
GAP = 2
WIDEST = 4_000  # of a row in a pipe


def plain_lines(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str) -> list[str] | None:
    """The lines of the table; None for one whose columns only the library can measure: other than ASCII, blanks at an edge, very wide."""
    table = [columns, *([str(cell) for cell in row] for row in rows)]
    if not all(cell.isascii() and cell == cell.strip() for row in (*table, [title]) for cell in row):
        return None
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    whole = sum(widths) + GAP * (len(widths) - 1)
    if not all(widths) or len(title) > whole or whole > WIDEST:
        return None
    sides = [str.rjust if column in NUMBERS else str.ljust for column in columns]
    lines = [(" " * GAP).join(side(cell, width) for side, cell, width in zip(sides, row, widths, strict=True)).rstrip() for row in table]
    return [title, *lines] if title else lines
