"""docs/proof.md, made of the committed tables: `make docs` writes it, a test compares the two."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from . import table
from .matrix.columns import COLUMNS
from .noise import campaign as noise
from .noise.rates import RATES

_HEAD = """# Proof

Made by `make docs` from the tables in `scripts/prove/tables/`. `make prove` compares the tables with what happens now and fails on a
difference in either direction; `make prove-table` renews them. Data of others is reached through `CONFORMANCE_DATA` and is not part of
this repository. A behaviour can be played by hand: `gatewatch simulate NAME`.
"""
_MATRIX = """
## Live matrix

Each behaviour's records, with 12 ordinary days before them, go through the deployed path: the event patterns of `template.yaml`, a queue
and the built artifact in the Lambda runtime; a fake Graph (v1.0 shows what v1.0 has, beta everything) and the function app on Microsoft's
runtime; an Elasticsearch and the endpoint query. *together* delivers to all of them. "kept" means that a record became evidence or a low
alert and nobody was notified; an empty cell, that this input carries none of its records or that nothing of it was kept. "with every stream"
means that `STREAMS` names them all; "with Has..." names the condition of a parameter of `template.yaml`; "with notify_from = low", a
policy that announces low findings. `GRAPH_API=auto`, the default, reads beta where it answers.
"""
_ATTACKS = """
## Published attacks, by default settings

"notified": somebody was notified about a record of this step. "recorded": it is evidence, or a low event of an alert. "out of scope" is
said only where the technique begins after entry. Bold steps must be notified.
"""
_STORIES = """
## Stories of the technique

"given" stories are those of `CONFORMANCE_DATA`, the others those of `gatewatch simulate`. "context" counts the records that an alert shows
beside its events; "others", the alerts that the ordinary days before made.
"""
_VARIANTS = """
## What a careful attacker does instead

Variants of the stories, by default settings, from files, after 30 ordinary days. "missed": nobody is notified; "recorded" says that it is
evidence nevertheless, "unseen" that it is not. ATT&CK names the technique of the variant.
"""
_SIGMA = """
## What Sigma's public rules say of the same files
"""
_NOISE = """
## Noise: a generated organisation

No attack but the planted ones, one of each behaviour. The first {learning} days teach; {counted} days count. A seed is a month of
its own. At the rates of the table at most {most:g} notified alerts a day are allowed, and no more than {worst} on any one day; `make prove` fails when a figure is
another one than here.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD.rstrip()
    yield _MATRIX
    yield from _matrix()
    yield _ATTACKS
    yield from _attacks()
    yield _STORIES
    yield from _stories()
    yield _VARIANTS
    yield from _variants()
    yield _SIGMA
    yield from _sigma()
    yield from _noise()


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "| " + " | ".join("---" for _ in columns) + " |"
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def _matrix() -> Iterator[str]:
    names = {"rule": "### Rules", "story": "### Stories", "attack": "### Entry events of the published attacks"}
    rows = table.load("matrix")
    for what, title in names.items():
        yield f"\n{title}\n"
        yield from _table(
            ("behaviour", *COLUMNS, "live"), ((r["row"], *(r[c] for c in COLUMNS), r["live"]) for r in rows if r["what"] == what)
        )


def _attacks() -> Iterator[str]:
    yield from _table(
        ("data", "step", "records", "verdict", "event", "why"),
        (
            (r["data"], f"**{r['step']}**" if r["must"] else r["step"], r["records"], r["verdict"], r["rule"], r["why"])
            for r in table.load("attacks")
        ),
    )


def _stories() -> Iterator[str]:
    yield from _table(
        ("story", "profile", "verdict", "highest", "context", "others", "why"),
        ((r["story"], r["profile"], r["verdict"], r["rule"], r["context"], r["others"], r["why"]) for r in table.load("stories")),
    )


def _variants() -> Iterator[str]:
    columns = ("variant", "ATT&CK", "verdict", "seen", "event", "why")
    yield from _table(columns, ((r["step"], r["attack"], r["verdict"], r["seen"], r["rule"], r["why"]) for r in table.load("variants")))


def _sigma() -> Iterator[str]:
    found = table.load("sigma")
    yield found["note"] + "\n"
    yield from _table(
        ("data", "hits", "rules that hit", "what they name"), ((r["data"], r["hits"], r["rules"], r["says"]) for r in found["rows"])
    )


def _noise() -> Iterator[str]:
    yield _NOISE.format(learning=noise.LEARNING, counted=noise.COUNTED, most=noise.MOST_A_DAY, worst=noise.MOST_ON_ONE_DAY)
    columns = ("people", "seed", "rates times", "records", "notified", "a day", "worst day", "planted", "not notified")
    figures = ("people", "seed", "factor", "records", "notified", "a_day", "worst_day", "planted")
    rows = table.load("noise")
    yield from _table(columns, ((*(r[name] for name in figures), ", ".join(r["not_notified"]) or "none") for r in rows))
    yield "\nNotified alerts by rule: " + "; ".join(
        f"seed {r['seed']}, times {r['factor']:g}: " + ", ".join(f"{rule} {count}" for rule, count in r["by_rule"].items()) for r in rows
    )
    yield "\n### Rates\n"
    yield from _table(("habit", "rate", "unit", "source"), ((name, f"{r.value:g}", r.unit, r.source) for name, r in RATES.items()))
