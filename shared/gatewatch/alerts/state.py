"""The state of an alert that evidence does not decide: occurrences, responses, the notification log. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from ..model import Alert, AlertStatus, Announcement, GroupKey, NotificationEntry, Response, Snapshot
from ..tuning import Tuning
from .group import MAX_EVENT_ROWS, Computed, alert_id
from .news import notified_everywhere
from .pending import pending

_SILENT = frozenset({AlertStatus.RETRACTED, AlertStatus.MERGED})
_OF_THE_HIGHEST = ("rule", "score", "severity", "components", "reason", "lead", "partner")


type AnnouncementsByAlert = Mapping[GroupKey, Sequence[Announcement]]
"""What was announced before it could be stored, by the alert that it is about."""


class AlertInputs(Struct, frozen=True, kw_only=True):
    """What turning a snapshot into an alert needs besides the two of them."""

    now: datetime
    tuning: Tuning
    channels: tuple[str, ...]
    announcements: AnnouncementsByAlert = {}
    truncated: frozenset[GroupKey] = frozenset()  # groups whose context was larger than its bound


def renew(found: Computed, before: Alert | None, inputs: AlertInputs, replaces: Collection[str] = ()) -> Alert:
    """The alert as it should be stored now. Equal to ``before`` when nothing changed, so that an unchanged alert is not written again."""
    snapshot = found.snapshot
    truncated = snapshot.key in inputs.truncated
    if before is None:
        alert = _first(snapshot, inputs, truncated=truncated, replaces=replaces)
        return _with_pending(_announced(alert, inputs), inputs)
    snapshot = structs.replace(snapshot, events=found.events(notified_everywhere(before, inputs.channels)))
    if truncated:
        snapshot = _not_lowered(snapshot, before)
    alert = structs.replace(
        before,
        snapshot=snapshot,
        status=_status(snapshot),
        truncated=truncated or before.truncated,
        merged_into=None,
        replaces=tuple(sorted({*replaces, *before.replaces})),
    )
    alert = _after_response(alert, before, found.open_event_ids)
    return _stamped(_with_pending(_announced(alert, inputs), inputs), before, inputs)


def retire(before: Alert, merged_into: str | None, inputs: AlertInputs) -> Alert:
    """An alert without events: retracted, or merged into another. It keeps its last snapshot, sends no notification and is not counted."""
    status = AlertStatus.MERGED if merged_into is not None else AlertStatus.RETRACTED
    alert = structs.replace(before, status=status, merged_into=merged_into, pending=(), pending_reason=None)
    return _stamped(alert, before, inputs)


def _first(snapshot: Snapshot, inputs: AlertInputs, *, truncated: bool, replaces: Collection[str]) -> Alert:
    return Alert(
        id=alert_id(snapshot.key),
        snapshot=snapshot,
        status=_status(snapshot),
        truncated=truncated,
        replaces=tuple(sorted(set(replaces))),
        created=inputs.now,
        updated=inputs.now,
    )


def _status(snapshot: Snapshot) -> AlertStatus:
    return AlertStatus.OPEN if snapshot.open else AlertStatus.CLOSED


def _stamped(alert: Alert, before: Alert, inputs: AlertInputs) -> Alert:
    return before if alert == before else structs.replace(alert, updated=inputs.now)


def _not_lowered(found: Snapshot, before: Alert) -> Snapshot:
    """A truncated read neither lowers the score nor closes or suppresses an alert that is announced."""
    known = before.snapshot
    if known.score > found.score:
        found = structs.replace(found, **{name: getattr(known, name) for name in _OF_THE_HIGHEST})
    if before.status is AlertStatus.OPEN and not known.suppressed:
        found = structs.replace(found, open=True, suppressed=False, suppressed_by=None)
    seen = {event_id for row in found.events for event_id in row.event_ids}
    unread = tuple(row for row in known.events if row.open and not seen.issuperset(row.event_ids))
    return structs.replace(found, events=(*found.events, *unread)[:MAX_EVENT_ROWS])


def _after_response(alert: Alert, before: Alert, open_event_ids: frozenset[str]) -> Alert:
    """A responder's close covers the events and the severity of that moment; anything else reopens. Reopening starts a new occurrence."""
    response = alert.response
    if response.closed_at is not None and alert.status is AlertStatus.OPEN:
        covered = open_event_ids <= set(response.closed_event_ids)
        if covered and response.closed_severity is not None and alert.severity <= response.closed_severity:
            return structs.replace(alert, status=AlertStatus.CLOSED)
        response = structs.replace(response, closed_at=None, closed_by=None, close_reason=None, closed_event_ids=(), closed_severity=None)
        alert = structs.replace(alert, response=response)
    if alert.status is AlertStatus.OPEN and before.status is AlertStatus.CLOSED:
        return structs.replace(alert, occurrence=alert.occurrence + 1)
    return alert


def is_logged(alert: Alert, announcement: Announcement) -> bool:
    """Whether the alert's log says that this channel was notified of these events at this severity or a higher one."""
    same = [e for e in alert.notification_log if e.channel == announcement.channel and e.severity >= announcement.severity]
    return bool(same) and {event_id for entry in same for event_id in entry.event_ids} >= set(announcement.event_ids)


def _announced(alert: Alert, inputs: AlertInputs) -> Alert:
    """Adds notifications sent while the store was unavailable to the log, each once."""
    for announcement in inputs.announcements.get(alert.key, ()):
        if not is_logged(alert, announcement):
            entry = NotificationEntry(
                occurrence=alert.occurrence,
                at=announcement.at,
                channel=announcement.channel,
                severity=announcement.severity,
                why=announcement.why,
                event_ids=announcement.event_ids,
                addresses=announcement.addresses,
            )
            alert = structs.replace(alert, notification_log=(*alert.notification_log, entry))
    return alert


def _with_pending(alert: Alert, inputs: AlertInputs) -> Alert:
    due = pending(alert, inputs.channels, inputs.tuning)
    return structs.replace(alert, pending=tuple(sorted(due)), pending_reason=due[min(due)] if due else None)


def close(alert: Alert, *, by: str, reason: str, at: datetime) -> Alert:
    """A responder closes the alert as it is now."""
    response = structs.replace(
        alert.response,
        closed_at=at,
        closed_by=by,
        close_reason=reason,
        closed_event_ids=alert.snapshot.event_ids,
        closed_severity=alert.severity,
    )
    status = alert.status if alert.status in _SILENT else AlertStatus.CLOSED
    return structs.replace(alert, response=response, status=status, pending=(), pending_reason=None, updated=at)


def acknowledge(alert: Alert, *, by: str, at: datetime) -> Alert:
    """A responder takes the alert."""
    return structs.replace(alert, response=structs.replace(alert.response, acknowledged_at=at, acknowledged_by=by), updated=at)


def reopen(alert: Alert, inputs: AlertInputs) -> Alert:
    """A responder reopens the alert, which starts a new occurrence."""
    response = Response(acknowledged_at=alert.response.acknowledged_at, acknowledged_by=alert.response.acknowledged_by)
    opened = structs.replace(alert, response=response, status=AlertStatus.OPEN, occurrence=alert.occurrence + 1, updated=inputs.now)
    return _with_pending(opened, inputs)
