"""docs/benchmarks.md and its chart, from what was measured."""

import os
import platform
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from benchmarks.side_by_side.contestants import ALL_CORES, BASE, GATEWATCH, SPARK, Contestant
from benchmarks.side_by_side.measure import Row

_ROW, _LEFT, _WIDE, _TOP = 26, 210, 400, 34
_OURS, _OTHERS = "#0f766e", "#94a3b8"


class Corpus(NamedTuple):
    """One corpus that all were measured on."""

    kind: str
    records: int
    size: int  # bytes
    findings: int
    rows: Sequence[Row]


class Streamed(NamedTuple):
    """One corpus through a pipe, Gatewatch alone."""

    kind: str
    records: int
    cpu: float
    memory: float
    alerts: int


class Page(NamedTuple):
    """Everything that the page says."""

    date: str
    command: str
    corpora: Sequence[Corpus]
    missing: Sequence[Contestant]
    streamed: Sequence[Streamed] = ()
    machine: Mapping[str, str] = {}


def machine() -> dict[str, str]:
    """What this run was measured on."""
    return {
        "processor": _processor(),
        "cores": str(_cores()),
        "memory": f"{_memory():.0f} GB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}, {_built()}",
    }


def _built() -> str:
    """How this Python was built: profile-guided optimisation makes Python's own code faster, and that of C libraries not at all."""
    return (
        f"built with{'' if '--enable-optimizations' in (sysconfig.get_config_var('CONFIG_ARGS') or '') else 'out'} --enable-optimizations"
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor() or "unknown")


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def written(page: Page, chart: str) -> str:
    """The page as Markdown; ``chart`` is the address of the picture."""
    lines = [
        "# Benchmarks",
        "",
        f"Made by `{page.command}` on {page.date}. Every figure of this page comes from that one run; do not edit it by hand.",
        "",
        "Each contestant reads the same file in a process of its own, round after round in turn. *CPU* is user and system time of the process",
        "and its children, the best of the rounds, in microseconds a record. *of json.loads* is the median of the ratios to `json.loads` in the",
        "same round, which a busy machine moves least: compare these. *Wall* is the best of the rounds. *Memory* is the largest resident set of",
        "any of its processes. The start of the process and its imports are included.",
        "*Truth*: whether it found exactly the planted findings. The other engines evaluate three rules without state; Gatewatch also learns",
        "familiarity, runs all its rules, windows and pairs, groups, scores and stores evidence and alerts.",
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in page.machine.items()),
        "",
        *([f"![CPU of each contestant]({chart})"] if page.corpora else []),
    ]
    for corpus in page.corpora:
        lines += ["", f"## {corpus.kind}, {corpus.records:,} records", "", _about(corpus), "", *_table(corpus), *_among_ours(corpus)]
    lines += _streamed(page.streamed)
    lines += ["", "## Versions", "", *_versions(page)]
    return "\n".join(lines) + "\n"


def _about(corpus: Corpus) -> str:
    return f"{corpus.size / 1e6:,.0f} MB, {corpus.findings:,} findings (`python -m benchmarks.corpus {corpus.kind} {corpus.records}`)."


def _table(corpus: Corpus) -> Iterable[str]:
    yield "| contestant | CPU, \u00b5s a record | of json.loads | wall, s | memory, MB | truth | what it does |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in sorted(corpus.rows, key=lambda row: row.cpu):
        truth = {None: "evaluates nothing", True: "right", False: "**wrong**"}[row.right]
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        each = row.cpu / corpus.records * 1e6
        yield f"| {row.contestant.name} | {each:.1f} | {ratio} | {row.wall:.1f} | {row.memory:.0f} | {truth} | {row.contestant.about} |"


def _among_ours(corpus: Corpus) -> Iterable[str]:
    """What Gatewatch's own rows say together: whether they stored the same, what Spark costs more, what a second process brings."""
    rows = {row.contestant.name: row for row in corpus.rows if row.runs[0].answer.stored}
    one = rows.pop(GATEWATCH, None)
    if one is None or not rows:
        return
    expected = one.runs[0].answer.stored
    same = all(run.answer.stored == expected for row in rows.values() for run in row.runs)
    yield ""
    names = " and ".join(f"*{name}*" for name in rows)
    verb = "stored" if same else "**did not store**"
    yield f"{names} {verb} the same evidence and alerts as *{GATEWATCH}*, but for the clock of the run."
    if SPARK in rows:
        yield f"Spark's overhead: {rows[SPARK].cpu - one.cpu:.0f} s of CPU."
    if ALL_CORES in rows:
        yield f"All cores take {rows[ALL_CORES].wall / one.wall:.2f} of the time of one process, start included."


def _streamed(streamed: Sequence[Streamed]) -> Iterable[str]:
    if not streamed:
        return
    yield from ("", "## Gatewatch alone, through a pipe", "")
    yield "Another process makes the records; they are never stored. CPU and memory are Gatewatch's own."
    yield from ("", "| corpus | records | CPU, \u00b5s a record | memory, MB | alerts |", "| --- | --- | --- | --- | --- |")
    for one in streamed:
        yield f"| {one.kind} | {one.records:,} | {one.cpu / one.records * 1e6:.1f} | {one.memory:.0f} | {one.alerts:,} |"


def _versions(page: Page) -> Iterable[str]:
    found = {row.contestant.name: row.runs[0].answer.version for corpus in page.corpora for row in corpus.rows}
    yield from (f"- {name}: {version}" for name, version in found.items())
    yield from (f"- {contestant.name}: not measured, {contestant.missing}" for contestant in page.missing)


def chart(corpus: Corpus) -> str:
    """The CPU of each contestant as an SVG of bars, shortest first."""
    rows = sorted(corpus.rows, key=lambda row: row.cpu)
    longest = max((row.cpu for row in rows), default=1.0)
    height = _TOP + _ROW * len(rows) + 12
    bars = [_bar(number, row, longest, corpus.records) for number, row in enumerate(rows)]
    title = f"CPU in microseconds a record, {corpus.kind} corpus of {corpus.records:,} records"
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDE + 90} {height}" role="img" aria-label="{escape(title)}">',
        f'<rect width="100%" height="{height}" fill="#ffffff"/>',
        "<style>text{font:13px system-ui,sans-serif;fill:#0f172a}</style>",
        f'<text x="12" y="21" style="font-weight:600">{escape(title)}</text>',
        *bars,
        "</svg>",
        "",
    ))  # fmt: skip


def _bar(number: int, row: Row, longest: float, records: int) -> str:
    top = _TOP + number * _ROW
    width = max(1.0, row.cpu / longest * _WIDE)
    name = row.contestant.name
    colour = _OURS if name.startswith("Gatewatch") else "#64748b" if name == BASE else _OTHERS
    return (
        f'<text x="{_LEFT - 8}" y="{top + 17}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{_LEFT}" y="{top + 4}" width="{width:.1f}" height="18" rx="2" fill="{colour}"/>'
        f'<text x="{_LEFT + width + 6:.1f}" y="{top + 17}">{row.cpu / records * 1e6:.1f}</text>'
    )
