"""The Elasticsearch query that finds process starts which may authenticate a cloud command line.

The query finds at least every document that ``process`` would keep, and as few others as an index allows. An index cannot evaluate
quoting or base64, so ``process`` decides what a command line means. Pure functions.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from .command_line import PATTERNS

type Query = dict[str, Any]

INDICES = ("logs-endpoint.events.process-*", "winlogbeat-*", "auditbeat-*")
"""The default index patterns of Elastic Defend, winlogbeat (Sysmon, Security) and auditbeat."""

_CLIS = ("az", "aws2?", "gcloud(\\.py)?")
_SHELLS = "sh|bash|zsh|dash|ash|ksh|mksh|fish|csh|tcsh|busybox|wsl|cmd|powershell|powershell_ise|pwsh"
_PYTHON = "(python|pythonw|pypy|py)[0-9.]*"
_QUOTES = "[\\\"' ]*"
PROGRAM = f"{_QUOTES}(.*[\\\\/])?-?({'|'.join(_CLIS)}|{_SHELLS}|{_PYTHON})(\\.(exe|cmd|bat|com|ps1|sh))?{_QUOTES}"
"""A Lucene expression for the programs that ``command_line.is_candidate`` accepts; a test compares the two."""

_ACTIONS = ("process creation", "process-created", "process_started", "exec", "executed", "ran-command", "created-process", "execve")
_LINES = ("process.command_line", "winlog.event_data.CommandLine", "auditd.data.cmd")
_EXECUTABLES = ("process.executable", "winlog.event_data.Image")
OWN = {"term": {"event.module": "gatewatch"}}
"""Documents of Gatewatch itself. A wide index pattern such as ``logs-*`` contains them too; they are excluded."""


def starts(since: datetime, until: datetime, *, anywhere: bool = False) -> Query:
    """Process starts in [since, until] by programs that can log in.

    With ``anywhere`` (wildcard mode) also those with a published pattern in the command line.
    """
    programs = _any(_by_name(), *(_by_text() if anywhere else ()))
    within = {"range": {"@timestamp": {"gte": _milliseconds(since), "lte": _milliseconds(until)}}}
    return {"bool": {"filter": [within, *_process(), _start(), programs], "must_not": [OWN]}}


def _milliseconds(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def _process() -> Iterable[Query]:
    """The category is process; or there is no category and a process field exists."""
    category = _equal("event.category", "process")
    yield _any(category, _without("event.category"))
    yield _any(category, *(_exists(name) for name in ("process", "winlog", "auditd")))


def _start() -> Query:
    """``event.type`` is start; or there is no type, and the action or event code is that of a process start."""
    said = [_equal(field, action) for field in ("event.action", "auditd.message_type") for action in _ACTIONS]
    untyped = _any(*said, _windows("1", "sysmon"), _windows("4688", "security"))
    return _any(_equal("event.type", "start"), {"bool": {"must_not": [_exists("event.type")], "filter": [untyped]}})


def _windows(code: str, provider: str) -> Query:
    codes = _any(*({"terms": {field: [code]}} for field in ("event.code", "winlog.event_id")))
    providers = _any(*(_like(field, f".*{provider}.*") for field in ("winlog.provider_name", "event.provider")))
    return {"bool": {"filter": [codes, providers]}}


def _by_name() -> Query:
    """The process name fits, or without a name the executable. Documents with neither are all included."""
    nameless = _any(*(_like(field, PROGRAM) for field in _EXECUTABLES), *_blank(*_EXECUTABLES))
    return _any(_like("process.name", PROGRAM), {"bool": {"filter": [_any(*_blank("process.name")), nameless]}})


def _by_text() -> Iterable[Query]:
    """The command line contains a published pattern, with any number of blanks. Documents without a searchable line are all included."""
    patterns = "|".join(pattern.replace(" ", "[ \t\r\n]+") for pattern in PATTERNS)
    yield from (_like(field, f".*({patterns}).*") for field in _LINES)
    yield from _blank(*_LINES)


def _any(*queries: Query) -> Query:
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def _equal(field: str, value: str) -> Query:
    return {"term": {field: {"value": value, "case_insensitive": True}}}


def _like(field: str, expression: str) -> Query:
    return {"regexp": {field: {"value": expression, "case_insensitive": True, "flags": "NONE"}}}


def _exists(field: str) -> Query:
    return {"exists": {"field": field}}


def _blank(*fields: str) -> Iterable[Query]:
    """One of these fields is empty text, or none of them is searchable."""
    yield from ({"term": {field: ""}} for field in fields)
    yield _without(*fields)


def _without(*fields: str) -> Query:
    """None of these fields is searchable: it is absent, or longer than ``ignore_above``."""
    return {"bool": {"must_not": [_exists(field) for field in fields]}}
