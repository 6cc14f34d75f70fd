"""Versions of one vendor id: which one counts, which one was last open, and since when it is known."""

from collections.abc import Iterable
from datetime import UTC, datetime

from ..evidence import order_time, stored_time
from ..model import Event, Evidence
from ..providers.catalogue import provider_of
from ..providers.versions import Versions
from ..tuning import Tuning

_NEVER = datetime.min.replace(tzinfo=UTC)


def reduce(evidence: Iterable[Evidence], tuning: Tuning) -> Versions:
    """The versions of one vendor id; the result does not depend on the order given."""
    ordered = list(evidence)
    if len(ordered) > 1:
        ordered.sort(key=lambda e: _order(e, tuning))
    newest = ordered[-1]
    still_open = [e for e in ordered if not is_closed(e.event, tuning)]
    return Versions(
        newest=newest.event,
        newest_open=still_open[-1].event if still_open else None,
        time=newest.event.time or min(stored_time(e) for e in ordered),
    )


def _order(evidence: Evidence, tuning: Tuning) -> tuple[datetime, int, str]:
    """Without an order time a version that says nothing counts least: the same record from an export that carries less takes nothing back."""
    event = evidence.event
    versioning = provider_of(event).versioning
    rank = -1 if versioning.silent(event) else 1 if is_closed(event, tuning) else 2 * versioning.confirmed(event)
    return (order_time(event, evidence.fetched) or _NEVER, rank, evidence.id)


def is_closed(event: Event, tuning: Tuning) -> bool:
    """Whether this version says that the risk is over."""
    return provider_of(event).versioning.closed(event, tuning)
