"""Raw endpoint documents in the agents' own shape, for the contract suite."""

from ..provider import Sample


def samples() -> tuple[Sample, ...]:
    """A cloud command line that logs in, as an ECS document."""
    document = {
        "@timestamp": "2026-11-20T12:00:00Z",
        "event": {"id": "p0000001", "category": ["process"], "type": ["start"], "kind": "event"},
        "host": {"id": "h17", "name": "ws-17"},
        "user": {"name": "alice", "domain": "CONTOSO", "email": "alice@contoso.com"},
        "process": {"name": "az", "command_line": "az login", "args": ["az", "login"], "pid": 4711, "parent": {"name": "bash"}},
    }
    return (Sample(name="az login", record=document, account=None),)
