"""Raw endpoint documents in the agents' own form, for the contract suite."""

from ..provider import Sample
from .keep import NOT_A_LOGIN, NOT_A_START


def samples() -> tuple[Sample, ...]:
    """ECS documents: the start of a cloud command line that logs in; its end and another command, which are ignored."""
    document = _document()
    end = document | {"event": {"id": "p0000002", "category": ["process"], "type": ["end"], "kind": "event"}}
    other = {
        "name": "az",
        "command_line": "az vm start -n x",
        "args": ["az", "vm", "start", "-n", "x"],
        "pid": 4712,
        "parent": {"name": "bash"},
    }
    listing = {"name": "az", "command_line": "az vm list", "args": ["az", "vm", "list"], "pid": 4713, "parent": {"name": "bash"}}
    return (
        Sample(name="az login", record=document, account=None),
        Sample(name="its end", record=end, account=None, ignored=NOT_A_START),
        Sample(name="az vm start", record=document | {"process": other}, account=None, ignored=NOT_A_LOGIN),
        Sample(name="az vm list", record=document | _id("p0000003") | {"process": listing}, account=None),
        Sample(name="a script block", record=_script_block(), account=None),
        Sample(name="a connection of a cloud command line", record=_connection(document), account=None),
    )


def _id(event_id: str) -> dict[str, object]:
    return {"event": {"id": event_id, "category": ["process"], "type": ["start"], "kind": "event"}}


def _script_block() -> dict[str, object]:
    return {
        "@timestamp": "2026-11-20T12:03:00Z",
        "event": {"id": "p0000004", "code": "4104", "category": "process", "type": "info", "provider": "Microsoft-Windows-PowerShell"},
        "host": {"id": "h17", "name": "ws-17"},
        "powershell": {"file": {"script_block_text": "Connect-AzAccount", "script_block_id": "50d2dbda"}, "sequence": 1, "total": 1},
        "winlog": {"channel": "Microsoft-Windows-PowerShell/Operational", "user": {"name": "alice", "domain": "CONTOSO"}},
    }


def _connection(document: dict[str, object]) -> dict[str, object]:
    return document | {
        "event": {"id": "p0000005", "category": ["network"], "type": ["start", "connection"], "kind": "event"},
        "process": {"name": "aws.exe", "pid": 4714},
        "destination": {"domain": "oidc.eu-west-1.amazonaws.com", "ip": "203.0.113.9", "port": 443},
    }


def _document() -> dict[str, object]:
    return {
        "@timestamp": "2026-11-20T12:00:00Z",
        "event": {"id": "p0000001", "category": ["process"], "type": ["start"], "kind": "event"},
        "host": {"id": "h17", "name": "ws-17"},
        "user": {"name": "alice", "domain": "CONTOSO", "email": "alice@contoso.com"},
        "process": {"name": "az", "command_line": "az login", "args": ["az", "login"], "pid": 4711, "parent": {"name": "bash"}},
    }
