"""The endpoint part of an event."""

from msgspec import Struct

from ...model import Detail, Event

USER = "endpoint_user"
"""The subject of every process."""


class Process(Detail, Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="ecs.process"):
    """What an ECS process event adds; the command line is already redacted."""

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
    tool: str | None = None  # precise mode: which cloud CLI authenticates here ("az login", ...), None when none does
    pattern: str | None = None  # wildcard mode: which published pattern matches, None when none does
    obfuscated: bool = False


def process_of(event: Event) -> Process | None:
    """The process in this event; None for another provider's."""
    return event.detail if isinstance(event.detail, Process) else None
