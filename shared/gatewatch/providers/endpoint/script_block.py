"""PowerShell's own log: script blocks (4104) say what a script is, module logging (4103) which cmdlet ran.

Documents as winlogbeat and Elastic's windows integration write them, and the raw event data. Event type is "info" there, so that no gate
on process starts applies. A long block comes in parts; each is read alone, so that a cmdlet cut in two is missed.
"""

import re
from collections.abc import Iterator

from ...reading.fields import Notes, items, mapping, scalar
from .agent_document import Document, line_of
from .command_line import Verdict, cmdlet_verdict, script_verdict

SCRIPT, CMDLET = "4104", "4103"
_PROVIDERS = ("powershell",)
_MODULES = re.compile(r"[\\/]modules[\\/]", re.IGNORECASE)
_COMMANDS = 16
_PARAMETERS = 64
_PAYLOAD = re.compile(
    r"(CommandInvocation|ParameterBinding)\(([^)\r\n]{1,256})\): (?:name=\"([^\"\r\n]{0,256})\"; value=)?\"([^\"]{0,8192})\""
)


def code_of(doc: Document) -> str | None:
    """4104 or 4103 when this document is of PowerShell's log, else None."""
    code = doc.folded("event.code", "winlog.event_id")
    if code not in {SCRIPT, CMDLET}:
        return None
    names = (doc.folded(path) for path in ("event.provider", "winlog.provider_name", "winlog.channel", "event.module"))
    return code if doc.get("powershell") is not None or any("powershell" in name for name in names) else None


def script_of(doc: Document) -> tuple[str | None, Verdict]:
    """The text of a script block and what it does. The file of a module only defines; its definitions are no calls."""
    text = line_of(doc.get("powershell.file.script_block_text") or doc.get("winlog.event_data.ScriptBlockText"))
    path = scalar(doc.get("file.path")) or scalar(doc.get("winlog.event_data.Path")) or ""
    if not text:
        return text, Verdict()
    return text, script_verdict(text, loaded=_MODULES.search(path) is not None)


def cmdlet_of(doc: Document) -> tuple[str | None, Verdict]:
    """The cmdlet that ran with its parameters, as one line, and what it does."""
    lines: list[str] = []
    best = Verdict()
    for name, arguments in _invocations(doc):
        verdict = cmdlet_verdict(name, arguments)
        lines.append(" ".join((name, *arguments)))
        if best.found is None or (verdict.found is not None and verdict.found.kind == "attack"):
            best = verdict if verdict.found is not None or best.listing is None else best
            if verdict.found is not None:
                lines = lines[-1:]
    return "; ".join(lines) or None, best


def _invocations(doc: Document) -> Iterator[tuple[str, list[str]]]:
    """Every cmdlet that the record names, with its parameters."""
    commands: dict[str, list[str]] = {}
    named = scalar(doc.get("powershell.command.name"))
    if named:
        commands[named] = []
    for kind, command, name, value in _details(doc):
        if len(commands) >= _COMMANDS and command not in commands:
            continue
        arguments = commands.setdefault(command, [])
        if kind == "ParameterBinding" and name and len(arguments) < 2 * _PARAMETERS:
            arguments += [f"-{name}", value]
    yield from commands.items()


def _details(doc: Document) -> Iterator[tuple[str, str, str, str]]:
    for detail in items(doc.get("powershell.command.invocation_details"))[: _COMMANDS * _PARAMETERS]:
        fields = mapping(detail)
        command = scalar(fields.get("related_command"))
        if command:
            yield scalar(fields.get("type")) or "", command, _bare(fields.get("name")), _bare(fields.get("value"))
    payload = scalar(doc.get("winlog.event_data.Payload")) or ""
    for match, _ in zip(_PAYLOAD.finditer(payload), range(_COMMANDS * _PARAMETERS), strict=False):
        yield match.group(1), match.group(2), match.group(3) or "", match.group(4)


def _bare(value: object) -> str:
    return (scalar(value) or "").strip().strip('"')


def host_program(notes: Notes, doc: Document) -> str:
    """The program that hosts PowerShell, for people."""
    return notes.text(doc.get("process.name"), "process_name") or "powershell"
