"""The arithmetic of a score, line by line: what ``explain``, the terminal and the README show."""

import textwrap
from collections.abc import Sequence

from ..model import Addend, Severity

_POINTS = 6
_NAME = 32


def arithmetic(addends: Sequence[Addend], score: int, severity: Severity, width: int | None = None) -> list[str]:
    """One line an addend, a rule, and the sum with its severity; with ``width`` reasons wrap in their own column.

    Strings are as stored: whoever prints them makes them visible first.
    """
    longest = min(max([len(addend.name) for addend in addends] + [_NAME // 2]), _NAME)
    rows = [line for addend in addends for line in _row(addend, longest, width)]
    return [*rows, " " * (_POINTS - 4) + "─" * 4, f"{score:>{_POINTS}d}  {severity.value} ({severity.lowest} to {severity.highest})"]


def _row(addend: Addend, longest: int, width: int | None) -> list[str]:
    head = f"{addend.points:>+{_POINTS}d}  {_cut(addend.name, longest)}"
    if width is None:
        return [f"{head}  {addend.reason}".rstrip()]
    first, *rest = textwrap.wrap(addend.reason, max(width - len(head) - 2, _NAME // 2)) or [""]
    return [f"{head}  {first}".rstrip(), *(" " * (len(head) + 2) + line for line in rest)]


def _cut(name: str, width: int) -> str:
    return (name if len(name) <= width else name[: width - 1] + "…").ljust(width)


def top(addends: Sequence[Addend], count: int = 3) -> list[Addend]:
    """The addends that weigh most, in either direction; clamps explain nothing and come last."""
    return sorted(addends, key=lambda addend: (addend.kind == "clamp", -abs(addend.points)))[:count]
