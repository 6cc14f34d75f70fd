"""Stored alerts of one event, and the keys of their groups."""

from typing import Any

from msgspec import structs

from gatewatch import evidence as ev
from gatewatch.alerts.event_text import event_text
from gatewatch.model import Alert, AlertEvent, AlertStatus, Event, GroupKey, ScoreComponent, Severity, Snapshot

from .aws import ACCOUNT, login
from .common import DAY, NOON, activity, minutes


def key(principal: str = f"{ACCOUNT}/alice", *, day: str = DAY, family: str = "aws", account: str = ACCOUNT) -> GroupKey:
    """A group key."""
    return GroupKey(family, account, principal, day)


def alert(group: GroupKey | None = None, *, event: Event | None = None, **changes: Any) -> Alert:
    """An open alert of one event, a login unless another one is given."""
    group = group or key()
    event = event or login(principal=group.principal)
    rule, score = changes.get("rule", "aws_console_login_no_mfa"), changes.get("score", 40)
    snapshot = Snapshot(
        key=group,
        open=True,
        rule=rule,
        rules=(rule,),
        score=score,
        severity=Severity.MEDIUM,
        components=(ScoreComponent(kind="base", name=rule, points=score, reason="no MFA"),),
        reason="alice signed in to the console without MFA",
        first_seen=NOON,
        last_seen=minutes(5),
        event_count=1,
        event_ids=(event.vendor_id,),
        events=(),
        addresses=(event.place.ip,) if event.place.ip else (),
        countries=(event.place.country,) if event.place.country else (),
        lead=activity(event),
        person=event.person,
    )
    drawn = Alert(id=ev.digest(group), snapshot=snapshot, status=AlertStatus.OPEN, created=minutes(31), updated=minutes(31))
    made = changed(drawn, **changes)
    return made if "events" in changes else changed(made, events=(row(made),))


def row(alert: Alert) -> AlertEvent:
    """The highest event of an alert, or pair of events, as the alert lists it."""
    found = alert.snapshot
    sides = [found.lead] if found.partner is None else [found.partner, found.lead]
    return AlertEvent(
        id=" + ".join(side.id for side in sides),
        time=found.lead.time,
        rule=found.rule,
        score=found.score,
        address=found.lead.event.place.ip or found.lead.event.place.address,
        country=found.lead.event.place.country,
        suppressed_by=found.suppressed_by if found.suppressed else None,
        members=tuple(sorted({member for side in sides for member in side.members})),
        rules=found.rules,
        reason=found.reason,
        components=found.components,
        texts=tuple(event_text(side) for side in sides),
    )


def changed(alert: Alert, **changes: Any) -> Alert:
    """The alert with other values of its own fields and of its snapshot's."""
    seen = {name: changes.pop(name) for name in Snapshot.__struct_fields__ if name in changes}
    return structs.replace(alert, snapshot=structs.replace(alert.snapshot, **seen), **changes)
