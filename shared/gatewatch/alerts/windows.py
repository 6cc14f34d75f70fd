"""What happened around an activity."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from ..evidence import principal_token
from ..model import Activity, Kind
from ..providers.rule import Around


class Windows:
    """What the same AWS principal did up to a moment, the same second included."""

    def __init__(self, activities: Sequence[Activity]) -> None:
        self._by_principal: dict[str, list[Activity]] = defaultdict(list)
        for activity in activities:
            if activity.event.kind is Kind.AWS:
                self._by_principal[principal_token(activity.event)].append(activity)
        self._times = {token: [a.time for a in items] for token, items in self._by_principal.items()}

    def around(self, activity: Activity, reach: timedelta) -> Around:
        """What happened this long before one activity, itself left out; only AWS activities have a window."""
        if activity.event.kind is not Kind.AWS or not reach:
            return Around()
        token = principal_token(activity.event)
        times = self._times[token]
        start = bisect_left(times, activity.time - reach)
        end = bisect_right(times, activity.time.replace(microsecond=999_999))
        return Around(tuple(a for a in self._by_principal[token][start:end] if a.id != activity.id))
