"""What a tuning change would have done, on the screen."""

from ..report.what_if import Comparison
from .screen import Screen


def show(comparison: Comparison, screen: Screen, *, as_json: bool) -> None:
    """The comparison, for people or as one JSON line."""
    if as_json:
        screen.json(comparison)
        return
    counts = (
        f"+{comparison.count('added')} -{comparison.count('removed')} ~{comparison.count('changed')} alerts, {comparison.same} the same"
    )
    screen.line(f"{counts}; announced: {comparison.announced_before} before, {comparison.announced_after} after")
    screen.table(
        ("", "day", "principal", "before", "after"),
        (({"added": "+", "removed": "-"}.get(d.change, "~"), d.day, d.principal, d.before, d.after) for d in comparison.differences),
    )
