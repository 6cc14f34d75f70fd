"""Fired events to alerts: one per family, account or tenant, principal and UTC day. Pure; what was stored before is another module's."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from ..model import Activity, AlertEvent, GroupKey, Snapshot
from ..providers.catalogue import CATALOGUE_ORDER, CORRELATION
from .evaluate import Match

MAX_EVENT_ROWS = 50
MAX_EVENT_IDS = 2_000
MAX_ADDRESSES = 200
MAX_RELATED = 200


class Computed(Struct, frozen=True):
    """One group's snapshot, and the whole sets that its bounded lists may not hold."""

    snapshot: Snapshot
    open_event_ids: frozenset[str]
    members: frozenset[str]


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


def compute_group(rows: list[Match], person: str | None) -> Computed:
    """The snapshot of one group, from its events."""
    return Computed(
        snapshot=_snapshot(rows, person),
        open_event_ids=frozenset(event_id for row in rows if not row.closed for event_id in row.event_ids),
        members=frozenset().union(*(row.members for row in rows)),
    )


def _snapshot(rows: list[Match], person: str | None) -> Snapshot:
    """The rule, score, severity and addresses are those of the unsuppressed events, unless all are suppressed."""
    announced = [row for row in rows if row.assessment.suppressed_by is None]
    speaking = sorted(announced or rows, key=_height)
    lead = speaking[0]
    event_ids = tuple(sorted({event_id for row in rows for event_id in row.event_ids}))
    return Snapshot(
        key=lead.key,
        open=not all(row.closed for row in rows),
        rule=lead.assessment.rule,
        rules=_rules(rows),
        score=lead.assessment.score,
        severity=lead.assessment.severity,
        components=lead.assessment.components,
        reason=lead.assessment.reason,
        first_seen=min(t for row in rows for t in _times(row)),
        last_seen=max(t for row in rows for t in _times(row)),
        event_count=len(event_ids),
        event_ids=event_ids[:MAX_EVENT_IDS],
        events=tuple(_row(row) for row in sorted(rows, key=_height)[:MAX_EVENT_ROWS]),
        addresses=_distinct(_addresses(speaking), MAX_ADDRESSES),
        countries=_distinct(_countries(rows), MAX_ADDRESSES),
        lead=lead.activity,
        partner=lead.partner,
        person=person,
        suppressed=not announced,
        suppressed_by=None if announced else lead.assessment.suppressed_by,
        related_ids=tuple(sorted({r for row in rows for r in row.related} - set(event_ids)))[:MAX_RELATED],
        data_quality=tuple(sorted({q for row in rows for a in _sides(row) for q in a.event.data_quality})),
    )


def _height(row: Match) -> tuple[int, int, datetime, str, str]:
    a = row.assessment
    return (-a.score, CATALOGUE_ORDER[a.rule], row.activity.time, row.activity.id, row.partner.id if row.partner is not None else "")


def _sides(row: Match) -> tuple[Activity, ...]:
    return (row.activity,) if row.partner is None else (row.partner, row.activity)


def _times(row: Match) -> list[datetime]:
    return [side.time for side in _sides(row)]


def _rules(rows: list[Match]) -> tuple[str, ...]:
    return tuple(sorted({rule for row in rows for rule in row.assessment.rules}, key=CATALOGUE_ORDER.__getitem__))


def _addresses(rows: list[Match]) -> Iterable[str]:
    for row in rows:
        for side in _sides(row):
            address = side.event.place.ip or side.event.place.address
            if address:
                yield address


def _countries(rows: list[Match]) -> Iterable[str]:
    return (side.event.place.country for row in rows for side in _sides(row) if side.event.place.country)


def _distinct(values: Iterable[str], bound: int) -> tuple[str, ...]:
    return tuple(sorted(set(values)))[:bound]


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
    )


def key_for_pair(person: str, day: str) -> GroupKey:
    """The cross-cloud group of a person on a day."""
    return GroupKey(CORRELATION.name, "", person, day)
