"""Turns process records of endpoint agents into events: ECS documents (nested or dotted), winlogbeat and Sysmon, auditd."""

import html
import re
from datetime import datetime

from ...model import Event, Outcome
from ...reading.canonical import digest
from ...reading.fields import TEXT_LIMIT_CHARS, Fields, Notes, harmless, items, mapping, scalar, single, whole, word
from ...reading.times import moment
from .. import identity
from . import command_line
from .detail import USER, Process
from .redact import redact, redact_args

COMMAND_LINE_LIMIT_CHARS = 32_766
ARGS_LIMIT = 512
ARGS_LIMIT_CHARS = 65_536
_JUDGED_ARGS_LIMIT = 4096
_JUDGED_LIMIT_CHARS = 262_144  # much more than is stored, so that padding cannot hide a command
_START_ACTIONS = frozenset(
    {"process creation", "process-created", "process_started", "exec", "executed", "ran-command", "created-process", "execve"}
)
_START_CODES = {"1": "sysmon", "4688": "security"}
_SIGNS = ("process", "process.name", "process.command_line", "process.args", "process.executable", "process.pid", "winlog", "auditd")


class Document:
    """An ECS document that is read by dotted paths. Its keys may be nested, dotted or both."""

    __slots__ = ("_dotted", "data")

    def __init__(self, data: object) -> None:
        self.data = data
        nested = [inner for inner in mapping(data).values() if isinstance(inner, dict)]
        self._dotted = any("." in key for fields in (mapping(data), *nested) for key in fields)

    def get(self, path: str) -> object:
        """The value at this path, or None when it is absent."""
        parts = path.split(".")
        if self._dotted:
            return _at(self.data, parts)
        found = self.data
        for part in parts:
            found = mapping(found).get(part)
            if found is None:
                return None
        return found


def _at(data: object, parts: list[str]) -> object:
    if not parts:
        return data
    fields = mapping(data)
    for length in range(1, len(parts) + 1):
        value = fields.get(".".join(parts[:length]))
        if value is not None:
            found = _at(value, parts[length:])
            if found is not None:
                return found
    return None


def is_process(record: Fields) -> bool:
    """Whether this record is a process document of an endpoint agent."""
    data = record.data
    if any(data.get(sign) is not None for sign in _SIGNS):
        return True
    categories = items(Document(data).get("event.category"))
    return any(word(category) == "process" for category in categories[:16])


def from_document(record: Fields, tenant: str | None) -> Event | str:  # noqa: ARG001 - one signature for every source
    """The event in an endpoint document."""
    notes = Notes()
    doc = Document(record.data)
    event_id = notes.text(doc.get("event.id"), "id")
    found = _process(doc, notes)
    host = found.host_id or found.host_name
    user = _user(doc, notes)
    if host is None or user is None:
        notes.doubt("identity_missing")
    time = _time(doc, notes)
    return Event(
        vendor_id=f"endpoint|{event_id or digest(record.data)}",
        time=time,
        action="process_start" if found.start else notes.text(doc.get("event.action"), "action") or "process",
        outcome=Outcome.FAILURE if word(doc.get("event.outcome")) == "failure" else Outcome.SUCCESS,
        subject=USER,
        principal=f"{host or ''}|{user or ''}",
        person=identity.person_key(found.user_email or (user if user is not None and "@" in user else None)),
        names=_names(user, found),
        local_names=_names(user, found),
        user_name=user,
        display_name=notes.text(doc.get("user.full_name"), "display_name"),
        client=found.tool,
        truncated=notes.truncated,
        data_quality=notes.quality,
        detail=found,
    )


def _names(user: str | None, found: Process) -> tuple[str, ...]:
    """The names of this user for aliases and tuning lists. An OS user name is no person key, because hosts reuse the same names."""
    qualified = f"{found.user_domain}\\{user}" if user and found.user_domain else None
    return tuple(dict.fromkeys(known for known in (user, qualified, found.user_email) if known))


def _process(doc: Document, notes: Notes) -> Process:
    line = _line(doc.get("process.command_line") or doc.get("winlog.event_data.CommandLine") or doc.get("auditd.data.cmd"))
    args = _args(doc)
    executable = notes.text(doc.get("process.executable") or doc.get("winlog.event_data.Image"), "executable")
    name = notes.text(doc.get("process.name"), "process_name") or _basename(executable) or (_basename(args[0]) if args else None)
    verdict = command_line.verdict_of(name, line, args)
    parent = notes.text(doc.get("process.parent.executable") or doc.get("winlog.event_data.ParentImage"), "parent_executable")
    return Process(
        host_id=notes.text(doc.get("host.id"), "host_id"),
        host_name=notes.text(doc.get("host.name") or doc.get("host.hostname") or doc.get("winlog.computer_name"), "host_name"),
        user_domain=notes.text(doc.get("user.domain") or _windows_user(doc)[0], "user_domain"),
        user_email=notes.text(doc.get("user.email"), "user_email"),
        name=name,
        executable=executable,
        command_line=_kept(line, "command_line", notes),
        args=_kept_args(args, notes),
        parent_name=notes.text(doc.get("process.parent.name"), "parent_name") or _basename(parent),
        parent_command_line=_kept(
            _line(doc.get("process.parent.command_line") or doc.get("winlog.event_data.ParentCommandLine")), "parent_command_line", notes
        ),
        pid=whole(doc.get("process.pid") or doc.get("winlog.event_data.ProcessId")),
        start=_start(doc),
        tool=verdict.tool,
        pattern=verdict.pattern,
        obfuscated=verdict.obfuscated,
    )


def _start(doc: Document) -> bool:
    """Whether ``event.type`` is start. Raw winlogbeat and auditd records have no type; their event code or action is used."""
    categories = [word(item) for item in items(doc.get("event.category"))[:16]]
    if any(categories) and "process" not in categories:
        return False
    types = [word(item) for item in items(doc.get("event.type"))[:16]]
    if any(types):
        return "start" in types
    code = word(doc.get("event.code")) or word(doc.get("winlog.event_id")) or ""
    provider = word(doc.get("winlog.provider_name")) or word(doc.get("event.provider")) or ""
    if code in _START_CODES and _START_CODES[code] in provider:
        return True
    return (word(doc.get("event.action")) or word(doc.get("auditd.message_type")) or "") in _START_ACTIONS


def _time(doc: Document, notes: Notes) -> datetime | None:
    found = moment(single(doc.get("@timestamp")))
    if found is None:
        found = (
            moment(single(doc.get("process.start")))
            or moment(single(doc.get("winlog.time_created")))
            or moment(single(doc.get("event.created")))
        )
        notes.doubt("time_missing" if found is None else "time_approximate")
    return found


def _user(doc: Document, notes: Notes) -> str | None:
    written = notes.text(
        doc.get("user.name") or _windows_user(doc)[1] or doc.get("user.id") or doc.get("winlog.user.identifier"), "user_name"
    )
    return written.rpartition("\\")[2] or None if written else None


def _windows_user(doc: Document) -> tuple[str | None, str | None]:
    written = scalar(doc.get("winlog.event_data.User")) or scalar(doc.get("winlog.event_data.SubjectUserName"))
    if written is None:
        return None, None
    domain, mark, user = written.partition("\\")
    return (domain or None, user or None) if mark else (None, written)


def _line(value: object) -> str | None:
    """A command line, cut to the limit for evaluation. Some shippers leave XML escapes in it; they are decoded."""
    text = scalar(value)
    if text is None:
        return None
    text = text[:_JUDGED_LIMIT_CHARS]
    return html.unescape(text) if "&quot;" in text else text


def _kept(line: str | None, name: str, notes: Notes) -> str | None:
    if line is None:
        return None
    if len(line) > COMMAND_LINE_LIMIT_CHARS:
        notes.cut(name)
    return harmless(redact(line[:COMMAND_LINE_LIMIT_CHARS])[:COMMAND_LINE_LIMIT_CHARS], layout=True)


def _args(doc: Document) -> list[str]:
    found = doc.get("process.args")
    if found is None:
        data = mapping(doc.get("auditd.data"))
        found = data and [data[key] for key in (f"a{number}" for number in range(ARGS_LIMIT)) if key in data]
    texts = (value if isinstance(value, str) else scalar(value) for value in items(found)[:_JUDGED_ARGS_LIMIT])
    return [text[:_JUDGED_LIMIT_CHARS] for text in texts if text is not None]


def _kept_args(args: list[str], notes: Notes) -> tuple[str, ...]:
    kept: list[str] = []
    left = ARGS_LIMIT_CHARS
    for arg in args:
        if len(arg) > left or len(kept) == ARGS_LIMIT:
            notes.cut("args")
            break
        left -= len(arg)
        kept.append(arg)
    return tuple(harmless(arg, layout=True) for arg in redact_args(kept))


def _basename(path: str | None) -> str | None:
    return re.split(r"[\\/]", path.strip().strip('"'))[-1][:TEXT_LIMIT_CHARS] or None if path else None
