"""Fired events to alerts: one per family, account or tenant, principal and UTC day. Pure; what was stored before is another module's."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest

from msgspec import Struct

from ..model import AlertEvent, GroupKey, Snapshot
from ..model.tokens import ADDRESS
from ..providers.catalogue import CATALOGUE_ORDER
from ..providers.window import Window
from .evaluate import Match

MAX_EVENT_ROWS = 50
MAX_SHARED = 50
MAX_EVENT_IDS = 2_000
MAX_ADDRESSES = 200
MAX_RELATED = 200


class Computed(Struct, frozen=True, gc=False):
    """One group's snapshot, and the whole sets that its bounded lists may not hold."""

    snapshot: Snapshot
    open_event_ids: frozenset[str]
    members: frozenset[str]
    matches: tuple[Match, ...] = ()

    def events(self, notified: Collection[str]) -> tuple[AlertEvent, ...]:
        """The rows of the alert. Where there are too many, open events that are not in ``notified`` (vendor ids) are left out last.

        Of those the highest of each source address comes first: it may be what makes a notification pending.
        """
        if len(self.matches) <= MAX_EVENT_ROWS:
            return self.snapshot.events
        ordered = sorted(self.matches, key=_height)
        first = {id(row) for row in _first_of_addresses(ordered)}

        def importance(row: Match) -> tuple[bool, bool, bool]:
            return (not row.open, notified_of(row.event_ids, notified), id(row) not in first)

        return _rows(sorted(ordered, key=importance)[:MAX_EVENT_ROWS])


def notified_of(event_ids: Iterable[str], notified: Collection[str]) -> bool:
    """Whether a channel that was notified of these vendor ids knows an event: of a pair it must know both sides."""
    return all(event_id in notified for event_id in event_ids)


def alert_id(key: GroupKey) -> str:
    """The document id of a group's alert: the same for every writer, for ever."""
    text = f"{key.family}\x1f{key.account}\x1f{key.principal}\x1f{key.day}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def group(matches: Iterable[Match]) -> dict[GroupKey, list[Match]]:
    """Fired events by group."""
    groups: dict[GroupKey, list[Match]] = defaultdict(list)
    for row in matches:
        groups[row.key].append(row)
    return dict(groups)


def shared(groups: Mapping[GroupKey, Sequence[Match]]) -> dict[GroupKey, frozenset[GroupKey]]:
    """The other groups that the events of a group belong to. What an address did is read without its people, so they do not name it."""
    found: dict[GroupKey, set[GroupKey]] = defaultdict(set)
    for key, rows in groups.items():
        elsewhere = rows if key.principal.startswith(ADDRESS) else [row for row in rows if row.partner is not None]
        homes = frozenset[GroupKey]().union(*(row.homes for row in elsewhere)) - {key}
        found[key] |= homes
        for home in homes if not key.principal.startswith(ADDRESS) else ():
            found[home].add(key)
    return {key: frozenset(others) for key, others in found.items()}


def compute_group(rows: list[Match], person: str | None, shared_with: Collection[GroupKey] = ()) -> Computed:
    """The snapshot of one group, from its events."""
    return Computed(
        snapshot=_snapshot(rows, person, shared_with),
        matches=tuple(rows),
        open_event_ids=frozenset(side.id for row in rows if not row.closed for side in row.sides),
        members=frozenset(member for row in rows for side in row.sides for member in side.members),
    )


def _snapshot(rows: list[Match], person: str | None, shared_with: Collection[GroupKey]) -> Snapshot:
    """Open events lead: closed ones speak only when all are closed, suppressed ones only when all that could speak are suppressed."""
    candidates = [row for row in rows if not row.closed] or rows
    announced = [row for row in candidates if row.assessment.suppressed_by is None]
    lead = min(announced or candidates, key=_height)
    sides = [side for row in rows for side in row.sides]
    times = [side.time for side in sides]
    event_ids = tuple(sorted({side.id for side in sides}))
    heard = [side for row in rows if row.assessment.suppressed_by is None for side in row.sides] or sides
    related = Window.ids(_beside(rows))
    return Snapshot(
        key=lead.key,
        open=not candidates[0].closed,
        rule=lead.assessment.rule,
        rules=_rules(rows),
        score=lead.assessment.score,
        severity=lead.assessment.severity,
        components=lead.assessment.components,
        reason=lead.assessment.reason,
        first_seen=min(times),
        last_seen=max(times),
        event_count=len(event_ids),
        event_ids=event_ids[:MAX_EVENT_IDS],
        events=_rows(rows if len(rows) <= MAX_EVENT_ROWS else nsmallest(MAX_EVENT_ROWS, rows, key=_order)),
        addresses=_distinct((side.event.place.ip or side.event.place.address for side in heard), MAX_ADDRESSES),
        countries=_distinct((side.event.place.country for side in sides), MAX_ADDRESSES),
        lead=lead.activity,
        partner=lead.partner,
        person=person,
        suppressed=not announced,
        suppressed_by=None if announced else lead.assessment.suppressed_by,
        related_ids=_distinct(related.difference(event_ids), MAX_RELATED),
        shared_with=tuple(sorted(shared_with))[:MAX_SHARED],
        data_quality=tuple(sorted({flag for side in sides for flag in side.event.data_quality})),
    )


def _beside(rows: Iterable[Match]) -> Iterable[Window]:
    """What the alert names besides, counted or not."""
    return (window for row in rows for window in (row.related, row.context) if window is not None)


def _rows(rows: Iterable[Match]) -> tuple[AlertEvent, ...]:
    """These events as the alert shows them: open ones first, then by height."""
    return tuple(row.row for row in sorted(rows, key=_order))


def _order(row: Match) -> tuple[bool, tuple[int, int, datetime, str, str]]:
    """Open events first, then by height."""
    return (not row.open, row.height)


def _height(row: Match) -> tuple[int, int, datetime, str, str]:
    return row.height


def _first_of_addresses(rows: Iterable[Match]) -> Iterable[Match]:
    """Of these events, which are ordered by height, the highest open one of each source address."""
    seen: set[str | None] = set()
    for row in rows:
        addresses = {side.event.place.ip or side.event.place.address for side in row.sides}
        if row.open and not addresses <= seen:
            seen |= addresses
            yield row


def _rules(rows: list[Match]) -> tuple[str, ...]:
    return tuple(sorted(set().union(*{row.assessment.rules for row in rows}), key=CATALOGUE_ORDER.__getitem__))


def _distinct(values: Iterable[str | None], bound: int) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))[:bound]
