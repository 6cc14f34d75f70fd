"""The endpoint part of an event."""

from ...model import Event, Process


def process_of(event: Event) -> Process | None:
    """The process in this event; None for another provider's."""
    return event.process
