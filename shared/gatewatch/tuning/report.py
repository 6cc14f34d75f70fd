"""Reports how each allowlist entry was used: what it suppressed, and whether it expires soon. Pure; the caller reads the alerts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from ..model import Alert
from .entries import AllowlistEntry
from .tuning import Tuning


class Standing(StrEnum):
    """Whether an entry is in use, unused, expiring or expired."""

    IN_USE = "in use"
    UNUSED = "unused"
    EXPIRING = "expiring"
    EXPIRED = "expired"


class EntryUse(Struct, frozen=True, kw_only=True):
    """One allowlist entry, and what it suppressed within the period."""

    id: str
    owner: str
    reason: str
    expires: datetime
    standing: Standing
    events: int  # number of suppressed events
    alerts: int  # number of alerts with a suppressed event
    last: datetime | None  # activity time of the latest suppressed event


def report(tuning: Tuning, alerts: Iterable[Alert], now: datetime, *, days: int = 30, soon_days: int = 14) -> tuple[EntryUse, ...]:
    """The use of every entry in the last ``days`` days, in the order of the file. An entry that ends within ``soon_days`` days is expiring."""
    since = now - timedelta(days=days)
    hits: dict[str, list[datetime]] = {}
    holding: dict[str, set[str]] = {}
    for alert in alerts:
        for event in alert.snapshot.events:
            if event.suppressed_by is not None and since <= event.time <= now:
                hits.setdefault(event.suppressed_by, []).append(event.time)
                holding.setdefault(event.suppressed_by, set()).add(alert.id)
    return tuple(_use(entry, hits.get(entry.id, []), len(holding.get(entry.id, ())), now, soon_days) for entry in tuning.allowlist)


def _use(entry: AllowlistEntry, hits: list[datetime], alerts: int, now: datetime, soon_days: int) -> EntryUse:
    return EntryUse(
        id=entry.id,
        owner=entry.owner,
        reason=entry.reason,
        expires=entry.expires,
        standing=_standing(entry, now, soon_days, used=bool(hits)),
        events=len(hits),
        alerts=alerts,
        last=max(hits, default=None),
    )


def _standing(entry: AllowlistEntry, now: datetime, soon_days: int, *, used: bool) -> Standing:
    if entry.expires <= now:
        return Standing.EXPIRED
    if entry.expires <= now + timedelta(days=soon_days):
        return Standing.EXPIRING
    return Standing.IN_USE if used else Standing.UNUSED
