"""Process starts of cloud command lines in plain ECS; the command line is already redacted."""

from ...model import Event, Process
from ..ecs import Flat


def fields(event: Event, process: Process) -> Flat:
    """What a process event adds to the common fields."""
    return {
        "event.category": ["process"],
        "event.type": ["start"],
        "event.id": event.vendor_id.partition("|")[2],
        "host.id": process.host_id,
        "host.name": process.host_name,
        "user.name": event.user_name,
        "user.domain": process.user_domain,
        "user.email": process.user_email,
        "process.name": process.name,
        "process.executable": process.executable,
        "process.command_line": process.command_line,
        "process.args": process.args,
        "process.pid": process.pid,
        "process.parent.name": process.parent_name,
        "process.parent.command_line": process.parent_command_line,
        "gatewatch.process.tool": process.tool,
        "gatewatch.process.pattern": process.pattern,
        "gatewatch.process.obfuscated": process.obfuscated or None,
    }


def names(event: Event, process: Process) -> tuple[str | None, ...]:
    """Every name of the person, for ``related.user``."""
    return (event.user_name, process.user_email)
