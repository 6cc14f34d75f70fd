"""Days whose alerts may change although nothing arrives: a rule waits for a record of another provider, and its grace is over later.

The list is a document of the store, so that the sweep of any host goes on with it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ..model import Event
from ..ports import Ports, StateKey
from ..providers.catalogue import CORRELATION
from .days import add_days, remove_day, waiting

LATER = StateKey("familiarity", "later")
STEP = timedelta(minutes=30)
"""Ends of a grace are rounded up to this, so that a busy day is computed again 48 times at most."""


def ask_later(events: Iterable[Event], ports: Ports) -> None:
    """List the days of events that wait; raises ``StoreUnavailable`` and ``Conflict``."""
    now = ports.clock()
    listed = {_entry(event.time) for event in events if event.time is not None and CORRELATION.waits(event, ports.tuning)}
    add_days({entry for entry in listed if _due(entry) > now}, ports.store, LATER)


def ask_now(ports: Ports) -> None:
    """Ask for the days whose time has come; raises ``StoreUnavailable`` and ``Conflict``. A crash in between asks again."""
    now = ports.clock()
    for entry, times in waiting(ports.store, LATER).items():
        if _due(entry) <= now:
            add_days([_day(entry)], ports.store)
            remove_day(entry, times, ports.store, LATER)


def _entry(time: datetime) -> str:
    """The time when the grace is over and the UTC day, as text: ``2026-11-20T15:30:00+00:00|2026-11-20``."""
    ends = time.astimezone(UTC) + CORRELATION.grace
    midnight = ends.replace(hour=0, minute=0, second=0, microsecond=0)
    rounded = midnight + STEP * -(-(ends - midnight) // STEP)
    return f"{rounded.isoformat()}|{time.astimezone(UTC).date().isoformat()}"


def _due(entry: str) -> datetime:
    return datetime.fromisoformat(entry.partition("|")[0])


def _day(entry: str) -> str:
    return entry.partition("|")[2]
