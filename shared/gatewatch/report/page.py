"""A report as one HTML file that asks the network for nothing: its own style and script, and its data as text."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from msgspec import structs

from ..model import Severity
from ..model.nouns import counted, noun
from ..model.text import visible
from ..ports import Store
from .annex import addresses_cut
from .build import Built
from .details import details
from .model import Report
from .packed import IN_A_PIECE, MOST_BYTES, Piece, columns, pieces, safe_json, summary, wanted

SCRIPTS = ("core", "rows", "filter", "charts", "lanes", "table", "detail", "waterfall", "people", "main")
"""The parts of the page's script, in the order in which they need each other."""

_FOLDER = files(__package__) / "page"
_LIMIT = 2_000
_NONE = "\N{EN DASH}"


def html(built: Built, store: Store, most_bytes: int = MOST_BYTES) -> str:
    """The page. Open alerts and the highest ones have their details, as long as the page stays below ``most_bytes``.

    Raises:
        StoreUnavailable: the store is away.
    """
    report = built.report
    lines = safe_json(columns(report.rows))
    rest = safe_json(summary(report))
    room = most_bytes - len(_page(report, lines, rest, ()).encode())
    with_details = (built.alerts[place] for place in wanted(report.rows))
    found = list(pieces(details(with_details, store, report.generated), room))
    return _page(report, lines, rest, found)


def _page(report: Report, lines: str, rest: str, found: Sequence[Piece]) -> str:
    style, script = _style(), _script()
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            annex=report.annex,
            severities=[severity.value for severity in reversed(Severity)],
            policy="; ".join(_policy(style, script)),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own files
            lines=Markup(lines),  # noqa: S704 - safe_json leaves no markup in it
            rest=Markup(rest),  # noqa: S704 - same
            pieces=[Markup(piece.text) for piece in found],  # noqa: S704 - Base64
            detailed=sum(piece.alerts for piece in found),
            in_a_piece=IN_A_PIECE,
            fields=structs.asdict,
            addresses_cut=addresses_cut(report.rows),
        )
    )


def _policy(style: str, script: str) -> Iterable[str]:
    yield "default-src 'none'"
    yield f"style-src '{_hash(style)}'"
    yield f"script-src '{_hash(script)}'"
    yield "base-uri 'none'"
    yield "form-action 'none'"
    yield "require-trusted-types-for 'script'"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _style() -> str:
    return "\n".join((_FOLDER / f"{name}.css").read_text("utf-8") for name in ("base", "parts"))


@cache
def _script() -> str:
    parts = [(_FOLDER / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "n": _number,
        "noun": noun,
        "counted": counted,
        "when": _when,
        "lasting": _lasting,
        "markdown": _markdown,
        "percent": _percent,
    }
    return environment


def _shown(value: object) -> object:
    """Every text of the page, whoever wrote it: on one line, with hidden characters escaped. Autoescape follows."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    return visible(value, _LIMIT)


def _number(value: float) -> str:
    return f"{value:,}"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else _NONE


def _when(moment: datetime | None) -> str:
    return _NONE if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _lasting(seconds: float | None) -> str:
    if seconds is None:
        return _NONE
    span = timedelta(seconds=seconds)
    if span >= timedelta(days=2):
        return f"{span / timedelta(days=1):.1f} d"
    if span >= timedelta(hours=2):
        return f"{span / timedelta(hours=1):.1f} h"
    return f"{span / timedelta(minutes=1):.0f} min" if span >= timedelta(minutes=2) else f"{seconds:.0f} s"


def _markdown(text: str) -> Markup:
    """A playbook of ours. Its links lead to other pages of the documentation, which are not here: their texts stay."""
    return Markup(_reader().render(text))  # noqa: S704 - pages of this package, read without HTML


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name in ("link_open", "link_close", "image"):
        reader.add_render_rule(name, _nothing)
    return reader


def _nothing(*_args: object, **_more: object) -> str:
    return ""
