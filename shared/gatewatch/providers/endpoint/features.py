"""What the processes of a host teach: which user runs which cloud tool."""

from ...model import Event
from .detail import process_of


def teaches(event: Event) -> bool:
    """Whether a process runs a cloud tool. The start of other processes says nothing."""
    process = process_of(event)
    return process is not None and process.tool is not None


def features(event: Event) -> tuple[tuple[str, str], ...]:
    """The tool, of this user on this host."""
    process = process_of(event)
    return (("tool", f"{event.principal}|{process.tool}"),) if process is not None and process.tool is not None else ()


def familiarity_key(event: Event) -> str:
    """The host: its first events are the beginning for each of its users."""
    process = process_of(event)
    return f"host:{(process.host_id or process.host_name or '').casefold() if process is not None else ''}"
