"""Process starts as ECS documents. Command lines are already redacted."""

from ...model import Event
from ..ecs import Flat, unique
from .detail import process_of

_CATEGORIES = {"connection": "network", "file": "file"}
_TYPES = {"start": "start", "script": "info", "cmdlet": "info", "connection": "connection", "file": "change"}


def fields(event: Event) -> Flat:
    """The fields that a process event adds to the common fields."""
    process = process_of(event)
    if process is None:
        return {}
    return {
        "event.category": [_CATEGORIES.get(process.origin, "process")],
        "event.type": [_TYPES[process.origin]],
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
        "gatewatch.process.kind": process.tool_kind,
        "gatewatch.process.family": process.tool_family,
        "gatewatch.process.origin": process.origin if process.origin != "start" else None,
        "gatewatch.process.listing": process.listing,
        "gatewatch.process.target": process.target,
        "gatewatch.process.beside": process.beside,
        "gatewatch.process.pattern": process.pattern,
        "gatewatch.process.obfuscated": process.obfuscated or None,
        "gatewatch.process.access_keys": process.access_keys,
    }


def names(event: Event) -> list[str]:
    """Every name of who acted, for ``related.user``."""
    process = process_of(event)
    return unique(event.user_name, process.user_email) if process is not None else []
