"""Which notifications are pending: a pure function of the alert and its notification log.

A channel is notified again only when an open event is higher than everything notified in this occurrence, a closed alert reopens, or an
open event not notified before brings a new source address (at most three address updates an alert). An event that a responder closed is no
reason until it is higher than the close covers.
"""

from collections.abc import Iterable

from ..model import Alert, AlertStatus
from ..tuning import Tuning
from .news import CLOSED, entries_of, from_new_addresses, live_rows, risen

MAX_ADDRESS_UPDATES = 3

RESOLVING = frozenset({"webhook"})
"""The channels that are notified of a close as well: they keep incidents, which end with the alert. Their ``Channel.resolves`` is set."""


def pending(alert: Alert, channels: Iterable[str], tuning: Tuning) -> dict[str, str]:
    """The reason of each channel with a pending notification; other channels are absent."""
    if alert.status is not AlertStatus.OPEN:
        return {channel: CLOSED for channel in channels if channel in RESOLVING and _has_incident(alert, channel)}
    if alert.snapshot.suppressed:
        return {}
    if max((row.severity for row in live_rows(alert)), default=alert.severity) < tuning.notify_from:
        return {}
    due = {channel: why(alert, channel, tuning) for channel in channels}
    return {channel: reason for channel, reason in due.items() if reason is not None}


def why(alert: Alert, channel: str, tuning: Tuning) -> str | None:
    """new, reopened, raised, address, or None when nothing is pending for this channel of an open alert."""
    notified = entries_of(alert, channel)
    if not notified:
        return "new"
    current = [] if _last(alert, channel) == CLOSED else [entry for entry in notified if entry.occurrence == alert.occurrence]
    if not current:
        if "reopen" in tuning.renotify_on:
            return "reopened"
        current = notified
    rows = live_rows(alert)
    if risen(rows, current):
        return "raised" if "severity" in tuning.renotify_on else None
    updates = sum(entry.why == "address" for entry in notified)
    if "address" in tuning.renotify_on and updates < MAX_ADDRESS_UPDATES and from_new_addresses(rows, notified):
        return "address"
    return None


def _last(alert: Alert, channel: str) -> str | None:
    return next((entry.why for entry in reversed(alert.notification_log) if entry.channel == channel), None)


def _has_incident(alert: Alert, channel: str) -> bool:
    """Whether a channel got a message of this alert's own in this occurrence, and none since that says that it is closed."""
    own = [e.why for e in alert.notification_log if e.channel == channel and e.occurrence == alert.occurrence and e.notified_by is None]
    return bool(own) and own[-1] != CLOSED
