"""A Teams card without Teams, as text for a terminal. It draws only what the card holds."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

type Node = Mapping[str, Any]


def content(message: Node) -> Node:
    """The Adaptive Card inside the webhook's message."""
    found: Node = message["attachments"][0]["content"]
    return found


def plain(message: Node, width: int = 88) -> str:
    """The card in a frame of plain characters, ``width`` columns wide."""
    card = content(message)
    inner = width - 4
    lines = [line for node in card["body"] for line in _lines(node, inner)]
    lines += ["".join(f"[ {action['title']} ]  " for action in card.get("actions", [])).rstrip()] if card.get("actions") else []
    framed = [f"│ {line.ljust(inner)} │" for line in lines]
    return "\n".join(["┌" + "─" * (width - 2) + "┐", *framed, "└" + "─" * (width - 2) + "┘"]) + "\n"


def _lines(node: Node, width: int) -> Iterator[str]:
    if node["type"] == "Container":
        for item in node["items"]:
            yield from _lines(item, width)
        yield "─" * width
        return
    if node.get("separator"):
        yield ""
    for line in "".join(run["text"] for run in node["inlines"]).split("\n"):
        monospaced = node["inlines"][0].get("fontType") == "Monospace"
        yield from textwrap.wrap(line, width, subsequent_indent=" " * 6 if monospaced else "  ") or [""]
