"""A report for machines: CSV that no spreadsheet takes for formulas, JSON lines from which every number can be computed again, and OCSF."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec
from msgspec import structs

from ..model.text import visible
from .build import Built
from .ocsf import finding

_FORMULA = re.compile(r"(^|[;,|])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet may begin a formula: at the start of a cell, also after blanks, and after what another locale takes for the end of
a cell; the signs also in full width, which East Asian locales read. Source: OWASP, "CSV injection"."""
_LIMIT = 2_000


def csv_text(built: Built) -> str:
    """One alert a line, with a header."""
    rows = built.report.rows
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_CSV)
    writer.writerows([_cell(getattr(row, name)) for name in _CSV] for row in rows)
    return out.getvalue()


_CSV = (
    "id", "time", "severity", "score", "status", "suppressed_by", "rule", "who", "person", "principal", "account", "family", "events",
    "first", "last", "addresses", "countries", "used", "outcome", "mfa", "reason", "verdict", "detect_seconds", "notify_seconds",
    "acknowledge_seconds", "close_seconds",
)  # fmt: skip


def _cell(value: object) -> object:
    """A cell: numbers stay numbers, a text is one visible line in which no formula begins."""
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return "" if value is None else value
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return _FORMULA.sub(r"\1\2'", visible(text, _LIMIT))


def json_lines(built: Built) -> str:
    """Lines with a ``type``: what was read, files, alerts, entries, responses, exceptions, and what it was computed from."""
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in _lines(built))


def _lines(built: Built) -> Iterator[Mapping[str, object]]:
    report = built.report
    read = structs.asdict(report.read) | {"files": None}
    yield {"type": "report", "generated": report.generated, "version": report.version, "since": report.since, "person": report.person}
    yield {"type": "read", **read}
    if report.read.files is not None:
        yield {"type": "records", "records": report.read.files.records, "dispositions": report.read.files.dispositions}
        yield from ({"type": "file", **structs.asdict(file)} for file in report.read.files.files)
        yield from ({"type": "refused", **structs.asdict(one)} for one in report.read.files.refused)
    yield {"type": "merged_or_retracted", "alerts": report.numbers.merged_or_retracted}
    yield from ({"type": "alert", **structs.asdict(row)} for row in report.rows)
    yield from ({"type": "entry", **structs.asdict(one)} for one in built.entries)
    for alert in built.alerts:
        yield from ({"type": "response", **structs.asdict(one), "key": None} for one in alert.responses)
    yield from ({"type": "exception", "highest": one.highest, **structs.asdict(one.use)} for one in report.suppressions)
    yield from ({"type": "control", "control": one.control, "rules": one.rules} for one in report.annex.controls)
    annex = report.annex
    yield {"type": "computed_from", "engine": annex.engine, "policy_version": annex.policy_version, "policy_sha256": annex.policy_sha256}


def ocsf_lines(built: Built) -> str:
    """One OCSF Detection Finding a line."""
    titles = {rule.id: rule for rule in built.report.rules}
    return "".join(msgspec.json.encode(finding(row, titles.get(row.rule))).decode() + "\n" for row in built.report.rows)
