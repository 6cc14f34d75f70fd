"""Answers that several providers give alike."""

from ..model import Event, Outcome


def plain_result(event: Event) -> str:
    """Success, failure, or that the outcome is unknown."""
    return "outcome unknown" if event.outcome is Outcome.UNKNOWN else event.outcome.value
