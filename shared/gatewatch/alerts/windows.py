"""What the same principal, or the same source address, did before an activity."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

from ..model import Activity, Event
from ..model.tokens import principal_token
from ..providers.rule import Window


class Windows:
    """What one owner (a principal, or an address) did up to a moment, the same second included."""

    def __init__(self, activities: Sequence[Activity], owner: Callable[[Event], str | None] = principal_token) -> None:
        """Order the activities by owner. Activities without an owner have no window."""
        self._owner = owner
        self._by_owner: dict[str, list[Activity]] = defaultdict(list)
        for activity in activities:
            token = owner(activity.event)
            if token is not None:
                self._by_owner[token].append(activity)
        self._times = {token: [a.time for a in items] for token, items in self._by_owner.items()}

    def before(self, activity: Activity, reach: timedelta, after: timedelta = timedelta()) -> Window:
        """What happened this long before one activity (and this long after its second), itself left out."""
        token = self._owner(activity.event)
        if not reach or token is None:
            return Window()
        times = self._times[token]
        start = bisect_left(times, activity.time - reach)
        end = bisect_right(times, activity.time.replace(microsecond=999_999) + after)
        return Window(tuple(a for a in self._by_owner[token][start:end] if a.id != activity.id))
