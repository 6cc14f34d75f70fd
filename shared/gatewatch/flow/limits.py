"""Events of which only so many become evidence, by their provider's ``limit``: the rest is ignored and counted.

Which of them are kept depends on the order of arrival. Below the limit nothing does.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from ..model import Event
from ..model.tokens import address_token, principal_token
from ..ports import Span, Store
from ..providers.catalogue import provider_of
from ..providers.limit import Limit

BEYOND = "beyond_the_limit"
"""The reason that is counted."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Crowd(Struct, frozen=True):
    """One principal or address in one span of time, of which only so many events are kept."""

    token: str
    since: datetime
    limit: Limit

    def span(self) -> Span:
        """The time in which its events are read."""
        return self.since, self.since + self.limit.span


class Limits:
    """The events that are kept so far, of each crowd."""

    def __init__(self, kept: Iterable[Event] = ()) -> None:
        """Begin with what is kept already."""
        self._kept: dict[Crowd, set[str]] = defaultdict(set)
        for event, crowd in _limited(kept):
            self._kept[crowd].add(event.vendor_id)

    def beyond(self, events: Iterable[Event]) -> frozenset[str]:
        """The vendor ids of these events that are not kept. What is kept already stays what it is."""
        found: set[str] = set()
        for event, crowd in sorted(_limited(events), key=lambda each: (str(each[0].time), each[0].vendor_id)):
            kept = self._kept[crowd]
            if event.vendor_id in kept or len(kept) < crowd.limit.at_most:
                kept.add(event.vendor_id)
            else:
                found.add(event.vendor_id)
        return frozenset(found)


def beyond_limit(events: Iterable[Event], store: Store) -> frozenset[str]:
    """The vendor ids that are not kept beside what this store holds; raises ``StoreUnavailable`` when the store is away."""
    asked = list(_limited(events))
    counted = Counter(crowd for _, crowd in asked)
    large = [crowd for crowd, count in counted.items() if count >= crowd.limit.asked_from]
    if not large:
        return frozenset()
    by_owner: dict[str, set[str]] = {"principal": set(), "address": set()}
    for crowd in large:
        by_owner[crowd.limit.of].add(crowd.token)
    spans = sorted({crowd.span() for crowd in large})
    stored = store.context(sorted(by_owner["principal"]), spans, (), sorted(by_owner["address"]))
    return Limits(item.event for item in (*stored.evidence, *stored.of_addresses)).beyond(event for event, _ in asked)


def crowd_of(event: Event) -> Crowd | None:
    """The crowd that an event belongs to; None if all of its kind are kept."""
    limit = provider_of(event).limit(event)
    if limit is None or event.time is None:
        return None
    token = principal_token(event) if limit.of == "principal" else address_token(event)
    if token is None:
        return None
    return Crowd(token, _EPOCH + (event.time.astimezone(UTC) - _EPOCH) // limit.span * limit.span, limit)


def _limited(events: Iterable[Event]) -> Iterator[tuple[Event, Crowd]]:
    return ((event, crowd) for event in events if (crowd := crowd_of(event)) is not None)
