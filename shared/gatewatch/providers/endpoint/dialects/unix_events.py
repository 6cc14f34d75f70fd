"""Process starts of Unix systems: osquery's process_events, macOS' eslogger, and the lines of Linux' audit.log.

osquery: osquery/osquery specs (process_events, es_process_events); eslogger: fields of EndpointSecurity's exec event. An audit EXECVE line
has arguments and no user; what is not quoted in it is hexadecimal.
"""

from collections.abc import Mapping

from ....reading.fields import Fields, items, mapping, scalar, whole, word
from ....reading.late_pattern import LatePattern
from ...dialect import Dialect, Gap
from ...dialect_rows import row, translated

_NO_HOST = Gap("host", "It names no host, so logins of all hosts in the file are those of one.")
_NO_PERSON = Gap("person", "A user is a number, so no person is joined across clouds.")
_START: dict[str, object] = {"category": ["process"], "type": ["start"], "kind": "event"}
_OTHER: dict[str, object] = {"category": ["process"], "type": ["info"], "kind": "event"}

_OSQUERY = (
    row("process.executable", "path"),
    row("process.command_line", "cmdline"),
    row("process.pid", "pid"),
    row("process.start", "time"),
    row("user.name", "username"),
    row("user.id", "uid", "auid", "euid"),
)


def _osquery(record: Fields) -> Mapping[str, object]:
    result = translated(record.object("columns"), _OSQUERY)
    started = word(record.get("action")) in {None, "added", "snapshot"}
    host = scalar(record.first("hostIdentifier", "host_identifier")) or scalar(record.object("decorations").get("hostname"))
    return {
        **result,
        "@timestamp": record.object("columns").first("time") or record.first("unixTime", "calendarTime"),
        "host": {"name": host},
        "event": _START if started else _OTHER,
    }


OSQUERY = Dialect(
    name="osquery: process_events, es_process_events",
    marks=frozenset({"columns"}),
    recognise=lambda record: "process_events" in (word(record.get("name")) or "") and bool(mapping(record.get("columns"))),
    translate=_osquery,
    cannot_carry=(_NO_PERSON, Gap("parent", "The parent is a number, so who started a program is not said.", flagged=False)),
    sample={
        "name": "pack_x_process_events",
        "hostIdentifier": "ws-17",
        "calendarTime": "Fri Nov 20 10:01:05 2026 UTC",
        "unixTime": 1795168865,
        "action": "added",
        "columns": {"pid": "4711", "path": "/usr/bin/az", "cmdline": "az login", "parent": "9", "uid": "1000", "time": "1795168860"},
    },
)


def _exec(record: Fields) -> Fields:
    return Fields(mapping(Fields(mapping(record.data.get("event"))).get("exec")))


def _eslogger(record: Fields) -> Mapping[str, object]:
    event = _exec(record)
    target = event.object("target")
    token = target.object("audit_token")
    arguments = event.get("args") or target.get("args")
    return {
        "@timestamp": record.get("time"),
        "event": _START
        | {"id": scalar(record.get("global_seq_num")) and f"{scalar(record.get('time'))}|{scalar(record.get('global_seq_num'))}"},
        "user": {"id": scalar(token.first("ruid", "auid", "euid"))},
        "process": {
            "executable": scalar(target.object("executable").get("path")),
            "args": [text for item in items(arguments)[:512] if (text := scalar(item)) is not None],
            "pid": token.get("pid"),
            "parent": {"executable": scalar(record.object("process").object("executable").get("path"))},
        },
    }


ESLOGGER = Dialect(
    name="macOS eslogger: exec",
    marks=frozenset({"event_type"}),
    recognise=lambda record: whole(record.get("event_type")) == 9 and bool(_exec(record).data),
    translate=_eslogger,
    cannot_carry=(_NO_HOST, _NO_PERSON),
    sample={
        "schema_version": 1,
        "event_type": 9,
        "time": "2026-11-20T10:01:00.000000000Z",
        "process": {"audit_token": {"pid": 4811}, "executable": {"path": "/bin/zsh"}},
        "event": {
            "exec": {
                "target": {
                    "audit_token": {"pid": 4812, "euid": 501, "auid": 501},
                    "ppid": 4700,
                    "executable": {"path": "/usr/local/bin/az"},
                },
                "args": ["az", "login"],
            }
        },
    },
)

_LINE = LatePattern(
    r"(?:node=(?P<node>\S{1,255}) )?type=(?P<type>[A-Z_0-9]{1,32}) msg=audit\((?P<time>\d{9,11}\.\d{3}):(?P<serial>\d{1,20})\)\s?:"
)
_ARGUMENT = LatePattern(r' a(\d{1,4})(?:\[(\d{1,4})\])?=(?:"([^"]*)"|([0-9A-Fa-f]+))')
_LINE_LIMIT_CHARS = 262_144


def _line(record: Fields) -> str | None:
    text = record.data.get("message")
    return text[:_LINE_LIMIT_CHARS] if isinstance(text, str) and _LINE.match(text.lstrip()) else None


def _audit(record: Fields) -> Mapping[str, object]:
    line = (_line(record) or "").lstrip()
    head = _LINE.match(line)
    parts = {} if head is None else head.groupdict()
    started = parts.get("type") == "EXECVE"
    host = Fields(mapping(record.get("host"))).first("name", "hostname") or parts.get("node")
    return {
        "@timestamp": parts.get("time"),
        "event": (_START if started else _OTHER) | {"id": f"{host or ''}|{parts.get('time')}:{parts.get('serial')}"},
        "host": {"name": host},
        "process": {"args": _arguments(line) if started else []},
    }


def _arguments(line: str) -> list[str]:
    """The arguments in their order; long ones come in numbered parts."""
    found: dict[int, str] = {}
    for number, _part, quoted, coded in _ARGUMENT.findall(line):
        place = int(number)
        found[place] = found.get(place, "") + (quoted or _decoded(coded))
    return [found[place] for place in sorted(found)]


def _decoded(coded: str) -> str:
    try:
        return bytes.fromhex(coded).decode("utf-8", "replace")
    except ValueError:
        return coded


AUDIT_LINE = Dialect(
    name="Linux audit.log: EXECVE lines",
    marks=frozenset({"message"}),
    recognise=lambda record: "process" not in record.data and "auditd" not in record.data and _line(record) is not None,
    translate=_audit,
    cannot_carry=(_NO_HOST, Gap("user", "The user is in another line of the same event."), _NO_PERSON),
    sample={"message": 'type=EXECVE msg=audit(1795168860.000:1): argc=2 a0="az" a1="login"'},
)
