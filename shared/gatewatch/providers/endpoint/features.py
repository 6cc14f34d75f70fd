"""What the processes of a host teach: when its stream began, and which user runs which cloud tool."""

from ...model import Event
from .detail import process_of


def teaches(event: Event) -> bool:
    """Whether something ran. An ordinary process teaches that the host was there; a cloud tool teaches its user and family too."""
    process = process_of(event)
    return process is not None and process.start and process.origin in {"start", "script", "cmdlet"}


def features(event: Event) -> tuple[tuple[str, str], ...]:
    """The family of the tool, of this user on this host: whoever runs "az" daily may run another of its commands, also through an SDK."""
    process = process_of(event)
    return (("tool", f"{event.principal}|{process.tool_family}"),) if process is not None and process.tool_family is not None else ()


def familiarity_key(event: Event) -> str:
    """The host: its first events are the beginning for each of its users."""
    process = process_of(event)
    return f"host:{(process.host_id or process.host_name or '').casefold() if process is not None else ''}"
