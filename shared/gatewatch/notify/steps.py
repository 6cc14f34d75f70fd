"""The first steps of a notification: its rule's, and how to read each record of the news."""

from collections.abc import Iterable

from ..documents.rule_metadata import first_steps
from ..model import AlertEvent, EventText
from .links import is_lookup

_LOOKUPS = 25


def next_steps(lead: AlertEvent, family: str, texts: Iterable[EventText]) -> tuple[str, ...]:
    """What to do first, and how to read these records."""
    lookups = dict.fromkeys(lookup for text in texts for lookup in text.lookups if is_lookup(lookup))
    return (*first_steps(lead.rule, family), *list(lookups)[:_LOOKUPS])
