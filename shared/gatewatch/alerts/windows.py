"""What the same principal, or the same source address, did before an activity."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta

from ..model import Activity, Event
from ..model.tokens import principal_token
from ..providers.window import Series, Window

_NOTHING = Window()


class Windows:
    """What one owner (a principal, or an address) did up to a moment, the same second included."""

    def __init__(self, activities: Iterable[Activity], owner: Callable[[Event], str | None] = principal_token) -> None:
        """Sort the activities, which are ordered by time, by owner. Activities without an owner have no window."""
        self._owner = owner
        by_owner: dict[str, list[Activity]] = defaultdict(list)
        for activity in activities:
            token = owner(activity.event)
            if token is not None:
                by_owner[token].append(activity)
        self._series = {token: Series(items) for token, items in by_owner.items()}

    def before(self, activity: Activity, reach: timedelta, after: timedelta = timedelta()) -> Window:
        """What happened this long before one of the activities (and this long after its second), itself left out."""
        token = self._owner(activity.event) if reach else None
        return before(self._series[token], activity, reach, after) if token is not None else _NOTHING


def before(series: Series, activity: Activity, reach: timedelta, after: timedelta = timedelta()) -> Window:
    """The same, in the series of the activity's owner."""
    if not reach:
        return _NOTHING
    return Window(series, activity.time - reach, activity.time.replace(microsecond=999_999) + after, activity)
