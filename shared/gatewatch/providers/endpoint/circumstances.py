"""Circumstances that make a cloud tool on a host more than daily work. Each is counted once, in the rule that matches."""

from collections.abc import Iterator

from ...model import Activity
from ..rule import Modifier
from .detail import Process

FIRST = "first tool on host"
FIRST_POINTS = 15
SERVER = "server"
SERVER_POINTS = 15


def own_modifiers(activity: Activity, process: Process) -> tuple[Modifier, ...]:
    """15 points when this user runs this tool on this host for the first time, 15 on a server or under a web server."""
    return tuple(_modifiers(activity, process))


def _modifiers(activity: Activity, process: Process) -> Iterator[Modifier]:
    from .ordinary import under_web_server  # noqa: PLC0415 - see the provider's first lines

    if "tool" in activity.firsts:
        yield Modifier(
            FIRST, FIRST_POINTS, f"This user never ran {process.tool_family or process.tool or 'this tool'} on this host before."
        )
    if under_web_server(process.parent_name, process.parent_command_line):
        yield Modifier(SERVER, SERVER_POINTS, f"{process.parent_name} started it, which serves requests from the network.")
    elif process.server:
        yield Modifier(SERVER, SERVER_POINTS, "The host is a server.")
