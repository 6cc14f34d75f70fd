"""What happened around an activity."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from ..model import Activity
from ..model.tokens import principal_token
from ..providers.rule import Window


class Windows:
    """What the same principal did up to a moment, the same second included."""

    def __init__(self, activities: Sequence[Activity]) -> None:
        self._by_principal: dict[str, list[Activity]] = defaultdict(list)
        for activity in activities:
            self._by_principal[principal_token(activity.event)].append(activity)
        self._times = {token: [a.time for a in items] for token, items in self._by_principal.items()}

    def before(self, activity: Activity, reach: timedelta) -> Window:
        """What happened this long before one activity, itself left out."""
        if not reach:
            return Window()
        token = principal_token(activity.event)
        times = self._times[token]
        start = bisect_left(times, activity.time - reach)
        end = bisect_right(times, activity.time.replace(microsecond=999_999))
        return Window(tuple(a for a in self._by_principal[token][start:end] if a.id != activity.id))
