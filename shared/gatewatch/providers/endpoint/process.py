"""Turns records of endpoint agents into events: ECS documents (nested or dotted), winlogbeat with Sysmon and PowerShell, auditd."""

from datetime import datetime

from msgspec import Struct

from ...model import Event, Outcome
from ...reading.canonical import digest
from ...reading.fields import Fields, Notes, harmless, items, mapping, scalar, single, whole, word
from ...reading.times import moment
from .. import identity
from . import script_block
from .access_keys import MOST, access_keys
from .agent_document import COMMAND_LINE_LIMIT_CHARS, READ_LIMIT_CHARS, Document, basename, is_server, kept, line_of, windows_user
from .command_line import Verdict, verdict_of
from .context_events import credential_file, login_domain
from .detail import USER, Origin, Process, ToolKind
from .ordinary import starts_itself
from .redact import redact_args
from .tools.row import ToolClass

ARGS_LIMIT = 512
ARGS_LIMIT_CHARS = 65_536
_READ_ARGS_LIMIT = 4096
_START_ACTIONS = frozenset(
    {"process creation", "process-created", "process_started", "exec", "executed", "ran-command", "created-process", "execve"}
)
_CREATED = "processcreated"  # Defender; an older pipeline gave these records the type "end"
_START_CODES = {"1": "sysmon", "4688": "security"}
_SIGNS = (
    "process",
    "process.name",
    "process.command_line",
    "process.args",
    "process.executable",
    "process.pid",
    "winlog",
    "auditd",
    "powershell",
)

_LINES = ("process.command_line", "winlog.event_data.CommandLine")
_KINDS: dict[ToolClass, ToolKind] = {ToolClass.LOGIN: "login", ToolClass.TOKEN: "token", ToolClass.ATTACK: "attack"}

__all__ = ["ARGS_LIMIT", "ARGS_LIMIT_CHARS", "COMMAND_LINE_LIMIT_CHARS", "from_document", "is_process"]


class _Read(Struct, frozen=True):
    """What a document says was run."""

    origin: Origin
    line: str | None
    verdict: Verdict
    start: bool = True
    target: str | None = None


def is_process(record: Fields) -> bool:
    """Whether this record is a document of an endpoint agent about a process."""
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
    args = _args(doc)
    executable = notes.text(
        doc.get("process.executable") or doc.get("winlog.event_data.Image") or doc.get("winlog.event_data.NewProcessName"), "executable"
    )
    name = (
        notes.text(doc.get("process.name"), "process_name")
        or basename(executable)
        or notes.text(basename(args[0]) if args else None, "process_name")
    )
    parent = notes.text(
        doc.get("process.parent.executable") or doc.get("winlog.event_data.ParentImage") or doc.get("winlog.event_data.ParentProcessName"),
        "parent_executable",
    )
    parent_name = notes.text(doc.get("process.parent.name"), "parent_name") or basename(parent)
    parent_line = line_of(doc.get("process.parent.command_line") or doc.get("winlog.event_data.ParentCommandLine"))
    read = _read(doc, name, args)
    if read.line is None and any(doc.get(path) not in (None, "", [], {}) for path in _LINES):
        notes.unreadable("command_line")
    found = read.verdict.found
    sdk = found is not None and starts_itself(found, read.line or " ".join(args), parent_name, parent_line, sdk=read.verdict.sdk)
    tool = None if sdk else found
    return Process(
        host_id=notes.text(doc.get("host.id"), "host_id"),
        host_name=notes.text(doc.get("host.name") or doc.get("host.hostname") or doc.get("winlog.computer_name"), "host_name"),
        user_domain=notes.text(doc.get("user.domain") or windows_user(doc)[0] or _powershell_user(doc, "domain"), "user_domain"),
        user_email=notes.text(doc.get("user.email"), "user_email"),
        name=name if read.origin not in {"script", "cmdlet"} else script_block.host_program(notes, doc),
        executable=executable,
        command_line=kept(read.line, "command_line", notes),
        args=_kept_args(args, notes) if read.origin == "start" else (),
        parent_name=parent_name,
        parent_command_line=kept(parent_line, "parent_command_line", notes),
        pid=whole(doc.get("process.pid") or doc.get("winlog.event_data.ProcessId") or doc.get("winlog.process.pid")),
        start=read.start,
        origin=read.origin,
        target=harmless(read.target[:COMMAND_LINE_LIMIT_CHARS]) if read.target else None,
        server=is_server(doc),
        tool=tool.name if tool is not None else None,
        tool_kind=_KINDS.get(tool.kind) if tool is not None else None,
        by_itself=found.name if found is not None and sdk else None,
        tool_family=found.family if found is not None else None,
        listing=read.verdict.listing if tool is None else None,
        pattern=read.verdict.pattern,
        obfuscated=read.verdict.obfuscated,
        access_keys=_access_keys(read.line, args, notes),
    )


def _access_keys(line: str | None, args: list[str], notes: Notes) -> tuple[str, ...]:
    found = access_keys(line, args)
    if len(found) > MOST:
        notes.cut("access_keys")
    return found[:MOST]


def _read(doc: Document, name: str | None, args: list[str]) -> _Read:
    """What was run, by the kind of document."""
    code = script_block.code_of(doc)
    if code is not None:
        line, verdict = script_block.script_of(doc) if code == script_block.SCRIPT else script_block.cmdlet_of(doc)
        return _Read("script" if code == script_block.SCRIPT else "cmdlet", line, verdict)
    line = line_of(doc.get("process.command_line") or doc.get("winlog.event_data.CommandLine") or doc.get("auditd.data.cmd"))
    domain = login_domain(doc)
    if domain is not None:
        return _Read("connection", line, Verdict(), target=domain)
    file = credential_file(doc)
    if file is not None:
        return _Read("file", line, Verdict(), target=file)
    original = scalar(doc.get("process.pe.original_file_name")) or scalar(doc.get("winlog.event_data.OriginalFileName"))
    return _Read("start", line, verdict_of(name, line, args, original), start=_start(doc))


def _start(doc: Document) -> bool:
    """Whether ``event.type`` is start. Raw winlogbeat and auditd records have no type; their event code or action is used."""
    categories = doc.any_of("event.category")
    if categories and "process" not in categories:
        return False
    if doc.folded("event.action") == _CREATED:
        return True
    types = doc.any_of("event.type")
    if types:
        return "start" in types
    code = doc.folded("event.code", "winlog.event_id")
    provider = doc.folded("winlog.provider_name", "event.provider")
    if code in _START_CODES and _START_CODES[code] in provider:
        return True
    return doc.folded("event.action", "auditd.message_type") in _START_ACTIONS


def _time(doc: Document, notes: Notes) -> datetime | None:
    found = moment(single(doc.get("@timestamp")))
    if found is None:
        others = [single(doc.get(path)) for path in ("process.start", "winlog.time_created", "event.created")]
        found = next((time for value in others if (time := moment(value)) is not None), None)
        notes.doubt("time_missing" if found is None else "time_approximate")
        if found is None and any(value not in (None, "", [], {}) for value in (doc.get("@timestamp"), *others)):
            notes.unreadable("time")
    return found


def _user(doc: Document, notes: Notes) -> str | None:
    named = doc.get("user.name") or windows_user(doc)[1] or _powershell_user(doc, "name")
    written = notes.text(named or doc.get("user.id") or doc.get("winlog.user.identifier"), "user_name")
    return written.rpartition("\\")[2] or None if written else None


def _powershell_user(doc: Document, part: str) -> str | None:
    """The account that wrote the event: for PowerShell's log the user, for Sysmon always SYSTEM (so it is not asked there)."""
    return scalar(doc.get(f"winlog.user.{part}")) if script_block.code_of(doc) is not None else None


def _args(doc: Document) -> list[str]:
    found = doc.get("process.args")
    if found is None:
        data = mapping(doc.get("auditd.data"))
        found = data and [data[key] for key in (f"a{number}" for number in range(ARGS_LIMIT)) if key in data]
    texts = (value if isinstance(value, str) else scalar(value) for value in items(found)[:_READ_ARGS_LIMIT])
    return [text[:READ_LIMIT_CHARS] for text in texts if text is not None]


def _kept_args(args: list[str], notes: Notes) -> tuple[str, ...]:
    stored: list[str] = []
    left = ARGS_LIMIT_CHARS
    for arg in args:
        if len(arg) > left or len(stored) == ARGS_LIMIT:
            notes.cut("args")
            break
        left -= len(arg)
        stored.append(arg)
    return tuple(harmless(arg, layout=True) for arg in redact_args(stored))
