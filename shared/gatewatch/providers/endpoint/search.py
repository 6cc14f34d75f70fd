"""The Elasticsearch query that finds process starts which may authenticate a cloud command line.

The query is as narrow as an index allows and never narrower than ``process`` reads: an index sees neither quoting nor base64, so
``process`` decides what a command line means. Pure.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from .command_line import PATTERNS

type Query = dict[str, Any]

INDICES = ("logs-endpoint.events.process-*", "winlogbeat-*", "auditbeat-*")
"""Elastic Defend, winlogbeat (Sysmon, Security) and auditbeat, as their vendors name them."""

_CLIS = ("az", "aws2?", "gcloud(\\.py)?")
_SHELLS = "sh|bash|zsh|dash|ash|ksh|mksh|fish|csh|tcsh|busybox|wsl|cmd|powershell|powershell_ise|pwsh"
_PYTHON = "(python|pythonw|pypy|py)[0-9.]*"
_QUOTES = "[\\\"' ]*"
PROGRAM = f"{_QUOTES}(.*[\\\\/])?-?({'|'.join(_CLIS)}|{_SHELLS}|{_PYTHON})(\\.(exe|cmd|bat|com|ps1|sh))?{_QUOTES}"
"""Every spelling of the programs that ``command_line.is_candidate`` knows, as a Lucene expression; a test compares the two."""

_ACTIONS = ("process creation", "process-created", "process_started", "exec", "executed", "ran-command", "created-process", "execve")
_LINES = ("process.command_line", "winlog.event_data.CommandLine", "auditd.data.cmd")
_EXECUTABLES = ("process.executable", "winlog.event_data.Image")
OWN = {"term": {"event.module": "gatewatch"}}
"""A pattern as wide as ``logs-*`` holds our own evidence too, which is no telemetry."""


def starts(since: datetime, until: datetime, *, anywhere: bool = False) -> Query:
    """Process starts in [since, until] by programs that can log in; with ``anywhere`` also those whose text says so (wildcard mode)."""
    programs = _any(_by_name(), *(_by_text() if anywhere else ()))
    within = {"range": {"@timestamp": {"gte": _milliseconds(since), "lte": _milliseconds(until)}}}
    return {"bool": {"filter": [within, *_process(), _start(), programs], "must_not": [OWN]}}


def _milliseconds(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def _process() -> Iterable[Query]:
    """A category, where there is one, says process; without one the fields do."""
    category = _equal("event.category", "process")
    yield _any(category, _without("event.category"))
    yield _any(category, *(_exists(name) for name in ("process", "winlog", "auditd")))


def _start() -> Query:
    """``event.type`` start; records that have no type yet say it otherwise."""
    said = [_equal(field, action) for field in ("event.action", "auditd.message_type") for action in _ACTIONS]
    untyped = _any(*said, _windows("1", "sysmon"), _windows("4688", "security"))
    return _any(_equal("event.type", "start"), {"bool": {"must_not": [_exists("event.type")], "filter": [untyped]}})


def _windows(code: str, provider: str) -> Query:
    codes = _any(*({"terms": {field: [code]}} for field in ("event.code", "winlog.event_id")))
    providers = _any(*(_like(field, f".*{provider}.*") for field in ("winlog.provider_name", "event.provider")))
    return {"bool": {"filter": [codes, providers]}}


def _by_name() -> Query:
    """By the process's name, else by its executable; what has neither is judged by its text, so all of it is wanted."""
    nameless = _any(*(_like(field, PROGRAM) for field in _EXECUTABLES), *_blank(*_EXECUTABLES))
    return _any(_like("process.name", PROGRAM), {"bool": {"filter": [_any(*_blank("process.name")), nameless]}})


def _by_text() -> Iterable[Query]:
    """By a published pattern in the command line, its blanks as wide as they like; what has no searchable line is wanted as it is."""
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
    """One of these is empty text, or none is searchable."""
    yield from ({"term": {field: ""}} for field in fields)
    yield _without(*fields)


def _without(*fields: str) -> Query:
    """None of these is searchable: absent, or longer than its index keeps (``ignore_above``)."""
    return {"bool": {"must_not": [_exists(field) for field in fields]}}
