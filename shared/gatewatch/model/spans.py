"""Spans of time as people read them."""

from datetime import timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def span(length: timedelta) -> str:
    """Two units at most: "45 s", "3 min 20 s", "27 h 38 min", "3 d 4 h"; a negative span is "0 s"."""
    seconds = max(0, int(length.total_seconds()))
    for unit, name, smaller, smaller_name in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min"), (_MINUTE, "min", 1, "s")):
        if seconds >= unit:
            rest = seconds % unit // smaller
            return f"{seconds // unit} {name}" + (f" {rest} {smaller_name}" if rest else "")
    return f"{seconds} s"
