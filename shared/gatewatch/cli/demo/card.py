"""An Adaptive Card as text: what a Teams channel shows, near enough to judge it in a terminal."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 84


def lines(message: Mapping[str, Any], width: int = WIDTH) -> list[str]:
    """A boxed rendering of a Teams message (its first card) or of a bare card."""
    attachments = message.get("attachments") or [{"content": message}]
    card = attachments[0]["content"]
    body = [line for element in card.get("body", ()) for line in _element(element, width - 4)]
    buttons = "   ".join(f"[ {action.get('title', '')} ]" for action in card.get("actions", ()))
    if buttons:
        body += ["", *textwrap.wrap(buttons, width - 4)]
    edge = "─" * (width - 2)
    return [f"╭{edge}╮", *(f"│ {line:<{width - 4}} │" for line in body), f"╰{edge}╯"]


def _element(element: Mapping[str, Any], width: int) -> Iterator[str]:
    match element.get("type"):
        case "TextBlock":
            yield from _wrapped(str(element.get("text", "")), width)
        case "RichTextBlock":
            yield from _wrapped("".join(_run(run) for run in element.get("inlines", ())), width)
        case "FactSet":
            yield from _facts(element.get("facts", ()), width)
        case "Table":
            yield from _table(element, width)
        case "ColumnSet":
            yield from _columns(element, width)
        case "ActionSet":
            yield "   ".join(f"[ {action.get('title', '')} ]" for action in element.get("actions", ()))
        case _:
            for inner in element.get("items", ()):
                yield from _element(inner, width)


def _run(run: object) -> str:
    return str(run.get("text", "")) if isinstance(run, Mapping) else str(run)


def _wrapped(text: str, width: int) -> Iterator[str]:
    for line in text.splitlines() or [""]:
        yield from textwrap.wrap(line, width, drop_whitespace=False) or [""]


def _facts(facts: Any, width: int) -> Iterator[str]:  # noqa: ANN401 - a card is JSON
    for fact in facts:
        yield from _labelled(str(fact.get("title", "")), str(fact.get("value", "")), width)


def _labelled(label: str, value: str, width: int) -> Iterator[str]:
    start = f"{label:<14} "
    for n, line in enumerate(textwrap.wrap(value, width - len(start)) or [""]):
        yield (start if n == 0 else " " * len(start)) + line


def _columns(element: Mapping[str, Any], width: int) -> Iterator[str]:
    cells = [" ".join(line for item in column.get("items", ()) for line in _element(item, width)) for column in element.get("columns", ())]
    if len(cells) == 2:
        yield from _labelled(cells[0], cells[1], width)
    else:
        yield from _wrapped("  ".join(cells), width)


def _table(element: Mapping[str, Any], width: int) -> Iterator[str]:
    for row in element.get("rows", ()):
        cells = [" ".join(line for item in cell.get("items", ()) for line in _element(item, width)) for cell in row.get("cells", ())]
        yield from _labelled(cells[0], "  ".join(cells[1:]), width) if cells else ()
