"""What a notification is about: the open events that its channel has not been notified of. Pure.

A notification covers the events that it shows, and those that it only counts: events that bring neither a new source address nor a higher
severity. What it does not cover stays news, so every event that makes a notification pending is shown in one.
"""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from ..model import Alert, AlertEvent, NotificationEntry, Response, Severity
from .group import MAX_EVENT_ROWS
from .responses import standing

MAX_NEWS = 20
"""The events that one notification shows."""


CLOSED = "closed"
"""The reason of a notification that ends an incident."""


class News(Struct, frozen=True, kw_only=True):
    """The events of one notification on one channel, and what its entry of the notification log says."""

    shown: tuple[AlertEvent, ...]
    more: int  # events that are only counted
    severity: Severity  # the highest of these events
    event_ids: tuple[str, ...]  # covered: shown or counted
    addresses: tuple[str, ...]


def entries_of(alert: Alert, channel: str) -> list[NotificationEntry]:
    """The notification log of one channel, without what only said that the alert is closed."""
    return [entry for entry in alert.notification_log if entry.channel == channel and entry.why != CLOSED]


def notified_ids(entries: Iterable[NotificationEntry]) -> frozenset[str]:
    """The vendor ids in these entries."""
    return frozenset(event_id for entry in entries for event_id in entry.event_ids)


def notified_everywhere(alert: Alert, channels: Iterable[str]) -> frozenset[str]:
    """The vendor ids that every one of these channels was notified of."""
    known = [notified_ids(entries_of(alert, channel)) for channel in channels]
    return frozenset.intersection(*known) if known else frozenset()


def live_rows(alert: Alert) -> tuple[AlertEvent, ...]:
    """The events that may be the reason of a notification: open, not suppressed, and not closed by a responder at their severity."""
    closes = standing(alert.responses)
    return tuple(row for row in alert.snapshot.events if row.open and closing_of(row, closes) is None)


def closing_of(row: AlertEvent, closes: Iterable[Response]) -> Response | None:
    """The newest of these closes that covers an event at its severity."""
    found = None
    for close in closes:
        if close.severity is not None and close.severity >= row.severity and set(close.event_ids).issuperset(row.event_ids):
            found = close
    return found


def unnotified(rows: Iterable[AlertEvent], entries: Iterable[NotificationEntry]) -> list[AlertEvent]:
    """The events that no entry names; a pair is known when both of its sides are."""
    known = notified_ids(entries)
    return [row for row in rows if not known.issuperset(row.event_ids)]


def risen(rows: Iterable[AlertEvent], entries: Iterable[NotificationEntry]) -> list[AlertEvent]:
    """The events that are higher than everything in these entries."""
    top = max(entry.severity for entry in entries)
    return [row for row in rows if row.severity > top]


def from_new_addresses(rows: Iterable[AlertEvent], entries: Sequence[NotificationEntry]) -> list[AlertEvent]:
    """The events that no entry names and that come from an address that no entry names."""
    known = {address for entry in entries for address in entry.addresses}
    return [row for row in unnotified(rows, entries) if not row.sources <= known]


def news(alert: Alert, channel: str, why: str) -> News:
    """The news of this alert for one channel: of a new occurrence all live events, else those not notified and those that rose."""
    entries = entries_of(alert, channel)
    if why == CLOSED:
        return _ended(alert, [entry for entry in entries if entry.occurrence == alert.occurrence])
    rows = sorted(live_rows(alert), key=lambda row: -row.score)
    if why in {"new", "reopened"} or not entries:
        return _covering(alert, rows, _shown(rows, {row.id for row in rows}))
    current = [entry for entry in entries if entry.occurrence == alert.occurrence]
    higher = risen(rows, current or entries)
    wanted = {row.id for row in (*unnotified(rows, entries), *higher)}
    causes = {row.id for row in (*higher, *from_new_addresses(rows, entries))}
    due = [row for row in rows if row.id in wanted]
    return _covering(alert, due, _shown(due, causes))


def _shown(due: Sequence[AlertEvent], causes: Collection[str]) -> tuple[AlertEvent, ...]:
    """The highest event, of what made the notification pending the highest event of each address, then the rest."""
    if len(due) <= MAX_NEWS:
        return tuple(due)
    ordered = [*due[:1], *_first_of_addresses(row for row in due if row.id in causes), *due]
    chosen = set(list(dict.fromkeys(row.id for row in ordered))[:MAX_NEWS])
    return tuple(row for row in due if row.id in chosen)


def _first_of_addresses(rows: Iterable[AlertEvent]) -> list[AlertEvent]:
    seen: set[str] = set()
    found: list[AlertEvent] = []
    for row in rows:
        if not found or not row.sources <= seen:
            seen |= row.sources
            found.append(row)
    return found


def _covering(alert: Alert, due: Sequence[AlertEvent], shown: tuple[AlertEvent, ...]) -> News:
    snapshot = alert.snapshot
    addresses = frozenset(address for row in shown for address in row.sources)
    counted = [row for row in due if row not in shown and row.sources <= addresses]
    ids = {event_id for row in (*shown, *counted) for event_id in row.event_ids}
    if _all_addresses_listed(alert):
        ids |= set(snapshot.event_ids) - {event_id for row in snapshot.events for event_id in row.event_ids}
    return News(
        shown=shown,
        more=len(due) - len(shown),
        severity=max((row.severity for row in due), default=alert.severity),
        event_ids=tuple(sorted(ids)) or snapshot.event_ids,
        addresses=tuple(sorted(addresses)) or snapshot.addresses,
    )


def _ended(alert: Alert, entries: Sequence[NotificationEntry]) -> News:
    """What a channel was notified of in the occurrence that ends."""
    known = notified_ids(entries)
    shown = tuple(row for row in alert.snapshot.events if known.issuperset(row.event_ids))[:MAX_NEWS]
    severity = max((entry.severity for entry in entries), default=alert.severity)
    return News(shown=shown, more=0, severity=severity, event_ids=tuple(sorted(known)), addresses=())


def _all_addresses_listed(alert: Alert) -> bool:
    """Whether events beyond the rows of the alert bring nothing: all rows are open, and their addresses repeat already."""
    rows = [row for row in alert.snapshot.events if row.open]
    return len(rows) == MAX_EVENT_ROWS and len(_first_of_addresses(rows)) < MAX_EVENT_ROWS


def covers(entries: Collection[NotificationEntry], found: News) -> bool:
    """Whether notifications of another alert already named every event of this news, at its severity."""
    severity = max((entry.severity for entry in entries), default=None)
    return severity is not None and severity >= found.severity and notified_ids(entries).issuperset(found.event_ids)
