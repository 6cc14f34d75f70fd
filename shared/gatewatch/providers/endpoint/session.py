"""What ties a command line to a cloud: the access keys that it names."""

from ...model import Event
from ...model.tokens import access_key_token
from ..session import OpenedSession, key_token
from .detail import process_of


def mentions(event: Event) -> tuple[str, ...]:
    """The tokens of the access keys on the command line."""
    process = process_of(event)
    return tuple(map(access_key_token, process.access_keys)) if process is not None else ()


def opens(event: Event) -> OpenedSession | None:
    """The session of a key that a command line names: whatever is done with that key. None for any other process."""
    process = process_of(event)
    if process is None or not process.access_keys or event.time is None:
        return None
    return OpenedSession(exact=tuple(map(key_token, process.access_keys)), start=event.time)
