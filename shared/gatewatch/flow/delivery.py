"""Telling people: lease by compare-and-swap, render the current alert, send, mark by compare-and-swap.

Leases and marks of several alerts share their store calls: a slow index costs a run seconds, not its deadline.
At least once; doubled only by a crash between acceptance and mark, or by a sender stalled past its lease.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta

from msgspec import Struct, structs

from ..alerts.pending import pending
from ..alerts.together import Dispatch, DuePart, plan
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


class _Leases(Struct, frozen=True):
    """The alerts as read, and the channels of each that we hold. Alerts that share events with those of the batch are among them."""

    seen: dict[GroupKey, Alert]
    held: dict[GroupKey, tuple[str, ...]]


type _Marks = dict[GroupKey, list[NotificationEntry]]
"""What the log of each alert gets."""


def deliver(keys: Iterable[GroupKey], ports: Ports) -> list[Sent]:
    """Send the pending notifications of these groups on the channels wired here; those that fail or find no time stay pending.

    Alerts that share events are notified together, in one message of the highest.
    """
    sent: list[Sent] = []
    left = list(dict.fromkeys(keys)) if ports.notifiers else []
    while left and ports.remaining() >= 2 * MARK_SECONDS:
        together, left = left[:TOGETHER], left[TOGETHER:]
        leases = _lease(together, ports)
        marks: _Marks = {}
        try:
            again = _send(leases, marks, sent, ports)
        except Exception:  # a fault in one message: the alerts sent before it must not be sent again
            _settle(leases, marks, ports)
            raise
        _settle(leases, marks, ports)
        left = again + left
    return sent


def _lease(keys: Sequence[GroupKey], ports: Ports) -> _Leases:
    """Take a lease on every channel with a pending notification, also of the alerts that share events with these."""
    until = ports.clock() + ports.lease
    leases = _Leases({}, {})

    def take(alert: Alert) -> Alert | None:
        channels = _free(alert, ports)
        leases.seen[alert.key], leases.held[alert.key] = alert, ()
        ours = tuple(Lease(channel=channel, occurrence=alert.occurrence, owner=ports.worker, until=until) for channel in channels)
        return structs.replace(alert, leases=(*_leases_of_others(alert, channels), *ours)) if channels else None

    def lease(wanted: Sequence[GroupKey]) -> None:
        for key, alert in _swap(wanted, ports, take).items():
            ours = [one.channel for one in alert.leases if one.owner == ports.worker and one.until == until]
            leases.seen[key], leases.held[key] = alert, tuple(sorted(ours))

    lease(keys)
    others = {other for key, held in leases.held.items() if held for other in leases.seen[key].snapshot.shared_with}
    if others - leases.seen.keys():
        lease(sorted(others - leases.seen.keys()))
    return leases


def _free(alert: Alert, ports: Ports) -> tuple[str, ...]:
    """The channels wired here with a pending notification and without a lease."""
    now = ports.clock()
    busy = {lease.channel for lease in alert.leases if lease.occurrence == alert.occurrence and lease.until > now}
    due = pending(alert, ports.channels, ports.tuning)
    return tuple(channel for channel in sorted(ports.notifiers) if channel in due and channel not in busy)


def _send(leases: _Leases, marks: _Marks, sent: list[Sent], ports: Ports) -> list[GroupKey]:
    """Send until the time to mark; an alert goes to all its channels. Returns the alerts that found no time."""
    until = ports.clock() + UNMARKED_FOR
    dispatches: dict[GroupKey, list[Dispatch]] = {}
    for channel in sorted(ports.notifiers):
        if channel not in ports.channels:
            continue
        held = {key for key, channels in leases.held.items() if channel in channels}
        found = plan(channel, leases.seen, held, ports.tuning)
        for one in found.satisfied:
            _mark(leases, marks, one.part, channel, ports, by=one.by)
        for dispatch in found.dispatches:
            dispatches.setdefault(dispatch.lead.key, []).append(dispatch)
    ordered = [key for key in leases.seen if key in dispatches]
    for position, key in enumerate(ordered):
        if (position and ports.clock() >= until) or ports.remaining() < MARK_SECONDS:
            return ordered[position:]
        sent.extend(_dispatch(dispatch, leases, marks, ports) for dispatch in dispatches[key])
    return []


def _dispatch(dispatch: Dispatch, leases: _Leases, marks: _Marks, ports: Ports) -> Sent:
    lead = leases.seen[dispatch.lead.key]
    notice = Notice(
        alert=lead,
        why=dispatch.lead.why,
        news=dispatch.shown(),
        more=sum(part.news.more for part in (dispatch.lead, *dispatch.followers)),
        together=tuple(leases.seen[part.key] for part in dispatch.followers),
        related=tuple(leases.seen[key] for key in dispatch.related),
    )
    try:
        ports.notifiers[dispatch.channel].send(notice)
    except NotifyError as error:
        return Sent(lead.id, dispatch.channel, dispatch.lead.why, type(error).__name__)
    _mark(leases, marks, dispatch.lead, dispatch.channel, ports)
    for part in dispatch.followers:
        _mark(leases, marks, part, dispatch.channel, ports, by=lead.id)
    return Sent(lead.id, dispatch.channel, dispatch.lead.why)


def _mark(leases: _Leases, marks: _Marks, part: DuePart, channel: str, ports: Ports, by: str | None = None) -> None:
    entry = NotificationEntry(
        occurrence=leases.seen[part.key].occurrence,
        at=ports.clock(),
        channel=channel,
        severity=part.news.severity,
        why=part.why,
        event_ids=part.news.event_ids,
        addresses=part.news.addresses,
        notified_by=by,
    )
    marks.setdefault(part.key, []).append(entry)


def _settle(leases: _Leases, marks: _Marks, ports: Ports) -> None:
    """Add the sent notifications to the log, and release every lease that we hold."""

    def settle(alert: Alert) -> Alert | None:
        notified = tuple(marks.get(alert.key, ()))
        accepted = {entry.channel for entry in notified}
        given_up = set(leases.held[alert.key]) - accepted
        kept = tuple(x for x in _leases_of_others(alert, accepted) if x.channel not in given_up or x.owner != ports.worker)
        if not notified:
            return structs.replace(alert, leases=kept) if kept != alert.leases else None
        marked = structs.replace(alert, notification_log=(*alert.notification_log, *notified), leases=kept)
        due = pending(marked, ports.channels, ports.tuning)
        return structs.replace(marked, pending=tuple(sorted(due)), pending_reason=due[min(due)] if due else None)

    held = [key for key, channels in leases.held.items() if channels]
    if held:
        _swap(held, ports, settle)


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
