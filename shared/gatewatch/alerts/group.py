"""Fired events to alerts: one per family, account or tenant, principal and UTC day. Pure; what was stored before is another module's."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ..model import Activity, AlertEvent, GroupKey, Snapshot
from ..model.tokens import ADDRESS
from ..providers.catalogue import CATALOGUE_ORDER
from ..providers.window import Window
from .beside import lines
from .evaluate import Match, key_of
from .event_text import event_text

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
        first = {id(row) for row in _first_of_addresses(self.matches)}

        def importance(row: Match) -> tuple[bool, bool, bool]:
            return (not _open(row), notified_of(row.event_ids, notified), id(row) not in first)

        kept = sorted(sorted(self.matches, key=_height), key=importance)[:MAX_EVENT_ROWS]
        return tuple(_row(row) for row in sorted(kept, key=_order))


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
        homes = {home for row in elsewhere for side in _sides(row) if (home := key_of(side)) != key}
        found[key] |= homes
        for home in homes if not key.principal.startswith(ADDRESS) else ():
            found[home].add(key)
    return {key: frozenset(others) for key, others in found.items()}


def compute_group(rows: list[Match], person: str | None, shared_with: Collection[GroupKey] = ()) -> Computed:
    """The snapshot of one group, from its events."""
    return Computed(
        snapshot=_snapshot(rows, person, shared_with),
        matches=tuple(rows),
        open_event_ids=frozenset(event_id for row in rows if not row.closed for event_id in row.event_ids),
        members=frozenset().union(*(row.members for row in rows)),
    )


def _snapshot(rows: list[Match], person: str | None, shared_with: Collection[GroupKey]) -> Snapshot:
    """Open events lead: closed ones speak only when all are closed, suppressed ones only when all that could speak are suppressed."""
    candidates = [row for row in rows if not row.closed] or rows
    announced = [row for row in candidates if row.assessment.suppressed_by is None]
    lead = min(announced or candidates, key=_height)
    sides = [side for row in rows for side in _sides(row)]
    times = [side.time for side in sides]
    event_ids = tuple(sorted({side.id for side in sides}))
    heard = [side for row in rows if row.assessment.suppressed_by is None for side in _sides(row)] or sides
    related = Window.ids(_beside(rows))
    return Snapshot(
        key=lead.key,
        open=not all(row.closed for row in rows),
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
        events=tuple(_row(row) for row in sorted(rows, key=_order)[:MAX_EVENT_ROWS]),
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


def _open(row: Match) -> bool:
    return not row.closed and row.assessment.suppressed_by is None


def _order(row: Match) -> tuple[bool, tuple[int, int, datetime, str, str]]:
    """Open events first, then by height."""
    return (not _open(row), _height(row))


def _first_of_addresses(rows: Iterable[Match]) -> Iterable[Match]:
    """The highest open event of each source address."""
    seen: set[str | None] = set()
    for row in sorted((row for row in rows if _open(row)), key=_height):
        addresses = {side.event.place.ip or side.event.place.address for side in _sides(row)}
        if not addresses <= seen:
            seen |= addresses
            yield row


def _height(row: Match) -> tuple[int, int, datetime, str, str]:
    a = row.assessment
    return (-a.score, CATALOGUE_ORDER[a.rule], row.activity.time, row.activity.id, row.partner.id if row.partner is not None else "")


def _sides(row: Match) -> tuple[Activity, ...]:
    return (row.activity,) if row.partner is None else (row.partner, row.activity)


def _rules(rows: list[Match]) -> tuple[str, ...]:
    return tuple(sorted({rule for row in rows for rule in row.assessment.rules}, key=CATALOGUE_ORDER.__getitem__))


def _distinct(values: Iterable[str | None], bound: int) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))[:bound]


def _row(row: Match) -> AlertEvent:
    activity, assessment = row.activity, row.assessment
    return AlertEvent(
        id=activity.id if row.partner is None else f"{row.partner.id} + {activity.id}",
        time=activity.time,
        rule=assessment.rule,
        score=assessment.score,
        address=activity.event.place.ip or activity.event.place.address,
        country=activity.event.place.country,
        closed=row.closed,
        suppressed_by=assessment.suppressed_by,
        members=tuple(sorted(row.members)),
        rules=assessment.rules,
        reason=assessment.reason,
        components=assessment.components,
        texts=tuple(event_text(side) for side in _sides(row)),
        context=lines(row.context, row.activity, row.partner) if row.context is not None else (),
    )
