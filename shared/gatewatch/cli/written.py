"""Where a whole document goes: a file, or standard output."""

from pathlib import Path

from .screen import Screen

STDOUT = "-"


def write(text: str, target: str, screen: Screen, about: str) -> None:
    """Write it, and say where and what is in it. A page is UTF-8 wherever it is written.

    Raises:
        OSError: the file cannot be written.
    """
    if target == STDOUT:
        screen.out.write(text)
        return
    Path(target).write_text(text, "utf-8", newline="")
    screen.line(f"{target}: {about}, {len(text.encode()):,} bytes")
