"""The terminal: one alert on one screen, its arithmetic line by line."""

import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from ..model import Severity
from ..ports import Notice, PlainNotice
from .compose import compose
from .links import Links
from .message import AlertMessage
from .text import plain_lines

WIDTH = 96
_COLOURS = {Severity.CRITICAL: "1;97;41", Severity.HIGH: "1;30;43", Severity.MEDIUM: "1;97;44", Severity.LOW: "1;30;47"}
type _Paint = Callable[[str, str], str]

_BOLD, _DIM = "1", "2"
_LABEL = 12


def render(notice: Notice, *, color: bool = False, width: int = WIDTH, links: Links | None = None) -> str:
    """The notification as a block of text that ends in a newline; ``color`` adds ANSI colours, ``width`` is in columns."""
    width = max(width, 40)
    said = compose(notice, links)
    paint = _paint if color else _plain
    lines = [
        paint(f" {said.severity_name} {said.score} ", _COLOURS[said.severity]) + " " + paint(said.title, _BOLD),
        "━" * width,
        *_body(said, width, paint),
    ]
    return "\n".join(lines) + "\n"


def _body(said: AlertMessage, width: int, paint: _Paint) -> Iterator[str]:
    for mark in said.marks:
        yield from (paint(line, _BOLD) for line in textwrap.wrap(f"! {mark}", width, subsequent_indent="  "))
    yield from textwrap.wrap(said.reason, width)
    if said.meaning != said.reason:
        yield from (paint(line, _DIM) for line in textwrap.wrap(said.meaning, width))
    yield ""
    for label, value in [("Why now", said.why_now), *((row.label, row.value) for row in said.rows)]:
        yield from _row(label, value, width, paint)
    for title, items in said.sections():
        yield ""
        yield paint(title, _BOLD)
        for item in items:
            yield from textwrap.wrap(item, width, initial_indent="  ", subsequent_indent="     ", break_on_hyphens=False)
    yield ""
    yield paint("Score", _BOLD)
    yield from (_short(line, width) for line in said.sums(width))
    yield ""
    yield paint("Next steps", _BOLD)
    yield from _steps(said.steps, width)
    yield from _row("Runbook", said.runbook, width, paint)
    for link in said.links:
        if link.url != said.runbook:
            yield from textwrap.wrap(f"{link.label}: {link.url}", width, break_on_hyphens=False)


def _row(label: str, value: str, width: int, paint: _Paint) -> Iterator[str]:
    first, *rest = textwrap.wrap(value, width - _LABEL - 1, break_on_hyphens=False) or [""]
    yield f"{paint(label.ljust(_LABEL), _DIM)} {first}"
    yield from (f"{' ' * _LABEL} {line}" for line in rest)


def _steps(steps: Iterable[str], width: int) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        yield from textwrap.wrap(f"{number}. {step}", width, initial_indent="  ", subsequent_indent="     ", break_on_hyphens=False)
    yield ""


def _short(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


def _plain(text: str, _code: str) -> str:
    return text


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


class TerminalNotifier:
    """Writes to a stream; never fails for a character that the stream cannot show."""

    name = "terminal"

    def __init__(self, stream: TextIO, *, color: bool | None = None, width: int = WIDTH, links: Links | None = None) -> None:
        """``color`` None asks the stream whether it is a terminal."""
        self._stream = stream
        self._color = stream.isatty() if color is None else color
        self._width = width
        self._links = links

    def send(self, notice: Notice) -> None:
        """Print the notification and an empty line."""
        self._write(render(notice, color=self._color, width=self._width, links=self._links) + "\n")

    def send_plain(self, notice: PlainNotice) -> None:
        """Print a message that is about no alert, and an empty line."""
        self._write("\n".join(plain_lines(notice)) + "\n\n")

    def _write(self, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self._stream.flush()
