"""Decides which endpoint events become evidence."""

from ...model import Event
from ...tuning import Tuning
from .detail import Process, process_of

NOT_A_START = "process_not_a_start"
NOT_A_LOGIN = "process_not_a_cloud_cli_login"
IGNORE_REASONS = frozenset({NOT_A_START, NOT_A_LOGIN})


def keep(event: Event, tuning: Tuning) -> str | None:
    """Keep what authenticates a cloud command line, attack tools, and what is shown beside them.

    Returns None when the event is kept, else the reason why not.
    """
    process = process_of(event)
    if process is None or not process.start:
        return NOT_A_START
    if process.context or process.tool_kind == "attack":
        return None
    return None if is_login(process, tuning) else NOT_A_LOGIN


def is_login(process: Process, tuning: Tuning) -> bool:
    """Whether this authenticates a cloud command line, as the tuning reads command lines."""
    return bool(process.pattern if tuning.endpoint_mode == "wildcard" else process.tool and process.tool_kind != "attack")


def is_strange_connection(process: Process) -> bool:
    """Whether a program that nobody knows connected to an address where a cloud logs in."""
    from .context_events import knows  # noqa: PLC0415 - see the provider's first lines

    return process.origin == "connection" and not knows(process.name)
