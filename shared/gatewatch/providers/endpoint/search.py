"""The Elasticsearch queries for what endpoint agents write: what may authenticate a cloud command line, and which hosts wrote on which days.

The query finds at least every document that ``process`` would keep, and as few others as an index allows. An index cannot evaluate
quoting or base64, so ``process`` decides what a command line means. Pure functions.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ...tuning import Tuning
from .command_line import PATTERNS
from .context_events import CREDENTIAL_FILES, LOGIN_DOMAINS
from .indices import HOST_FIELDS, INDICES
from .search_names import CMDLETS, HINTS, NEAR, PROGRAM, SHELL_FILES

__all__ = ["HOST_FIELDS", "INDICES", "OWN", "for_tuning", "host_days", "host_record", "starts"]

type Query = dict[str, Any]

_ACTIONS = ("process creation", "process-created", "process_started", "exec", "executed", "ran-command", "created-process", "execve")
_CREATED = "processcreated"
_LINES = ("process.command_line", "winlog.event_data.CommandLine", "auditd.data.cmd")
_EXECUTABLES = ("process.executable", "winlog.event_data.Image")
_ORIGINALS = ("process.pe.original_file_name", "winlog.event_data.OriginalFileName")
OWN = {"term": {"event.module": "gatewatch"}}
"""Documents of Gatewatch itself. A wide index pattern such as ``logs-*`` contains them too; they are excluded."""


def for_tuning(since: datetime, until: datetime, tuning: Tuning) -> Query:
    """What is read in [since, until] under this tuning."""
    return starts(since, until, anywhere=tuning.endpoint_mode == "wildcard")


def starts(since: datetime, until: datetime, *, anywhere: bool = False) -> Query:
    """What is read in [since, until]: process starts by programs that can log in, PowerShell's log, connections and credential files.

    With ``anywhere`` (wildcard mode) also process starts with a published pattern in the command line.
    """
    found = _any(_by_name(), _near(), *(_by_text() if anywhere else ()))
    process = {"bool": {"filter": [*_process(), _start(), found]}}
    return {
        "bool": {
            "filter": [_within(since, until), _any(process, _powershell(), _connections(), _credential_files())],
            "must_not": [OWN],
        }
    }


def host_days(since: datetime, until: datetime) -> Query:
    """Every process start in [since, until], for an aggregation by host: a host that wrote before is no new host."""
    return {"bool": {"filter": [_within(since, until), *_process(), _start()], "must_not": [OWN]}}


def host_record(values: Mapping[str, object], first: datetime) -> dict[str, Any] | None:
    """A process start that stands for the first of a host, from one bucket of an aggregation by ``HOST_FIELDS``; None without a host.

    It is no login and becomes no evidence; it teaches since when the host is there. Its id is the same for the same first moment.
    """
    host = {field.partition(".")[2]: str(value) for field in HOST_FIELDS if (value := values.get(field)) not in {None, ""}}
    if not host:
        return None
    return {
        "@timestamp": _milliseconds(first),
        "event": {"id": f"first-of-host|{'|'.join(host.values())}|{_milliseconds(first)}", "category": ["process"], "type": ["start"]},
        "host": host,
        "process": {"name": "first-of-host"},
    }


def _within(since: datetime, until: datetime) -> Query:
    return {"range": {"@timestamp": {"gte": _milliseconds(since), "lte": _milliseconds(until)}}}


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
    return _any(
        _equal("event.type", "start"),
        _equal("event.action", _CREATED),
        {"bool": {"must_not": [_exists("event.type")], "filter": [untyped]}},
    )


def _windows(code: str, provider: str) -> Query:
    codes = _any(*({"terms": {field: [code]}} for field in ("event.code", "winlog.event_id")))
    providers = _any(*(_like(field, f".*{provider}.*") for field in ("winlog.provider_name", "event.provider")))
    return {"bool": {"filter": [codes, providers]}}


def _powershell() -> Query:
    """Script blocks, all of them: a hidden cmdlet has no word that an index could find. Module logging by the name of what ran."""
    names = ("event.provider", "winlog.provider_name", "winlog.channel", "event.module")
    channel = _any(_exists("powershell"), *(_like(field, ".*powershell.*") for field in names))
    script = _any(*(_equal(field, "4104") for field in ("event.code", "winlog.event_id")))
    module = _any(*(_equal(field, "4103") for field in ("event.code", "winlog.event_id")))
    named = _any(*(_like("powershell.command.name", name) for name in CMDLETS), *_blank("powershell.command.name"))
    return {"bool": {"filter": [channel, _any(script, {"bool": {"filter": [module, named]}})]}}


def _connections() -> Query:
    domains = [*LOGIN_DOMAINS, "oidc.*.amazonaws.com", "portal.sso.*.amazonaws.com", "*.signin.aws.amazon.com"]
    fields = ("destination.domain", "dns.question.name", "winlog.event_data.DestinationHostname", "url.domain", "server.domain")
    names = _any(*({"wildcard": {field: {"value": domain, "case_insensitive": True}}} for field in fields for domain in domains))
    network = _any(_equal("event.category", "network"), _windows("3", "sysmon"))
    return {"bool": {"filter": [network, names]}}


def _credential_files() -> Query:
    files = _any(_equal("event.category", "file"), _windows("11", "sysmon"))
    pieces = [_like(field, piece) for field in ("file.path", "winlog.event_data.TargetFilename") for piece in CREDENTIAL_FILES]
    return {"bool": {"filter": [files, _any(*pieces)]}}


def _by_name() -> Query:
    """The process name fits, or without a name the executable. Documents with neither are all included."""
    nameless = _any(*(_like(field, name) for field in _EXECUTABLES for name in PROGRAM), *_blank(*_EXECUTABLES))
    renamed = (_like(field, SHELL_FILES) for field in _ORIGINALS)
    named = (_like("process.name", name) for name in PROGRAM)
    return _any(*named, *renamed, {"bool": {"filter": [_any(*_blank("process.name")), nameless]}})


def _near() -> Query:
    """Programs that run or ask for something: only with the name of a tool or an address in the command line, or without a searchable line."""
    nameless = _any(*(_like(field, name) for field in _EXECUTABLES for name in NEAR))
    names = _any(*(_like("process.name", name) for name in NEAR), {"bool": {"filter": [_any(*_blank("process.name")), nameless]}})
    return {"bool": {"filter": [names, _any(*(_like(field, hint) for field in _LINES for hint in HINTS), *_blank(*_LINES))]}}


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
