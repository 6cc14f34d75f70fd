"""A Teams card without Teams: as text for a terminal, as HTML for a screenshot. It draws only what the card holds."""

import html
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

_ACCENTS = {"attention": "#c4314b", "warning": "#c19c00", "accent": "#5b5fc7", "default": "#8a8886"}
_SIZES = {"Large": "1.3em", "Medium": "1.1em", "Default": "1em", "Small": ".85em"}
_COLOURS = {"Attention": "#c4314b"}

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


def html_page(message: Node) -> str:
    """A self-contained page that looks like the card; every text is escaped, nothing is fetched."""
    card = content(message)
    body = "".join(_html(node) for node in card["body"])
    actions = "".join(f'<a href="{html.escape(a["url"])}">{html.escape(a["title"])}</a>' for a in card.get("actions", []))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gatewatch card</title><style>'
        "body{font:14px/1.4 Segoe UI,system-ui,sans-serif;background:#f5f5f5;padding:2em}"
        "main{max-width:46em;margin:auto;background:#fff;border-radius:8px;box-shadow:0 1px 4px #0003;overflow:hidden;padding:0 1.2em 1em}"
        "section{margin:0 -1.2em .6em;padding:.8em 1.2em;border-left:6px solid;background:#faf9f8}"
        "p{margin:.25em 0;white-space:pre-wrap;overflow-wrap:anywhere}code{font-family:ui-monospace,Consolas,monospace}"
        "nav a{display:inline-block;margin:.8em .6em 0 0;padding:.35em .9em;border:1px solid #ccc;border-radius:4px;color:#333;text-decoration:none}"
        f"</style></head><body><main>{body}<nav>{actions}</nav></main></body></html>\n"
    )


def _html(node: Node) -> str:
    if node["type"] == "Container":
        colour = _ACCENTS.get(node.get("style", "default"), _ACCENTS["default"])
        return f'<section style="border-color:{colour}">{"".join(_html(item) for item in node["items"])}</section>'
    return f"<p>{''.join(_run(run) for run in node['inlines'])}</p>"


def _run(run: Node) -> str:
    tag = "code" if run.get("fontType") == "Monospace" else "b" if run.get("weight") == "Bolder" else "span"
    styles = [f"font-size:{_SIZES[run['size']]}"] if run.get("size") in _SIZES else []
    styles += [f"color:{_COLOURS[run['color']]}"] if run.get("color") in _COLOURS else []
    styles += ["color:#605e5c"] if run.get("isSubtle") else []
    style = f' style="{";".join(styles)}"' if styles else ""
    return f"<{tag}{style}>{html.escape(run['text'])}</{tag}>"
