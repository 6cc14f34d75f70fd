"""What the person of an event did around it that gives no points: shown beside it, never counted.

It is asked for by matches alone, so whoever has no alert pays nothing for it.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from ..model import Activity, Event
from ..model.spans import span
from ..model.tokens import person_token, principal_token
from ..providers.catalogue import CONTEXT, provider_of
from ..providers.people import person_of
from ..providers.window import Series, Window
from ..tuning import Tuning

MOST = 10
"""The lines of one event; what is beyond is counted, and a case shows it."""

_BEFORE = max((part.before for part in CONTEXT.values()), default=timedelta())
_AFTER = max((part.after for part in CONTEXT.values()), default=timedelta())


def shown_among(activities: Iterable[Activity]) -> list[Activity]:
    """Those of these activities that are only shown."""
    return [activity for activity in activities if type(activity.event.detail) in CONTEXT]


class Beside:
    """Activities that are only shown, by person, or by principal where the person is unknown."""

    def __init__(self, shown: Iterable[Activity], tuning: Tuning) -> None:
        """Take what ``shown_among`` finds among activities that are ordered by time."""
        self._tuning = tuning
        by_owner: dict[str, list[Activity]] = defaultdict(list)
        for activity in shown:
            by_owner[self._owner(activity.event)].append(activity)
        self._series = {owner: Series(activities) for owner, activities in by_owner.items()}

    def window(self, activity: Activity, partner: Activity | None = None) -> Window | None:
        """What is shown beside this event, or beside a pair of which ``partner`` is the earlier one. None if there is nothing."""
        found = self._series.get(self._owner(activity.event))
        if found is None:
            return None
        window = Window(found, (partner or activity).time - _BEFORE, activity.time + _AFTER)
        return window if len(window) else None

    def _owner(self, event: Event) -> str:
        person = person_of(event, self._tuning)
        return person_token(person) if person is not None else principal_token(event)


def lines(window: Window, activity: Activity, partner: Activity | None = None) -> tuple[str, ...]:
    """What the window shows, for people and in order of time. Values are raw, but bounded."""
    anchor = partner or activity
    noun = provider_of(anchor.event).text.noun(anchor.event)
    found = tuple(dict.fromkeys(_line(each, anchor, noun) for each in window.activities))
    return (*found[:MOST], f"and {len(found) - MOST} more") if len(found) > MOST else found


def _line(shown: Activity, anchor: Activity, noun: str) -> str:
    apart = shown.time - anchor.time
    when = f"{span(apart)} after" if shown.time >= anchor.time else f"{span(-apart)} before"
    return f"{CONTEXT[type(shown.event.detail)].says(shown.event)} {when} the {noun}"
