"""Decides which process events become evidence."""

from ...model import Event
from ...tuning import Tuning
from .detail import process_of

NOT_A_START = "process_not_a_start"
NOT_A_LOGIN = "process_not_a_cloud_cli_login"
IGNORE_REASONS = frozenset({NOT_A_START, NOT_A_LOGIN})


def keep(event: Event, tuning: Tuning) -> str | None:
    """Keep process starts that authenticate a cloud command line. Returns None when the event is kept, else the reason why not."""
    process = process_of(event)
    if process is None or not process.start:
        return NOT_A_START
    matched = process.pattern if tuning.endpoint_mode == "wildcard" else process.tool
    return None if matched else NOT_A_LOGIN
