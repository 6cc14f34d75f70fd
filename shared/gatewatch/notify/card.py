"""The Adaptive Card of a notification, in the message envelope that a Teams Workflows webhook takes.

Every value stands in a RichTextBlock's TextRun: Teams renders markdown and links in TextBlock and FactSet values, never in a TextRun.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..model import Severity
from ..model.text import VALUE_LIMIT
from ..ports import Notice, PlainNotice
from .compose import compose
from .links import Links
from .message import AlertMessage, Row
from .text import plain_lines

PAYLOAD_LIMIT_BYTES = 20 * 1024  # Teams takes 28 KiB counted after its own re-encoding, which grew a 24,453-byte request to 28,897
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
SHORTENED = "Shortened to fit: the alert document has the rest."

_STYLE = {Severity.CRITICAL: "attention", Severity.HIGH: "warning", Severity.MEDIUM: "accent", Severity.LOW: "default"}
# Value lengths to try, and how many parts come along: all, without arithmetic and steps, or the facts of the event and the news alone.
_ALL, _FACTS, _NEWS = 2, 1, 0
_ATTEMPTS = ((VALUE_LIMIT, _ALL), (160, _ALL), (90, _ALL), (90, _FACTS), (50, _FACTS), (24, _FACTS), (24, _NEWS))
_NEWS_ROWS = frozenset({"Who", "Where", "When", "Outcome", "Account", "Event id", "Alert id"})

type Json = dict[str, Any]


def card(notice: Notice, links: Links | None = None, limit_bytes: int = PAYLOAD_LIMIT_BYTES) -> Json:
    """The message to post, at most ``limit_bytes`` of UTF-8: values get shorter and parts are left out, visibly, until it fits."""
    *longer, (shortest, least) = _ATTEMPTS
    for limit, parts in longer:
        envelope = _envelope(_content(notice, links or Links(), limit, parts))
        if len(encode(envelope)) <= limit_bytes:
            return envelope
    return _envelope(_content(notice, links or Links(), shortest, least))


def plain_card(notice: PlainNotice) -> Json:
    """A card of lines, for a message that is about no alert; every text stands in a TextRun."""
    subject, *lines = plain_lines(notice)
    body = [_block([_run(subject, weight="Bolder", size="Large")]), *(_block([_run(line)]) for line in lines)]
    return _envelope(
        {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.4",
            "fallbackText": "Gatewatch: the policy changed",
            "msteams": {"width": "Full"},
            "body": body,
        }
    )


def encode(envelope: Json) -> bytes:
    """The body to post: compact UTF-8."""
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def _envelope(content: Json) -> Json:
    return {"type": "message", "attachments": [{"contentType": CONTENT_TYPE, "content": content}]}


def _content(notice: Notice, links: Links, limit: int, parts: int) -> Json:
    said = compose(notice, links, limit)
    body = [_head(said), *_facts(row for row in said.rows if parts or row.label in _NEWS_ROWS)]
    for title, lines in said.sections() if parts else said.news_sections():
        body += [_title(title), _block(_lines(lines))]
    if parts == _ALL:
        body += [_title("Score"), _block(_lines(_sums(said)), mono=True), _title("Next steps"), *_steps(said.steps)]
    if limit < VALUE_LIMIT:
        body.append(_block([_run(SHORTENED, isSubtle=True, italic=True)]))
    body.append(_block([_run("Runbook: ", weight="Bolder"), _run(said.runbook)]))
    content: Json = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "fallbackText": f"{said.severity_name} {said.score}: Gatewatch alert",
        "msteams": {"width": "Full"},
        "body": body,
    }
    actions = [{"type": "Action.OpenUrl", "title": link.label, "url": link.url} for link in said.links]
    return content | {"actions": actions} if actions else content


def _head(said: AlertMessage) -> Json:
    items = [_block([_run(said.headline, weight="Bolder", size="Large")])]
    items += [_block([_run(mark, weight="Bolder", color="Attention")]) for mark in said.marks]
    items.append(_block([_run(said.reason)]))
    if said.meaning != said.reason:
        items.append(_block([_run(said.meaning, isSubtle=True)]))
    items.append(_block([_run("Why now: ", weight="Bolder"), _run(said.why_now)]))
    items.append(_block([_run("Weighs most: ", weight="Bolder"), _run("; ".join(said.reasons))]))
    return {"type": "Container", "style": _STYLE[said.severity], "bleed": True, "items": items}


def _facts(rows: Iterable[Row]) -> list[Json]:
    return [_block([_run(f"{row.label}: ", weight="Bolder"), _run(row.value)], spacing="Small") for row in rows]


def _sums(said: AlertMessage) -> Iterator[str]:
    """The arithmetic without columns: a card shows several spaces as one."""
    yield from (f"{one.points:+d} {one.name}: {one.reason}" if one.reason else f"{one.points:+d} {one.name}" for one in said.components)
    yield f"= {said.score}  {said.severity.value} ({said.severity.lowest} to {said.severity.highest})"


def _steps(steps: Iterable[str]) -> list[Json]:
    return [_block([_run(f"{number}. {step}")], spacing="Small") for number, step in enumerate(steps, 1)]


def _title(text: str) -> Json:
    return _block([_run(text, weight="Bolder", size="Medium")], separator=True)


def _lines(lines: Iterable[str]) -> list[Json]:
    return [_run("\n".join(lines))]


def _block(runs: list[Json], *, mono: bool = False, **style: object) -> Json:
    inlines = [run | {"fontType": "Monospace"} for run in runs] if mono else runs
    return {"type": "RichTextBlock", "inlines": inlines, **style}


def _run(text: str, **style: object) -> Json:
    return {"type": "TextRun", "text": text or "-", **style}
