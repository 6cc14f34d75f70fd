"""The detail of an endpoint event."""

from msgspec import Struct

from ...model import Detail, Event

USER = "endpoint_user"
"""The subject of every process event."""


class Process(Detail, Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="ecs.process"):
    """The fields that an ECS process event adds. Command lines and arguments are already redacted."""

    host_id: str | None = None
    host_name: str | None = None
    user_domain: str | None = None
    user_email: str | None = None
    name: str | None = None
    executable: str | None = None
    command_line: str | None = None
    args: tuple[str, ...] = ()
    parent_name: str | None = None
    parent_command_line: str | None = None
    pid: int | None = None
    start: bool = True
    tool: str | None = None  # precise mode: the login that was found ("az login", ...), or None
    pattern: str | None = None  # wildcard mode: the published pattern that was found, or None
    obfuscated: bool = False


def process_of(event: Event) -> Process | None:
    """The process detail of this event; None for an event of another provider."""
    return event.detail if isinstance(event.detail, Process) else None
