"""The arithmetic of a score, line by line: what ``explain``, the terminal and the README show."""

import textwrap
from collections.abc import Sequence

from ..model import ScoreComponent, Severity

_POINTS = 6
_NAME = 32


def arithmetic(components: Sequence[ScoreComponent], score: int, severity: Severity, width: int | None = None) -> list[str]:
    """One line per score component, a rule, and the sum with its severity; with ``width`` reasons wrap in their own column.

    Strings are as stored: whoever prints them makes them visible first.
    """
    longest = min(max([len(component.name) for component in components] + [_NAME // 2]), _NAME)
    rows = [line for component in components for line in _row(component, longest, width)]
    return [*rows, " " * (_POINTS - 4) + "─" * 4, f"{score:>{_POINTS}d}  {severity.value} ({severity.lowest} to {severity.highest})"]


def _row(component: ScoreComponent, longest: int, width: int | None) -> list[str]:
    head = f"{component.points:>+{_POINTS}d}  {_cut(component.name, longest)}"
    if width is None:
        return [f"{head}  {component.reason}".rstrip()]
    first, *rest = textwrap.wrap(component.reason, max(width - len(head) - 2, _NAME // 2)) or [""]
    return [f"{head}  {first}".rstrip(), *(" " * (len(head) + 2) + line for line in rest)]


def _cut(name: str, width: int) -> str:
    return (name if len(name) <= width else name[: width - 1] + "…").ljust(width)


def top(components: Sequence[ScoreComponent], count: int = 3) -> list[ScoreComponent]:
    """The largest score components, positive or negative; clamps explain nothing and come last."""
    return sorted(components, key=lambda component: (component.kind == "clamp", -abs(component.points)))[:count]
