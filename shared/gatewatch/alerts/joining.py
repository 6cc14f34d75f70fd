"""What joins evidence: two pieces with one of these tokens in common, directly or through others, decide activities and alerts together."""

from ..evidence import links
from ..model import Event
from ..model.tokens import person_token, principal_token
from ..providers.people import person_of
from ..tuning import Tuning


def subject_tokens(event: Event, tuning: Tuning) -> tuple[str, ...]:
    """The principal and the person of an event, as tokens. There are as many as people and programs."""
    person = person_of(event, tuning)
    return (principal_token(event),) if person is None else (principal_token(event), person_token(person))


def joining_tokens(event: Event, tuning: Tuning) -> tuple[str, ...]:
    """Everything by which an event joins others: its subjects, its vendor id and the links of its provider."""
    return (*subject_tokens(event, tuning), *links(event))
