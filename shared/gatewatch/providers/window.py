"""What happened before an activity.

What rules ask about the same activities is looked up once: selections and groups are kept with the activities, so the cost of an activity
does not grow with the number of others in its window.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime

from ..model import Activity
from .phrases import who

type Test = Callable[[Activity], bool]
type Key = Callable[[Activity], Hashable]
type Value = Callable[[Activity], str]

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Series:
    """The activities of one owner in order of time, with what was selected from them so far."""

    __slots__ = ("_groups", "_selections", "activities", "times")

    def __init__(self, activities: Sequence[Activity] = ()) -> None:
        """Take activities that are ordered by time."""
        self.activities = activities
        self.times = [activity.time for activity in activities]
        self._selections: dict[Test, Series] = {}
        self._groups: dict[tuple[Key, Value], _Groups] = {}

    def replace(self, activities: Sequence[Activity]) -> None:
        """Hold these instead. Windows on this series show parts of them from now on."""
        self.activities = activities
        self.times = [activity.time for activity in activities]
        self._selections.clear()
        self._groups.clear()

    def extend(self, more: Sequence[Activity]) -> None:
        """Hold these later ones as well."""
        self.activities = [*self.activities, *more]
        self.times += [activity.time for activity in more]
        for test, selection in self._selections.items():
            selection.extend([activity for activity in more if test(activity)])
        for groups in self._groups.values():
            groups.extend(self.activities)

    def where(self, test: Test) -> "Series":
        """The activities for which ``test`` is true, kept by that function."""
        found = self._selections.get(test)
        if found is None:
            found = self._selections[test] = Series([activity for activity in self.activities if test(activity)])
        return found

    def groups(self, key: Key, value: Value) -> "_Groups":
        """The groups by these functions, kept by them."""
        found = self._groups.get((key, value))
        if found is None:
            found = self._groups[key, value] = _Groups(self.activities, key, value)
        return found

    def range(self, since: datetime, until: datetime) -> tuple[int, int]:
        """The places of the activities in [since, until]: the first one, and the one after the last."""
        return bisect_left(self.times, since), bisect_right(self.times, until)


class _Groups:
    """What a key function and a value function say of the activities in a range of places. Ranges move forward: each activity enters and leaves once."""

    __slots__ = ("_activities", "_end", "_key", "_start", "_value", "counts", "values")

    def __init__(self, activities: Sequence[Activity], key: Key, value: Value) -> None:
        self._activities, self._key, self._value = activities, key, value
        self._start = self._end = 0
        self.counts: dict[Hashable, int] = {}
        self.values: dict[Hashable, str] = {}  # of the latest activity of each key

    def extend(self, activities: Sequence[Activity]) -> None:
        """Go on with these, which begin with those of before."""
        self._activities = activities

    def move(self, start: int, end: int) -> None:
        """Go to the places [start, end)."""
        if start < self._start or end < self._end or start > self._end:
            self._start = self._end = start
            self.counts.clear()
            self.values.clear()
        for activity in self._activities[self._end : end]:
            key = self._key(activity)
            self.counts[key] = self.counts.get(key, 0) + 1
            self.values[key] = self._value(activity)
        for activity in self._activities[self._start : start]:
            key = self._key(activity)
            self.counts[key] -= 1
            if not self.counts[key]:
                del self.counts[key], self.values[key]
        self._start, self._end = start, end


class Window:
    """The other activities of the same principal (or source address) in [t - reach, t], where t is the time of the activity.

    ``where`` and ``by`` keep what they found by the functions that they get: give functions that live as long as the program.
    """

    __slots__ = ("_own", "_series", "_since", "_until")

    def __init__(
        self,
        activities: Series | Iterable[Activity] = (),
        since: datetime = _FIRST,
        until: datetime = _LAST,
        own: Activity | None = None,
    ) -> None:
        """The part in [since, until] of a series, or of activities in any order. ``own``, if given, is one of that part and left out."""
        self._series = activities if isinstance(activities, Series) else Series(sorted(activities, key=_time))
        self._since, self._until, self._own = since, until, own

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities, in order of time."""
        start, end = self._range()
        own = self._own.id if self._own is not None else None
        return tuple(activity for activity in self._series.activities[start:end] if activity.id != own)

    def __len__(self) -> int:
        """How many there are."""
        start, end = self._range()
        return end - start - (self._own is not None)

    def since(self, moment: datetime) -> "Window":
        """The part of the window from this time on."""
        if moment <= self._since:
            return self
        own = self._own if self._own is not None and self._own.time >= moment else None
        return Window(self._series, moment, self._until, own)

    def where(self, test: Test) -> "Window":
        """The part of the window for which ``test`` is true."""
        series = self._series.where(test)
        if not series.activities:  # so it is of most owners, whatever their windows
            return _NOTHING
        own = self._own if self._own is not None and test(self._own) else None
        return Window(series, self._since, self._until, own)

    def by(self, key: Key, value: Value) -> dict[Hashable, str]:
        """The keys of the activities, each with the value of its latest activity. That may be the activity whose window it is, if its key has others."""
        found = self._series.groups(key, value)
        found.move(*self._range())
        values = found.values.copy()
        if self._own is not None and found.counts[own := key(self._own)] == 1:
            del values[own]
        return values

    def part(self) -> tuple[Series, datetime, datetime]:
        """The series, and the time of it that the window covers."""
        return self._series, self._since, self._until

    def _range(self) -> tuple[int, int]:
        return self._series.range(self._since, self._until)

    @staticmethod
    def ids(windows: Iterable["Window"]) -> set[str]:
        """The ids of the activities in any of these windows, and maybe of those whose windows they are. Each activity is read once."""
        parts: dict[Series, list[tuple[datetime, datetime]]] = defaultdict(list)
        for series, since, until in (window.part() for window in windows):
            parts[series].append((since, until))
        found: set[str] = set()
        for series, spans in parts.items():
            for since, until in _joined(sorted(spans)):
                start, end = series.range(since, until)
                found.update(activity.id for activity in series.activities[start:end])
        return found


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """These spans of time, which are ordered, joined where they meet."""
    found: list[tuple[datetime, datetime]] = []
    for since, until in spans:
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def principal(activity: Activity) -> str:
    """A key: whose activity it is."""
    return activity.event.principal


def name(activity: Activity) -> str:
    """A value: the name of who acted."""
    return who(activity.event)


def _time(activity: Activity) -> datetime:
    return activity.time


_NOTHING = Window()
