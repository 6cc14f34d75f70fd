"""Versions of one vendor id: which one counts, which one was last open, and since when it is known."""

from collections.abc import Iterable, Sequence
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
    if len(ordered) == 1:
        return _alone(ordered[0], tuning)
    ordered.sort(key=lambda e: _order(e, tuning))
    still_open = [number for number, each in enumerate(ordered) if not is_closed(each.event, tuning)]
    newest = _completed(ordered, len(ordered) - 1)
    return Versions(
        newest=newest,
        newest_open=(newest if still_open[-1] == len(ordered) - 1 else _completed(ordered, still_open[-1])) if still_open else None,
        time=newest.time or min(stored_time(e) for e in ordered),
    )


def _alone(item: Evidence, tuning: Tuning) -> Versions:
    """The same of a record with one version, as most are."""
    event = item.event
    return Versions(newest=event, newest_open=None if is_closed(event, tuning) else event, time=event.time or stored_time(item))


def _completed(ordered: Sequence[Evidence], number: int) -> Event:
    """This version with what it lacks and others say, the nearest older one first: one source of a record may carry less than another."""
    event = ordered[number].event
    complete = provider_of(event).versioning.complete
    for other in (*reversed(ordered[:number]), *ordered[number + 1 :]):
        event = complete(event, other.event)
    return event


def _order(evidence: Evidence, tuning: Tuning) -> tuple[datetime, int, str]:
    """Without an order time a version that says nothing counts least: the same record from an export that carries less takes nothing back."""
    event = evidence.event
    versioning = provider_of(event).versioning
    rank = -1 if versioning.silent(event) else 1 if is_closed(event, tuning) else 2 * versioning.confirmed(event)
    return (order_time(event, evidence.fetched) or _NEVER, rank, evidence.id)


def is_closed(event: Event, tuning: Tuning) -> bool:
    """Whether this version says that the risk is over."""
    return provider_of(event).versioning.closed(event, tuning)
