"""Texts that several providers share."""

from ..model import Event, Outcome


def plain_result(event: Event) -> str:
    """The outcome in words: success, failure, or outcome unknown."""
    return "outcome unknown" if event.outcome is Outcome.UNKNOWN else event.outcome.value
