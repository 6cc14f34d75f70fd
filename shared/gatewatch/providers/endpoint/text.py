"""The words for people about process starts. Strings are raw: the message model makes them visible."""

from ...model import Event
from ...model.text import visible
from .detail import process_of

_LINE = 120


def role(_event: Event) -> str:
    """Every process is an endpoint user's."""
    return "endpoint user"


def used(event: Event) -> str:
    """The command line and the host it ran on."""
    process = process_of(event)
    if process is None:
        return visible(event.action, 60)
    host = process.host_name or process.host_id or "an unknown host"
    line = process.command_line or " ".join(process.args) or process.name or ""
    return f"{visible(line, _LINE)} on {visible(host, 60)}"
