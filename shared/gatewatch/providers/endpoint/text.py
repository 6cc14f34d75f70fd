"""Texts about process starts for people. Values are raw; the message model escapes hidden characters."""

from ...model import Event
from ...model.text import visible
from .detail import process_of

_LINE = 120
_BESIDE = 240
_KEYS = 2


def role(_event: Event) -> str:
    """The kind of identity, which is always an endpoint user."""
    return "endpoint user"


def used(event: Event) -> str:
    """The command line, its host, and the access keys that it names."""
    process = process_of(event)
    if process is None:
        return visible(event.action, 60)
    host = process.host_name or process.host_id or "an unknown host"
    line = process.command_line or " ".join(process.args) or process.name or ""
    if process.target is not None:
        line = f"{process.name or 'a program'}, {process.origin} {process.target}"
    beside = f", beside it: {visible(', '.join(process.beside), _BESIDE)}" if process.beside else ""
    keys = f", with access key {', '.join(process.access_keys[:_KEYS])}" if process.access_keys else ""
    return f"{visible(line, _LINE)} on {visible(host, 60)}{keys}{beside}"
