"""The detail of an endpoint event."""

from typing import Literal

from msgspec import Struct

from ...model import Detail, Event

USER = "endpoint_user"
"""The subject of every process event."""

type ToolKind = Literal["login", "token", "attack"]
type Origin = Literal["start", "script", "cmdlet", "connection", "file"]


class Process(Detail, Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind", tag="ecs.process"):
    """The fields that an ECS event of a process adds. Command lines, scripts and arguments are already redacted."""

    host_id: str | None = None
    host_name: str | None = None
    user_domain: str | None = None
    user_email: str | None = None
    name: str | None = None
    executable: str | None = None
    command_line: str | None = None  # of a script block its text, of a cmdlet its name and parameters
    args: tuple[str, ...] = ()
    parent_name: str | None = None
    parent_command_line: str | None = None
    pid: int | None = None
    start: bool = True  # False for the end of a process and other events that run nothing
    origin: Origin = "start"  # what the event is: a process start, a PowerShell script block or cmdlet, a connection, a changed file
    target: str | None = None  # domain of a connection, path of a file
    server: bool = False  # the host's operating system is a server edition
    tool: str | None = None  # precise mode: the row of the tool table that was found ("az login", ...), or None
    tool_kind: ToolKind | None = None
    by_itself: str | None = None  # the row of a command that an SDK or a plug-in starts by itself; then there is no tool
    tool_family: str | None = None  # what familiarity counts: "az", "Az PowerShell"; also of what starts by itself
    listing: str | None = None  # a call that lists what a session may see ("az keyvault list"): no login
    beside: tuple[str, ...] = ()  # only in an activity: what the user did beside a login, for people
    pattern: str | None = None  # wildcard mode: the published pattern that was found, or None
    obfuscated: bool = False
    access_keys: tuple[str, ...] = ()  # ids of AWS access keys on the command line (AKIA, ASIA): identifiers, never a secret

    @property
    def context(self) -> bool:
        """Whether this is shown beside a login and gives no points: a listing call, a connection, a changed credential file."""
        return self.tool is None and (self.listing is not None or self.origin in {"connection", "file"})


def process_of(event: Event) -> Process | None:
    """The process detail of this event; None for an event of another provider."""
    return event.detail if isinstance(event.detail, Process) else None
