"""Which notifications are pending: a pure function of the alert and its notification log.

A channel is notified again only when an open event is higher than everything notified in this occurrence, a closed alert reopens, or an
open event not notified before brings a new source address (at most three address updates an alert). An event that a responder closed is no
reason until it is higher than the close covers.
"""

from collections.abc import Iterable

from ..model import Alert, AlertStatus
from ..tuning import Tuning
from .news import entries_of, from_new_addresses, live_rows, risen

MAX_ADDRESS_UPDATES = 3


def pending(alert: Alert, channels: Iterable[str], tuning: Tuning) -> dict[str, str]:
    """The reason of each channel with a pending notification; other channels are absent."""
    if alert.status is not AlertStatus.OPEN or alert.snapshot.suppressed:
        return {}
    if max((row.severity for row in live_rows(alert)), default=alert.severity) < tuning.notify_from:
        return {}
    due = {channel: why(alert, channel, tuning) for channel in channels}
    return {channel: reason for channel, reason in due.items() if reason is not None}


def why(alert: Alert, channel: str, tuning: Tuning) -> str | None:
    """new, reopened, raised, address, or None when nothing is pending for this channel."""
    notified = entries_of(alert, channel)
    if not notified:
        return "new"
    current = [entry for entry in notified if entry.occurrence == alert.occurrence]
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
