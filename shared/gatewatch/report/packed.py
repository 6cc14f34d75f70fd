"""A report as the data of one page: columns of numbers into tables of texts, and compressed pieces with the details of alerts.

Nothing in it can end the element that it stands in: JSON has no ``<``, ``>`` or ``&``, and the pieces are Base64.
"""

import base64
import gzip
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

import msgspec
from msgspec import Struct

from ..model import Severity
from .blocks import forms
from .details import SHORT_ID, AlertDetail
from .model import AlertRow, Report

MOST_BYTES = 25_000_000
"""The size of a page."""

HIGHEST = 2_000
"""Alerts with details beside those that are open."""

IN_A_PIECE = 80
"""Alerts compressed together: 40 take 3 % more bytes, and what is unpacked to show one alert is half a megabyte of JSON."""

_ELEMENT = 80  # bytes around a piece, and its part of the count of details
_SEVERITIES = tuple(Severity)
_MARKUP = re.compile("[<>&]|[^ -~]")


class _Table:
    """Texts by number, each once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        found = self._numbers.setdefault(text, len(self.texts))
        if found == len(self.texts):
            self.texts.append(text)
        return found


class Piece(Struct, frozen=True):
    """The details of some alerts: gzip in Base64, with the number of alerts in it."""

    text: str
    alerts: int


def safe_json(value: object) -> str:
    """JSON that may stand in an HTML element: no markup, and no character that cannot be seen (bidirectional, separators of lines)."""
    return _MARKUP.sub(_escaped, msgspec.json.encode(value).decode())


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character.isprintable() and character not in "<>&":
        return character
    return "".join(f"\\u{unit:04x}" for unit in memoryview(character.encode("utf-16-le")).cast("H"))


def columns(rows: Sequence[AlertRow]) -> dict[str, Any]:
    """The lines as columns; texts are numbers of ``texts``."""
    table = _Table()
    n = table.number
    return {
        "id": [row.id[:SHORT_ID] for row in rows],
        "time": [int(row.time.timestamp()) for row in rows],
        "last": [int(row.last.timestamp()) for row in rows],
        "severity": [_SEVERITIES.index(row.severity) for row in rows],
        "score": [row.score for row in rows],
        "open": [int(row.status == "open") for row in rows],
        "events": [row.events for row in rows],
        "lane": [n(row.lane) for row in rows],
        "pair_lane": [n(row.pair_lane) for row in rows],
        "pair_time": [int(row.pair_time.timestamp()) if row.pair_time else 0 for row in rows],
        "account": [n(row.account) for row in rows],
        "person": [n(row.person or row.principal) for row in rows],
        "who": [n(row.who) for row in rows],
        "rule": [n(row.rule) for row in rows],
        "exception": [n(row.suppressed_by) for row in rows],
        "verdict": [n(row.verdict) for row in rows],
        "addresses": [[n(address) for address in row.addresses[:20]] for row in rows],
        "country": [n(", ".join(row.countries[:5])) for row in rows],
        "late": [int(row.detect_seconds or 0) for row in rows],
        "texts": table.texts,
    }


def wanted(rows: Sequence[AlertRow]) -> list[int]:
    """The places of the alerts that have details: the open ones and the highest, the highest first."""
    return [place for place, row in enumerate(rows) if place < HIGHEST or row.status == "open"]


def pieces(found: Iterable[AlertDetail], room: int) -> Iterator[Piece]:
    """The details in pieces, as long as there is room for them."""
    for some in batched(found, IN_A_PIECE):
        packed = gzip.compress(msgspec.json.encode(some), 9, mtime=0)
        text = base64.b64encode(packed).decode()
        room -= len(text) + _ELEMENT
        if room < 0:
            return
        yield Piece(text, len(some))


def summary(report: Report) -> Mapping[str, object]:
    """Everything of the report but its lines, for the page's own script."""
    fields = ("generated", "since", "person", "store", "read", "numbers", "coverage", "what_if", "annex", "cases")
    rules = [{"id": rule.id, "title": rule.title, "meaning": rule.meaning, "blocks": forms(rule.id)} for rule in report.rules]
    return {**{name: getattr(report, name) for name in fields}, "rules": rules}
