"""Raw endpoint documents in the agents' own form, for the contract suite."""

from ..provider import Sample
from .keep import NOT_A_LOGIN, NOT_A_START


def samples() -> tuple[Sample, ...]:
    """ECS documents: the start of a cloud command line that logs in; its end and another command, which are ignored."""
    document = _document()
    end = document | {"event": {"id": "p0000002", "category": ["process"], "type": ["end"], "kind": "event"}}
    listing = {"name": "az", "command_line": "az vm list", "args": ["az", "vm", "list"], "pid": 4712, "parent": {"name": "bash"}}
    return (
        Sample(name="az login", record=document, account=None),
        Sample(name="its end", record=end, account=None, ignored=NOT_A_START),
        Sample(name="az vm list", record=document | {"process": listing}, account=None, ignored=NOT_A_LOGIN),
    )


def _document() -> dict[str, object]:
    return {
        "@timestamp": "2026-11-20T12:00:00Z",
        "event": {"id": "p0000001", "category": ["process"], "type": ["start"], "kind": "event"},
        "host": {"id": "h17", "name": "ws-17"},
        "user": {"name": "alice", "domain": "CONTOSO", "email": "alice@contoso.com"},
        "process": {"name": "az", "command_line": "az login", "args": ["az", "login"], "pid": 4711, "parent": {"name": "bash"}},
    }
