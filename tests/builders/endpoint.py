"""Endpoints: typed process starts, and the documents that three agents write of them."""

from datetime import datetime
from typing import Any

from gatewatch.model import Event
from gatewatch.providers.endpoint import raw_samples, samples

from .common import ALICE, changed, having, minutes, sample


def typed(at_minutes: float = 0, number: int = 1, **changes: Any) -> Event:
    """A cloud command line authenticates on Alice's host."""
    fields: dict[str, Any] = {
        "vendor_id": f"endpoint|{number}",
        "time": minutes(at_minutes),
        "person": ALICE,
        "names": ("alice", ALICE),
        "user_name": None,
        "host_id": None,
    }
    merged = {**fields, **changes}
    return having(samples.process().event, **{"local_names": merged["names"], **merged})


def record(**changes: Any) -> dict[str, Any]:
    """An ECS process start; ``...`` takes a property away."""
    made = sample(raw_samples.samples(), "az login")
    fields = {
        **made,
        "@timestamp": "2026-11-20T10:00:00Z",
        "event": made["event"] | {"id": "p-1"},
        "user": {"name": "alice", "domain": "CONTOSO"},
        "process": made["process"] | {"pid": 7, "parent": {"name": "bash", "command_line": "bash"}},
    }
    return changed(fields, changes)


def started(
    event_id: str, at: datetime, line: str | None, name: str = "az", *, args: list[str] | None = None, **changes: Any
) -> dict[str, Any]:
    """A process start with this command line, as Elastic's agent writes it."""
    process = {
        "name": name,
        "command_line": ... if line is None else line,
        "args": args or (line or "").split(),
        "parent": {"name": "bash"},
    }
    fields = {
        "@timestamp": at.isoformat(),
        "event": {"kind": "event", "category": ["process"], "type": ["start"], "action": "exec", "id": event_id},
        "user": {"name": "ana", "email": "ana@contoso.example"},
        "process": changed(process, {}),
    }
    return record(**{**fields, **changes})


def sysmon(line: str, image: str, at: datetime, **changes: Any) -> dict[str, Any]:
    """A process start as winlogbeat ships Sysmon without any pipeline."""
    data = {"Image": image, "CommandLine": line, "User": "CONTOSO\\bob", "ProcessId": "7"}
    fields = {
        "@timestamp": at.isoformat(),
        "event": {"kind": "event", "code": "1", "provider": "Microsoft-Windows-Sysmon", "action": "Process Create (rule: ProcessCreate)"},
        "host": {"name": "ws-2"},
        "winlog": {"event_id": "1", "provider_name": "Microsoft-Windows-Sysmon", "computer_name": "ws-2", "event_data": data},
    }
    return changed(fields, changes)


def audit(args: list[str], name: str, at: datetime, **changes: Any) -> dict[str, Any]:
    """A process start as auditbeat writes it: arguments, no command line."""
    fields = {
        "@timestamp": at.isoformat(),
        "event": {"kind": "event", "category": ["process"], "type": ["start"], "action": "executed", "module": "auditd"},
        "host": {"id": "h3", "name": "srv-3"},
        "user": {"name": "carol"},
        "process": {"name": name, "args": args, "pid": 9},
        "auditd": {"message_type": "syscall", "data": {"syscall": "execve"}},
    }
    return changed(fields, changes)
