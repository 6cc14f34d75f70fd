"""An alert's own state beside the evidence: openings, what responders did, the notification ledger. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct, structs

from ..model import Alert, AlertStatus, GroupKey, Response, Severity, Told
from ..tuning import Tuning
from .group import Picture, alert_id
from .owed import owed

_SILENT = frozenset({AlertStatus.WITHDRAWN, AlertStatus.FOLDED})


class Announcement(Struct, frozen=True):
    """People were told of these events on these channels while the index was away."""

    channels: tuple[str, ...]
    at: datetime
    severity: Severity
    event_ids: tuple[str, ...]
    addresses: tuple[str, ...]


class Context(Struct, frozen=True, kw_only=True):
    """What turning a picture into an alert needs besides the two of them."""

    now: datetime
    tuning: Tuning
    channels: tuple[str, ...]
    announcements: Mapping[GroupKey, Announcement] = {}
    truncated: frozenset[GroupKey] = frozenset()  # groups whose neighbourhood was larger than its bound


def renew(picture: Picture, before: Alert | None, context: Context, replaces: Collection[str] = ()) -> Alert:
    """The alert as it should be stored now. Equal to ``before`` when nothing changed, so that nobody writes in vain."""
    alert = _draw(picture, before, context, replaces)
    if before is None:
        return _with_owed(_announced(alert, context), context)
    if picture.key in context.truncated:
        alert = _not_lowered(alert, before)
    alert = _with_owed(_announced(_after_response(alert, before, picture), context), context)
    unchanged = structs.replace(alert, updated=before.updated)
    return before if unchanged == before else alert


def _not_lowered(alert: Alert, before: Alert) -> Alert:
    """What a bounded neighbourhood cannot show is not gone: neither the score falls nor does an announced alert fall silent by it."""
    names: tuple[str, ...] = ("rule", "score", "severity", "addends", "reason", "lead", "partner") if before.score > alert.score else ()
    if before.status is AlertStatus.OPEN and not before.suppressed:
        names += ("status", "suppressed", "suppressed_by")
    return structs.replace(alert, **{name: getattr(before, name) for name in names})


def retire(before: Alert, folded_into: str | None, context: Context) -> Alert:
    """An alert whose events are gone: withdrawn, or folded into another. It keeps its last score, is silent and counted nowhere."""
    status = AlertStatus.FOLDED if folded_into is not None else AlertStatus.WITHDRAWN
    alert = structs.replace(before, status=status, folded_into=folded_into, owed=(), owed_why=None, updated=context.now)
    unchanged = structs.replace(alert, updated=before.updated)
    return before if unchanged == before else alert


def _draw(picture: Picture, before: Alert | None, context: Context, replaces: Collection[str]) -> Alert:
    drawn = structs.asdict(picture)
    del drawn["open_event_ids"], drawn["members"]
    return Alert(
        **drawn,
        id=alert_id(picture.key),
        truncated=picture.key in context.truncated or (before is not None and before.truncated),
        replaces=tuple(sorted({*replaces, *(before.replaces if before is not None else ())})),
        opening=before.opening if before is not None else 1,
        ledger=before.ledger if before is not None else (),
        leases=before.leases if before is not None else (),
        response=before.response if before is not None else Response(),
        created=before.created if before is not None else context.now,
        updated=context.now,
    )


def _after_response(alert: Alert, before: Alert, picture: Picture) -> Alert:
    """A responder's close covers the events and the severity of that moment; anything else reopens. Reopening is a new opening."""
    response = alert.response
    if response.closed_at is not None and alert.status is AlertStatus.OPEN:
        covered = set(picture.open_event_ids) <= set(response.closed_event_ids)
        if covered and response.closed_severity is not None and alert.severity <= response.closed_severity:
            return structs.replace(alert, status=AlertStatus.CLOSED)
        response = structs.replace(response, closed_at=None, closed_by=None, close_reason=None, closed_event_ids=(), closed_severity=None)
        alert = structs.replace(alert, response=response)
    if alert.status is AlertStatus.OPEN and before.status is AlertStatus.CLOSED:
        return structs.replace(alert, opening=alert.opening + 1)
    return alert


def _announced(alert: Alert, context: Context) -> Alert:
    """Enters what people were told while the index was away, once per channel."""
    announcement = context.announcements.get(alert.key)
    if announcement is None:
        return alert
    known = {told.channel for told in alert.ledger if set(told.event_ids) & set(announcement.event_ids)}
    entries = tuple(
        Told(
            opening=alert.opening,
            at=announcement.at,
            channel=channel,
            severity=announcement.severity,
            why="new",
            event_ids=announcement.event_ids,
            addresses=announcement.addresses,
        )
        for channel in announcement.channels
        if channel not in known
    )
    return structs.replace(alert, ledger=alert.ledger + entries)


def _with_owed(alert: Alert, context: Context) -> Alert:
    due = owed(alert, context.channels, context.tuning)
    return structs.replace(alert, owed=tuple(sorted(due)), owed_why=due[min(due)] if due else None)


def close(alert: Alert, *, by: str, reason: str, at: datetime) -> Alert:
    """A responder closes the alert as it is now."""
    response = structs.replace(
        alert.response, closed_at=at, closed_by=by, close_reason=reason, closed_event_ids=alert.event_ids, closed_severity=alert.severity
    )
    status = alert.status if alert.status in _SILENT else AlertStatus.CLOSED
    return structs.replace(alert, response=response, status=status, owed=(), owed_why=None, updated=at)


def acknowledge(alert: Alert, *, by: str, at: datetime) -> Alert:
    """A responder takes the alert."""
    return structs.replace(alert, response=structs.replace(alert.response, acknowledged_at=at, acknowledged_by=by), updated=at)


def reopen(alert: Alert, context: Context) -> Alert:
    """A responder takes back a close: a new opening."""
    response = Response(acknowledged_at=alert.response.acknowledged_at, acknowledged_by=alert.response.acknowledged_by)
    opened = structs.replace(alert, response=response, status=AlertStatus.OPEN, opening=alert.opening + 1, updated=context.now)
    return _with_owed(opened, context)
