"""Telling people: lease by compare-and-swap, render the current alert, send, mark by compare-and-swap.

Leases and marks of several alerts share their store calls: a slow index costs a run seconds, not its deadline.
At least once; doubled only by a crash between acceptance and mark, or by a sender stalled past its lease.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct, structs

from ..alerts.pending import pending, why
from ..errors import NotifyError
from ..model import Alert, GroupKey, Lease, NotificationEntry
from ..ports import AlertWrite, Notice, Ports, Written

MAX_SWAPS = 20
TOGETHER = 20
"""Alerts that are leased together, and marked together."""

UNMARKED_FOR = timedelta(seconds=10)
"""How long sending goes on before the marks are written: it bounds what a crash sends twice, and stays far below a lease."""

MARK_SECONDS = 8.0
"""What is kept of a run for the marks: two calls of an index that takes two seconds for each, with time to spare."""


class Sent(Struct, frozen=True):
    """One attempt to notify one channel; ``error`` is a stable name, empty when accepted."""

    alert_id: str
    channel: str
    why: str
    error: str = ""


class _Attempt(Struct, frozen=True):
    """What was sent, and what the alert's log gets; ``told`` is None when the channel did not accept."""

    sent: Sent
    notified: NotificationEntry | None


type _Leases = Mapping[GroupKey, tuple[Alert, tuple[str, ...]]]
"""The alerts as leased, and the channels that we hold."""


def deliver(keys: Iterable[GroupKey], ports: Ports) -> list[Sent]:
    """Send the pending notifications of these groups on the channels wired here; those that fail or find no time stay pending."""
    sent: list[Sent] = []
    left = list(dict.fromkeys(keys)) if ports.notifiers else []
    while left and ports.remaining() >= 2 * MARK_SECONDS:
        together, left = left[:TOGETHER], left[TOGETHER:]
        leases = _lease(together, ports)
        attempts: dict[GroupKey, list[_Attempt]] = {}
        try:
            _send(leases, attempts, ports)
        except Exception:  # a fault in one message: the alerts sent before it must not be sent again
            _settle(leases, attempts, ports)
            raise
        _settle(leases, attempts, ports)
        sent += [attempt.sent for group in attempts.values() for attempt in group]
        left = [key for key in leases if key not in attempts] + left
    return sent


def _lease(keys: Sequence[GroupKey], ports: Ports) -> _Leases:
    """Take a lease on every channel with a pending notification."""
    until = ports.clock() + ports.lease
    held: dict[GroupKey, tuple[str, ...]] = {}

    def take(alert: Alert) -> Alert | None:
        channels = _free(alert, ports)
        ours = tuple(Lease(channel=channel, occurrence=alert.occurrence, owner=ports.worker, until=until) for channel in channels)
        held[alert.key] = channels
        return structs.replace(alert, leases=(*_leases_of_others(alert, channels), *ours)) if channels else None

    return {key: (alert, held[key]) for key, alert in _swap(keys, ports, take).items()}


def _free(alert: Alert, ports: Ports) -> tuple[str, ...]:
    """The channels wired here with a pending notification and without a lease."""
    now = ports.clock()
    busy = {lease.channel for lease in alert.leases if lease.occurrence == alert.occurrence and lease.until > now}
    due = pending(alert, ports.channels, ports.tuning)
    return tuple(channel for channel in sorted(ports.notifiers) if channel in due and channel not in busy)


def _send(leases: _Leases, attempts: dict[GroupKey, list[_Attempt]], ports: Ports) -> None:
    """Send until the time to mark, and note each attempt; an alert goes to all its channels."""
    until = ports.clock() + UNMARKED_FOR
    for key, (alert, channels) in leases.items():
        if (attempts and ports.clock() >= until) or ports.remaining() < MARK_SECONDS:
            break
        attempts[key] = []
        for channel in channels:
            attempts[key].append(_tell(alert, channel, ports))


def _tell(alert: Alert, channel: str, ports: Ports) -> _Attempt:
    reason = why(alert, channel, ports.tuning) or "new"
    try:
        ports.notifiers[channel].send(Notice(alert=alert, why=reason))
    except NotifyError as error:
        return _Attempt(Sent(alert.id, channel, reason, type(error).__name__), None)
    notified = NotificationEntry(
        occurrence=alert.occurrence,
        at=ports.clock(),
        channel=channel,
        severity=alert.severity,
        why=reason,
        event_ids=alert.snapshot.event_ids,
        addresses=alert.snapshot.addresses,
    )
    return _Attempt(Sent(alert.id, channel, reason), notified)


def _settle(leases: _Leases, attempts: Mapping[GroupKey, Sequence[_Attempt]], ports: Ports) -> None:
    """Add the sent notifications to the log, and release every lease that we hold."""

    def mark(alert: Alert) -> Alert | None:
        notified = tuple(attempt.notified for attempt in attempts.get(alert.key, ()) if attempt.notified is not None)
        accepted = {entry.channel for entry in notified}
        given_up = set(leases[alert.key][1]) - accepted
        kept = tuple(x for x in _leases_of_others(alert, accepted) if x.channel not in given_up or x.owner != ports.worker)
        if not notified:
            return structs.replace(alert, leases=kept) if kept != alert.leases else None
        marked = structs.replace(alert, notification_log=(*alert.notification_log, *notified), leases=kept)
        due = pending(marked, ports.channels, ports.tuning)
        return structs.replace(marked, pending=tuple(sorted(due)), pending_reason=due[min(due)] if due else None)

    _swap(list(leases), ports, mark)


def _leases_of_others(alert: Alert, channels: Collection[str]) -> tuple[Lease, ...]:
    return tuple(lease for lease in alert.leases if lease.channel not in channels)


def _swap(keys: Sequence[GroupKey], ports: Ports, change: Callable[[Alert], Alert | None]) -> dict[GroupKey, Alert]:
    """Read, change, compare-and-swap, again for those that another writer changed; the alerts that were written."""
    done: dict[GroupKey, Alert] = {}
    left = list(keys)
    for _ in range(MAX_SWAPS):
        if not left:
            break
        stored = ports.store.read_alerts(left)
        changed = {key: (stored[key].version, new) for key in left if key in stored and (new := change(stored[key].alert)) is not None}
        writes = [AlertWrite(alert, version) for version, alert in changed.values()]
        results = dict(zip(changed, ports.store.write_alerts(writes), strict=True)) if writes else {}
        done |= {key: changed[key][1] for key, result in results.items() if result is Written.DONE}
        left = [key for key, result in results.items() if result is Written.CONFLICT]
    return done
