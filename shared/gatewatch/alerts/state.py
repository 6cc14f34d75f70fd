"""The state of an alert that evidence does not decide: occurrences, responses, the notification log. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from ..model import Alert, AlertStatus, Announcement, GroupKey, NotificationEntry, Response, ResponseKind, Snapshot
from ..tuning import Tuning
from .group import MAX_EVENT_ROWS, Computed, alert_id
from .news import CLOSED, notified_everywhere
from .pending import pending
from .responses import covers, in_order, reopenings, standing

_SILENT = frozenset({AlertStatus.RETRACTED, AlertStatus.MERGED})
_DECIDING = frozenset({ResponseKind.CLOSE, ResponseKind.REOPEN})
_OF_THE_HIGHEST = ("rule", "score", "severity", "components", "reason", "lead", "partner")


type AnnouncementsByAlert = Mapping[GroupKey, Sequence[Announcement]]
"""What was announced before it could be stored, by the alert that it is about."""


class AlertInputs(Struct, frozen=True, kw_only=True):
    """What turning a snapshot into an alert needs besides the two of them."""

    now: datetime
    tuning: Tuning
    channels: tuple[str, ...]
    announcements: AnnouncementsByAlert = {}
    policy_version: int = 0
    engine: str = ""
    truncated: frozenset[GroupKey] = frozenset()  # groups whose context was larger than its bound
    responses: Mapping[GroupKey, Collection[Response]] = {}  # every stored response to the alerts of these groups


def renew(found: Computed, before: Alert | None, inputs: AlertInputs, replaces: Collection[str] = ()) -> Alert:
    """The alert as it should be stored now. Equal to ``before`` when nothing changed, so that an unchanged alert is not written again."""
    snapshot = found.snapshot
    truncated = snapshot.key in inputs.truncated
    responses = inputs.responses.get(snapshot.key, ())
    if before is None:
        alert = _first(snapshot, inputs, truncated=truncated, replaces=replaces)
        return _with_pending(_announced(_answered(alert, None, responses, found.open_event_ids), inputs), inputs)
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
    alert = _answered(alert, before, responses, found.open_event_ids)
    return _stamped(_with_pending(_announced(alert, inputs), inputs), before, inputs)


def retire(before: Alert, merged_into: str | None, inputs: AlertInputs) -> Alert:
    """An alert without events: retracted, or merged into another. It keeps its last snapshot, ends its incidents and is not counted."""
    status = AlertStatus.MERGED if merged_into is not None else AlertStatus.RETRACTED
    responses = in_order((*before.responses, *inputs.responses.get(before.key, ())))
    alert = structs.replace(before, status=status, merged_into=merged_into, responses=responses)
    return _stamped(_with_pending(alert, inputs), before, inputs)


def _first(snapshot: Snapshot, inputs: AlertInputs, *, truncated: bool, replaces: Collection[str]) -> Alert:
    return Alert(
        id=alert_id(snapshot.key),
        snapshot=snapshot,
        status=_status(snapshot),
        truncated=truncated,
        replaces=tuple(sorted(set(replaces))),
        policy_version=inputs.policy_version,
        engine=inputs.engine,
        created=inputs.now,
        updated=inputs.now,
    )


def _status(snapshot: Snapshot) -> AlertStatus:
    return AlertStatus.OPEN if snapshot.open else AlertStatus.CLOSED


def _stamped(alert: Alert, before: Alert, inputs: AlertInputs) -> Alert:
    if alert == before:
        return before
    return structs.replace(alert, updated=inputs.now, policy_version=inputs.policy_version, engine=inputs.engine)


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


def _answered(alert: Alert, before: Alert | None, responses: Iterable[Response], open_event_ids: Collection[str]) -> Alert:
    """The alert with its responses. Closes count while they cover its open events at its severity; a reopened alert has its next occurrence."""
    known = before.responses if before is not None else ()
    every = in_order((*known, *responses))
    if not every and before is None:
        return alert
    status = alert.status
    if status is AlertStatus.OPEN and covers(standing(every), open_event_ids, alert.severity):
        status = AlertStatus.CLOSED
    taken_back = reopenings(every, open_event_ids, alert.severity) - reopenings(known, open_event_ids, alert.severity)
    reopened = before is not None and before.status is AlertStatus.CLOSED and status is AlertStatus.OPEN
    return structs.replace(alert, responses=every, status=status, occurrence=alert.occurrence + max(taken_back, int(reopened), 0))


def is_logged(alert: Alert, announcement: Announcement) -> bool:
    """Whether the alert's log says that this channel was notified of these events at this severity or a higher one."""
    entries = [entry for entry in alert.notification_log if entry.channel == announcement.channel]
    if announcement.why == CLOSED:
        return any(entry.why == CLOSED and entry.occurrence == alert.occurrence for entry in entries)
    same = [entry for entry in entries if entry.severity >= announcement.severity and entry.why != CLOSED]
    return bool(same) and {event_id for entry in same for event_id in entry.event_ids} >= set(announcement.event_ids)


def informed(alert: Alert, inputs: AlertInputs) -> Alert:
    """The alert whose log has what was announced about it."""
    return _stamped(_with_pending(_announced(alert, inputs), inputs), alert, inputs)


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
    """What is pending now. Without a policy and without channels nobody knows: then only the end of an alert ends what is pending."""
    if not inputs.channels and not inputs.policy_version and alert.status is AlertStatus.OPEN:
        return alert
    due = pending(alert, inputs.channels, inputs.tuning)
    return structs.replace(alert, pending=tuple(sorted(due)), pending_reason=due[min(due)] if due else None)


def with_responses(alert: Alert, responses: Iterable[Response]) -> Alert:
    """The alert with responses that it may not know yet, from its own snapshot: no evidence is read. Equal to ``alert`` when it knows all.

    A close ends what is pending; nothing else changes it.
    """
    every = in_order((*alert.responses, *responses))
    if every == alert.responses:
        return alert
    known = {response.id for response in alert.responses}
    if alert.status in _SILENT or all(response.kind not in _DECIDING for response in every if response.id not in known):
        return structs.replace(alert, responses=every)
    found = _answered(structs.replace(alert, status=_status(alert.snapshot)), alert, every, _open_ids(alert.snapshot))
    return structs.replace(found, pending=(), pending_reason=None) if found.status is AlertStatus.CLOSED else found


def apply_responses(alert: Alert, inputs: AlertInputs) -> Alert:
    """The same for the store: with what is pending by the policy of these inputs. Equal to ``alert`` when nothing changed."""
    found = with_responses(alert, inputs.responses.get(alert.key, ()))
    if found == alert:
        return alert
    return structs.replace(
        _with_pending(found, inputs), updated=inputs.now, policy_version=max(found.policy_version, inputs.policy_version)
    )


def _open_ids(snapshot: Snapshot) -> frozenset[str]:
    """The events that are open as far as the alert's own rows tell."""
    closed = {event_id for row in snapshot.events if row.closed for event_id in row.event_ids}
    still_open = {event_id for row in snapshot.events if not row.closed for event_id in row.event_ids}
    return frozenset(snapshot.event_ids) - (closed - still_open)
