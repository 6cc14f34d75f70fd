"""One story, one message: alerts that share events are notified together. Pure: who speaks on a channel, and for whom.

Of the alerts that have a notification pending the highest is sent; it shows the news of the others and names them. An alert whose news
another alert's notification has shown already is marked without a message of its own.
"""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from ..model import Alert, AlertEvent, AlertStatus, GroupKey
from ..tuning import Tuning
from .news import CLOSED, MAX_NEWS, News, covers, entries_of, news
from .pending import pending

_SAME_NEWS = frozenset({"new", "address"})
"""Reasons that a notification of another alert may satisfy: what rose or reopened speaks for itself."""


class DuePart(Struct, frozen=True):
    """One alert's part in a notification: its own reason and its own news."""

    key: GroupKey
    why: str
    news: News


class Dispatch(Struct, frozen=True, kw_only=True):
    """One notification: the alert that is sent, those that it notifies of as well, and others of the same story."""

    channel: str
    lead: DuePart
    followers: tuple[DuePart, ...] = ()
    related: tuple[GroupKey, ...] = ()

    def shown(self) -> tuple[AlertEvent, ...]:
        """The events of the notification: the lead's, then what the others add."""
        rows = list(self.lead.news.shown)
        for part in self.followers:
            rows += _added(part, rows)
        return tuple(rows)


class Satisfied(Struct, frozen=True):
    """An alert whose news was shown in the notification of another one, by that alert's id."""

    channel: str
    part: DuePart
    by: str


class Plan(Struct, frozen=True):
    """What to send, and what to mark without sending."""

    dispatches: tuple[Dispatch, ...] = ()
    satisfied: tuple[Satisfied, ...] = ()


def plan(channel: str, seen: Mapping[GroupKey, Alert], held: Collection[GroupKey], tuning: Tuning) -> Plan:
    """The notifications of one channel. ``seen`` are the alerts as read, ``held`` those that this worker has a lease on.

    Where another worker holds the highest pending alert of a story, that worker speaks for all of it, and nothing of it is sent here.
    """
    dispatches: list[Dispatch] = []
    satisfied: list[Satisfied] = []
    for keys in _stories(seen):
        due = [part for key in keys if (part := _part(seen[key], channel, tuning)) is not None]
        marked = [found for part in due if part.key in held and (found := _satisfied(part, channel, keys, seen)) is not None]
        done = {found.part.key for found in marked}
        satisfied += marked
        dispatches += [Dispatch(channel=channel, lead=part) for part in due if part.why == CLOSED and part.key in held]
        waiting = sorted((part for part in due if part.key not in done and part.why != CLOSED), key=_height)
        if waiting and waiting[0].key in held:
            dispatches += _dispatches(channel, [part for part in waiting if part.key in held], keys, seen)
    return Plan(tuple(dispatches), tuple(satisfied))


def _part(alert: Alert, channel: str, tuning: Tuning) -> DuePart | None:
    why = pending(alert, (channel,), tuning).get(channel)
    return None if why is None else DuePart(alert.key, why, news(alert, channel, why))


def _height(part: DuePart) -> tuple[int, int, GroupKey]:
    """The highest first; of equals the one with more events, which is the pair."""
    score = max((row.score for row in part.news.shown), default=part.news.severity.lowest)
    return (-score, -len(part.news.event_ids), part.key)


def _satisfied(part: DuePart, channel: str, keys: Iterable[GroupKey], seen: Mapping[GroupKey, Alert]) -> Satisfied | None:
    if part.why not in _SAME_NEWS:
        return None
    for key in keys:
        if key != part.key and covers(entries_of(seen[key], channel), part.news):
            return Satisfied(channel, part, seen[key].id)
    return None


def _dispatches(channel: str, parts: list[DuePart], keys: Iterable[GroupKey], seen: Mapping[GroupKey, Alert]) -> Iterable[Dispatch]:
    """The highest with all whose news fits beside its own; then the highest of the rest."""
    while parts:
        lead, *others = parts
        rows = list(lead.news.shown)
        followers = []
        for part in others:
            added = _added(part, rows)
            if len(added) + len(rows) <= MAX_NEWS or not added:
                rows += added
                followers.append(part)
        named = {part.key for part in (lead, *followers)}
        related = tuple(key for key in keys if key not in named and seen[key].status in {AlertStatus.OPEN, AlertStatus.CLOSED})
        yield Dispatch(channel=channel, lead=lead, followers=tuple(followers), related=related)
        parts = [part for part in others if part.key not in named]


def _added(part: DuePart, rows: Iterable[AlertEvent]) -> list[AlertEvent]:
    """The events of this part that are not among these rows."""
    ids = {event_id for row in rows for event_id in row.event_ids}
    return [row for row in part.news.shown if not ids.issuperset(row.event_ids)]


def _stories(seen: Mapping[GroupKey, Alert]) -> list[list[GroupKey]]:
    """The alerts that share events, directly or through others, in the order in which they were read."""
    links = {key: {other for other in _shared(alert, seen) if other != key} for key, alert in seen.items()}
    for key, others in list(links.items()):
        for other in others:
            links[other].add(key)
    places = {key: place for place, key in enumerate(seen)}
    found: list[list[GroupKey]] = []
    done: set[GroupKey] = set()
    for key in seen:
        if key in done:
            continue
        reached, waiting = {key}, [key]
        while waiting:
            new = links[waiting.pop()] - reached
            reached |= new
            waiting += new
        found.append(sorted(reached, key=places.__getitem__))
        done |= reached
    return found


def _shared(alert: Alert, seen: Mapping[GroupKey, Alert]) -> Iterable[GroupKey]:
    ids = set(alert.snapshot.event_ids)
    return (key for key in alert.snapshot.shared_with if key in seen and not ids.isdisjoint(seen[key].snapshot.event_ids))
