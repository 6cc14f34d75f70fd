"""The first steps of an alert: its rule's, and how to read the record itself."""

from ..documents.rule_metadata import first_steps
from ..model import Alert
from ..providers.catalogue import provider_of


def next_steps(alert: Alert) -> tuple[str, ...]:
    """What to do first, and how to read the records of the alert's highest event."""
    partner = alert.snapshot.partner
    sides = (alert.lead,) if partner is None else (alert.lead, partner)
    lookups = (lookup for side in sides for lookup in provider_of(side.event).lookups(side.event))
    return (*first_steps(alert), *dict.fromkeys(lookups))
