"""Events of which only so many a principal and day become evidence: what is shown beside a login, and gives no points.

The rest is ignored and counted. Which of them are kept depends on the order of arrival; that changes no score and no notification.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from ..model import Event
from ..model.tokens import principal_token
from ..ports import Store
from ..providers.catalogue import provider_of

LIMIT = 200
"""Events of one principal and UTC day."""

BEYOND = "beyond_the_limit_of_a_day"
"""The reason that is counted."""

type _Owner = tuple[str, str]


class DayLimits:
    """The limited events of each principal and day that are kept so far."""

    def __init__(self, kept: Iterable[Event] = ()) -> None:
        """Begin with what is kept already."""
        self._kept: dict[_Owner, set[str]] = defaultdict(set)
        for event, owner in _limited(kept):
            self._kept[owner].add(event.vendor_id)

    def beyond(self, events: Iterable[Event]) -> frozenset[str]:
        """The vendor ids of these events that are not kept. What is kept already stays what it is."""
        found: set[str] = set()
        for event, owner in sorted(_limited(events), key=lambda each: (str(each[0].time), each[0].vendor_id)):
            kept = self._kept[owner]
            if event.vendor_id in kept or len(kept) < LIMIT:
                kept.add(event.vendor_id)
            else:
                found.add(event.vendor_id)
        return frozenset(found)


def beyond_limit(events: Iterable[Event], store: Store) -> frozenset[str]:
    """The vendor ids that are not kept beside what this store holds. Reads it only if one of these events is limited.

    Raises ``StoreUnavailable`` when the store is away.
    """
    asked = [event for event, _ in _limited(events)]
    if not asked:
        return frozenset()
    days = sorted({datetime.fromisoformat(day).replace(tzinfo=UTC) for _, (_, day) in _limited(asked)})
    spans = [(start, start + timedelta(days=1) - timedelta(microseconds=1)) for start in days]
    stored = store.context(sorted({principal_token(event) for event in asked}), spans, ())
    return DayLimits(item.event for item in stored.evidence).beyond(asked)


def _limited(events: Iterable[Event]) -> Iterator[tuple[Event, _Owner]]:
    for event in events:
        if event.time is not None and provider_of(event).limited(event):
            yield event, (principal_token(event), event.time.astimezone(UTC).date().isoformat())
