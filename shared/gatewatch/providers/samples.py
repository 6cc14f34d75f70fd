"""Typed sample activities that rule examples change field by field. Names and addresses are documentation values (RFC 5737, AWS samples)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

import msgspec
from msgspec import Struct

from ..model import (
    Activity,
    Assessment,
    EntraSignIn,
    Kind,
    severity_of,
)
from ..tuning import Tuning
from .rule import Example, PairExample, Scored

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def hit(name: str, points: int, activity: Activity, *, around: Iterable[Activity] = (), tuning: Tuning | None = None) -> Example:
    """An activity the rule must give these base points."""
    return Example(name, activity, points, tuple(around), tuning or Tuning())


def miss(name: str, activity: Activity, *, around: Iterable[Activity] = (), tuning: Tuning | None = None) -> Example:
    """An activity the rule must leave alone; the name says why."""
    return Example(name, activity, None, tuple(around), tuning or Tuning())


def changed(activity: Activity, **changes: object) -> Activity:
    """The activity with these fields set, wherever they live: activity, event, place, the source's own part, device.

    Raises:
        TypeError: a name that no part has, so a typo in an example fails at once.
    """
    event = activity.event
    detail = next(part for part in (event.aws, event.entra, event.risk, event.process) if part is not None)
    if "time" in changes:
        event = msgspec.structs.replace(event, time=cast("datetime", changes["time"]))
    place = _take(event.place, changes)
    if isinstance(detail, EntraSignIn):
        detail = msgspec.structs.replace(detail, device=_take(detail.device, changes, only=("compliant", "trust_type")))
    own = _take(activity, changes, skip=("event",))
    shared = _take(event, changes, skip=("aws", "entra", "risk", "process", "place"))
    detail = _take(detail, changes)
    if changes:
        raise TypeError(f"no such field in a {event.kind.value} activity: {', '.join(sorted(changes))}")
    part = {Kind.AWS: "aws", Kind.SIGN_IN: "entra", Kind.RISK_DETECTION: "risk", Kind.PROCESS: "process"}[event.kind]
    return msgspec.structs.replace(own, event=msgspec.structs.replace(shared, place=place, **{part: detail}))


def _take[T: Struct](target: T, changes: dict[str, object], *, skip: tuple[str, ...] = (), only: tuple[str, ...] | None = None) -> T:
    names = [n for n in target.__struct_fields__ if n in changes and n not in skip and (only is None or n in only)]
    return msgspec.structs.replace(target, **{n: changes.pop(n) for n in names})


def repeated(activity: Activity, count: int) -> tuple[Activity, ...]:
    """The same kind of activity this many times, a minute apart, before noon."""
    return tuple(
        changed(activity, id=f"{activity.id}-{n}", time=cast("datetime", activity.event.time) - timedelta(minutes=n))
        for n in range(1, count + 1)
    )


def scored(activity: Activity, score: int | None, *rules: str, minutes: float = 0, part: str = "") -> Scored:
    """One side of a pair, moved this many minutes after noon; score None when no rule of its own fired."""
    moved = changed(activity, time=NOON + timedelta(minutes=minutes))
    if score is None:
        return Scored(moved, None)
    told = Assessment(activity_id=moved.id, rule=rules[0], rules=rules, score=score, severity=severity_of(score), addends=(), reason="")
    return Scored(moved, told, frozenset({part} if part else ()))


def pair_hit(name: str, points: int, first: Scored, second: Scored) -> PairExample:
    """Two activities, in order of time, that must give these points before modifiers."""
    return PairExample(name, first, second, points)


def pair_miss(name: str, first: Scored, second: Scored) -> PairExample:
    """Two activities, in order of time, that must not pair; the name says why."""
    return PairExample(name, first, second, None)
