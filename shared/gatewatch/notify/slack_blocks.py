"""The blocks of a notification for a Slack incoming webhook.

Values stand in the text elements of rich text alone: Slack reads no markup, mention, emoji or link in them. The header is our own text.
"""

from collections.abc import Iterable
from typing import Any

from ..model import Link
from ..model.text import VALUE_LIMIT
from ..ports import Notice, PlainNotice
from . import payload
from .compose import compose
from .links import Links
from .message import AlertMessage
from .text import plain_lines, subject_of

type Json = dict[str, Any]

LIMIT_BYTES = 24 * 1024  # Slack takes 50 blocks and about 40,000 characters
HEADER_CHARACTERS = 150
TEXT_CHARACTERS = 2_900  # a text of Slack's ends at 3,000
_SHORTER = ((VALUE_LIMIT, True), (120, True), (80, True), (80, False), (40, False), (24, False))  # value lengths; with arithmetic and steps


def blocks(notice: Notice, links: Links | None = None, limit_bytes: int = LIMIT_BYTES) -> Json:
    """The body to post, at most 24 KiB of UTF-8: values get shorter and parts are left out until it fits."""
    *longer, (shortest, least) = _SHORTER
    for limit, whole in longer:
        found = _body(compose(notice, links, limit), notice, whole=whole)
        if len(payload.encoded(found)) <= limit_bytes:
            return found
    return _body(compose(notice, links, shortest), notice, whole=least)


def plain_blocks(notice: PlainNotice) -> Json:
    """The body of a message that is about no alert."""
    subject, *lines = plain_lines(notice)
    return {"text": _escaped(subject), "blocks": [_titled(subject, lines)]}


def _body(said: AlertMessage, notice: Notice, *, whole: bool) -> Json:
    found = [
        {"type": "header", "text": {"type": "plain_text", "text": said.headline[:HEADER_CHARACTERS], "emoji": False}},
        _rich([*_marks(said), _section([_text(said.reason)]), _section([_text("Why now: ", bold=True), _text(said.why_now)])]),
        _rich([_section([_text(f"{row.label}: ", bold=True), _text(row.value)]) for row in said.rows]),
        *(_titled(title, lines) for title, lines in said.sections()),
    ]
    if whole:
        found += [_titled("Score", said.sums()), _titled("Next steps", [f"{n}. {step}" for n, step in enumerate(said.steps, 1)])]
    found.append(_rich([_section([_text("Runbook: ", bold=True), _text(said.runbook)]), *_pages(said.links)]))
    return {"text": _escaped(subject_of(said, index_unavailable=notice.index_unavailable)), "blocks": found}


def _marks(said: AlertMessage) -> list[Json]:
    return [_section([_text(mark, bold=True)]) for mark in said.marks]


def _pages(links: Iterable[Link]) -> list[Json]:
    return [_section([{"type": "link", "url": link.url, "text": link.label}]) for link in links]


def _titled(title: str, lines: Iterable[str]) -> Json:
    """A title of ours and its lines."""
    return _rich([_section([_text(title, bold=True)]), *(_section([_text(line)]) for line in lines)])


def _rich(elements: list[Json]) -> Json:
    return {"type": "rich_text", "elements": elements}


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": [*elements, {"type": "text", "text": "\n"}]}


def _text(text: str, *, bold: bool = False) -> Json:
    return {"type": "text", "text": text[:TEXT_CHARACTERS] or "-"} | ({"style": {"bold": True}} if bold else {})


def _escaped(text: str) -> str:
    """The fallback of notifications is read as markup: Slack's three characters are escaped, which ends mentions and links."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
