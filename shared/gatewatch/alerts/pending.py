"""Which notifications are pending: a pure function of the alert and its notification log.

A channel is notified again only when the severity rises above the highest severity notified in this occurrence, a closed alert reopens, or an event not notified before
brings a new source address (at most three address updates an alert).
"""

from collections.abc import Iterable

from ..model import Alert, AlertStatus, NotificationEntry
from ..tuning import Tuning

MAX_ADDRESS_UPDATES = 3


def pending(alert: Alert, channels: Iterable[str], tuning: Tuning) -> dict[str, str]:
    """The reason of each channel with a pending notification; other channels are absent."""
    if alert.status is not AlertStatus.OPEN or alert.snapshot.suppressed or alert.severity < tuning.notify_from:
        return {}
    due = {channel: why(alert, channel, tuning) for channel in channels}
    return {channel: reason for channel, reason in due.items() if reason is not None}


def why(alert: Alert, channel: str, tuning: Tuning) -> str | None:
    """new, reopened, raised, address, or None when nothing is pending for this channel."""
    notified = [entry for entry in alert.notification_log if entry.channel == channel]
    if not notified:
        return "new"
    current = [entry for entry in notified if entry.occurrence == alert.occurrence]
    if not current:
        if "reopen" in tuning.renotify_on:
            return "reopened"
        current = notified
    if alert.severity > max(entry.severity for entry in current):
        return "raised" if "severity" in tuning.renotify_on else None
    if "address" in tuning.renotify_on and _new_address(alert, notified):
        return "address"
    return None


def _new_address(alert: Alert, notified: list[NotificationEntry]) -> bool:
    if sum(entry.why == "address" for entry in notified) >= MAX_ADDRESS_UPDATES:
        return False
    known = {event_id for entry in notified for event_id in entry.event_ids}
    addresses = {address for entry in notified for address in entry.addresses}
    found = alert.snapshot
    return any(event_id not in known for event_id in found.event_ids) and any(a not in addresses for a in found.addresses)
