"""Versions of one vendor id: which one speaks, which one was last open, since when it is known."""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from ..evidence import order_time, stored_time
from ..model import Event, Evidence, HistoryFacts
from ..providers.entra.vocabulary import CLOSED_RISK_STATES, CONFIRMED_COMPROMISED, SAFE_RISK_DETAIL
from ..tuning import Tuning

_NEVER = datetime.min.replace(tzinfo=UTC)


class Versions(Struct, frozen=True):
    """All stored versions of one record, reduced to what matters."""

    newest: Event
    newest_open: Event | None
    time: datetime
    facts: HistoryFacts

    @property
    def closed(self) -> bool:
        """Whether the newest version is closed."""
        return self.newest is not self.newest_open


def reduce(evidence: Iterable[Evidence], tuning: Tuning) -> Versions:
    """The versions of one vendor id; the result does not depend on the order given."""
    ordered = sorted(evidence, key=lambda e: _order(e, tuning))
    newest = ordered[-1]
    still_open = [e for e in ordered if not is_closed(e.event, tuning)]
    looked_up = sorted((e for e in ordered if e.facts is not None), key=lambda e: (e.ingested, e.id))
    return Versions(
        newest=newest.event,
        newest_open=still_open[-1].event if still_open else None,
        time=newest.event.time or min(stored_time(e) for e in ordered),
        facts=(looked_up[0].facts if looked_up else None) or HistoryFacts(),
    )


def _order(evidence: Evidence, tuning: Tuning) -> tuple[datetime, int, str]:
    event = evidence.event
    rank = 1 if is_closed(event, tuning) else 2 * _confirmed(event)
    return (order_time(event, evidence.fetched) or _NEVER, rank, evidence.id)


def is_closed(event: Event, tuning: Tuning) -> bool:
    """Whether this version says the risk is over; tested before confirmed compromise. CloudTrail and process events never close."""
    if event.entra is not None:
        state, detail = event.entra.risk_state, event.entra.risk_detail
    elif event.risk is not None:
        state, detail = event.risk.state, event.risk.detail
    else:
        return False
    state = (state or "").casefold()
    if (detail or "").casefold() == SAFE_RISK_DETAIL:
        return True
    return state in CLOSED_RISK_STATES and (tuning.remediated_closes or state != "remediated")


def _confirmed(event: Event) -> bool:
    state = event.entra.risk_state if event.entra is not None else event.risk.state if event.risk is not None else None
    return (state or "").casefold() == CONFIRMED_COMPROMISED
