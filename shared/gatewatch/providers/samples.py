"""Helpers for rule examples: they change typed sample activities field by field. Names and addresses are documentation values."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial, wraps
from typing import Any, cast

import msgspec
from msgspec import Struct

from ..model import Activity, Assessment, severity_of
from ..tuning import Tuning
from .rule import Example, PairExample, Scored

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class OnDemand(Struct, frozen=True):
    """Activities that are made each time they are read: a host imports every rule, and reads no example."""

    make: Callable[[], Iterable[Activity]]

    def __iter__(self) -> Iterator[Activity]:
        """The activities."""
        return iter(self.make())


def on_demand[**P](make: Callable[P, Iterable[Activity]]) -> Callable[P, OnDemand]:
    """Decorates a function that makes the window of an example."""

    @wraps(make)
    def later(*args: P.args, **kwargs: P.kwargs) -> OnDemand:
        return OnDemand(partial(make, *args, **kwargs))

    return later


def hit(name: str, points: int, activity: Activity, *, window: Iterable[Activity] = (), tuning: Tuning | None = None) -> Example:
    """An example of a match: the rule must give these base points."""
    return Example(name, activity, points, window, tuning or Tuning())


def miss(name: str, activity: Activity, *, window: Iterable[Activity] = (), tuning: Tuning | None = None) -> Example:
    """An example of a miss: the rule must not match, and the name gives the reason."""
    return Example(name, activity, None, window, tuning or Tuning())


def changed(activity: Activity, **changes: object) -> Activity:
    """A copy of the activity with these fields set in its activity, event, place, detail, or the structs in its detail.

    Raises:
        TypeError: no part has a field of this name.
    """
    if not changes:
        return activity
    event = activity.event
    if "time" in changes:
        event = msgspec.structs.replace(event, time=cast("datetime", changes["time"]))
    place = _take(event.place, changes)
    own = _take(activity, changes, skip=("event",))
    shared = _take(event, changes, skip=("detail", "place"))
    detail = _take_nested(cast("Any", event.detail), changes)
    if changes:
        raise TypeError(f"no such field in a {event.kind} activity: {', '.join(sorted(changes))}")
    return msgspec.structs.replace(own, event=msgspec.structs.replace(shared, place=place, detail=detail))


def _take_nested[T: Struct](target: T, changes: dict[str, object]) -> T:
    """Set the named fields of the struct, then of the structs that are its fields."""
    target = _take(target, changes)
    if not changes:  # rule modules make many samples when they are imported
        return target
    inner = {name: value for name in target.__struct_fields__ if isinstance(value := getattr(target, name), Struct)}
    return msgspec.structs.replace(target, **{name: _take(value, changes) for name, value in inner.items()})


@cache
def _fields_of(kind: type[Struct]) -> frozenset[str]:
    return frozenset(kind.__struct_fields__)


def _take[T: Struct](target: T, changes: dict[str, object], *, skip: tuple[str, ...] = ()) -> T:
    fields = _fields_of(type(target))
    names = [name for name in changes if name in fields and name not in skip]
    return msgspec.structs.replace(target, **{name: changes.pop(name) for name in names}) if names else target


@on_demand
def repeated(activity: Activity, count: int) -> Iterator[Activity]:
    """The activity this many times, one minute apart, before its own time."""
    for n in range(1, count + 1):
        yield changed(activity, id=f"{activity.id}-{n}", time=cast("datetime", activity.event.time) - timedelta(minutes=n))


def scored(activity: Activity, score: int | None, *rules: str, minutes: float = 0, part: str = "") -> Scored:
    """One side of a pair, moved to this many minutes after noon. A score of None means that no rule matched."""
    moved = changed(activity, time=NOON + timedelta(minutes=minutes))
    if score is None:
        return Scored(moved, None)
    assessment = Assessment(
        activity_id=moved.id, rule=rules[0], rules=rules, score=score, severity=severity_of(score), components=(), reason=""
    )
    return Scored(moved, assessment, frozenset({part} if part else ()))


def pair_hit(name: str, points: int, first: Scored, second: Scored) -> PairExample:
    """An example of two activities, the earlier first: the pair rule must give these points before modifiers."""
    return PairExample(name, first, second, points)


def pair_miss(name: str, first: Scored, second: Scored) -> PairExample:
    """An example of two activities, the earlier first: the pair rule must not match, and the name gives the reason."""
    return PairExample(name, first, second, None)
