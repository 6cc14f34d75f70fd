"""Telling people: lease by compare-and-swap, render the current alert, send, mark by compare-and-swap.

At least once; doubled only by a crash between acceptance and mark, or by a sender stalled past its lease.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct, structs

from ..alerts.owed import owed, why
from ..errors import NotifyError
from ..model import Alert, GroupKey, Lease, Told
from ..ports import AlertWrite, Notice, Ports, Stored, Written

MAX_SWAPS = 20


class Sent(Struct, frozen=True):
    """One attempt to tell one channel; ``error`` is a stable name, empty when accepted."""

    alert_id: str
    channel: str
    why: str
    error: str = ""


def deliver(keys: Iterable[GroupKey], ports: Ports) -> list[Sent]:
    """Tell what these groups owe on the channels wired here; what fails stays owed."""
    sent: list[Sent] = []
    for key in keys:
        for channel in sorted(ports.notifiers):
            attempt = _tell(key, channel, ports)
            if attempt is not None:
                sent.append(attempt)
    return sent


def _tell(key: GroupKey, channel: str, ports: Ports) -> Sent | None:
    leased = _swap(key, ports, lambda alert: _lease(alert, channel, ports))
    if leased is None:
        return None
    reason = why(leased, channel, ports.tuning) or "new"
    try:
        ports.notifiers[channel].send(Notice(alert=leased, why=reason))
    except NotifyError as error:
        _swap(key, ports, lambda alert: _release(alert, channel, ports))
        return Sent(leased.id, channel, reason, type(error).__name__)
    told = Told(
        opening=leased.opening,
        at=ports.clock(),
        channel=channel,
        severity=leased.severity,
        why=reason,
        event_ids=leased.event_ids,
        addresses=leased.addresses,
    )
    _swap(key, ports, lambda alert: _mark(alert, told, ports))
    return Sent(leased.id, channel, reason)


def _lease(alert: Alert, channel: str, ports: Ports) -> Alert | None:
    """The alert with our lease on this channel, or None when nothing is owed or somebody else is at it."""
    now = ports.clock()
    if channel not in owed(alert, ports.channels, ports.tuning):
        return None
    if any(lease.channel == channel and lease.opening == alert.opening and lease.until > now for lease in alert.leases):
        return None
    ours = Lease(channel=channel, opening=alert.opening, owner=ports.worker, until=now + ports.lease)
    return structs.replace(alert, leases=(*_other_leases(alert, channel), ours))


def _release(alert: Alert, channel: str, ports: Ports) -> Alert | None:
    mine = [lease for lease in alert.leases if lease.channel == channel and lease.owner == ports.worker]
    return structs.replace(alert, leases=_other_leases(alert, channel)) if mine else None


def _mark(alert: Alert, told: Told, ports: Ports) -> Alert:
    """Enters what was told; it counts for its own opening only."""
    marked = structs.replace(alert, ledger=(*alert.ledger, told), leases=_other_leases(alert, told.channel))
    due = owed(marked, ports.channels, ports.tuning)
    return structs.replace(marked, owed=tuple(sorted(due)), owed_why=due[min(due)] if due else None)


def _other_leases(alert: Alert, channel: str) -> tuple[Lease, ...]:
    return tuple(lease for lease in alert.leases if lease.channel != channel)


def _swap(key: GroupKey, ports: Ports, change: Callable[[Alert], Alert | None]) -> Alert | None:
    """Read, change, compare-and-swap, again on conflict; None when there is nothing to change."""
    for _ in range(MAX_SWAPS):
        stored: Stored | None = ports.store.read_alerts([key]).get(key)
        if stored is None:
            return None
        changed = change(stored.alert)
        if changed is None:
            return None
        if ports.store.write_alerts([AlertWrite(changed, stored.version)]) == [Written.DONE]:
            return changed
    return None
