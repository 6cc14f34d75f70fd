"""The whole of one alert: arithmetic, events, the stored records, what to run next, whom it was sent to and what people said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import batched

from msgspec import Struct

from .. import pivots
from ..model import Alert, AlertEvent, Event, Evidence, NotificationEntry, Response, ScoreComponent
from ..ports import Store
from .blocks import filled_in

MOST_STORED = 10
"""Stored records that the details of one alert show; the others are named."""

MOST_ENTRIES = 50
"""Entries of its notification log and its responses, the newest ones."""

BATCH = 200
SHORT_ID = 12
"""Characters of an alert's id that a page shows: of 50,000 alerts two have the same ones once in 200,000 pages."""


class StoredEvent(Struct, frozen=True, kw_only=True):
    """A record as it is stored, with the moment when it was first stored."""

    id: str
    learnt: datetime
    event: Event


class AlertDetail(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything about one alert that is not on its line."""

    id: str  # the beginning of its id
    components: tuple[ScoreComponent, ...] = ()  # where they are not those of its first event
    events: tuple[AlertEvent, ...]
    stored: tuple[StoredEvent, ...] = ()
    blocks: tuple[tuple[str, ...], ...] = ()  # what is filled into the blocks of its rule's playbook; empty without a stored record
    log: tuple[NotificationEntry, ...] = ()
    responses: tuple[Response, ...] = ()
    related: tuple[str, ...] = ()
    shared_with: tuple[str, ...] = ()
    data_quality: tuple[str, ...] = ()
    policy_version: int = 0
    engine: str = ""
    created: datetime


def details(alerts: Iterable[Alert], store: Store, now: datetime) -> Iterator[AlertDetail]:
    """The details of these alerts, in their order; the store is asked for many at once."""
    for some in batched(alerts, BATCH):
        ids = {event_id for alert in some for row in alert.snapshot.events for event_id in row.event_ids}
        found = _by_id(store.evidence_of(ids)) if ids else {}
        yield from (detail(alert, found, now) for alert in some)


def detail(alert: Alert, evidence: Mapping[str, Sequence[Evidence]], now: datetime) -> AlertDetail:
    """The details of an alert, with the evidence of its events by vendor id."""
    snapshot = alert.snapshot
    ids = list(dict.fromkeys(event_id for row in snapshot.events for event_id in row.event_ids))
    stored = [found for event_id in ids if (found := evidence.get(event_id))]
    return AlertDetail(
        id=alert.id[:SHORT_ID],
        components=() if snapshot.events and snapshot.events[0].components == snapshot.components else snapshot.components,
        events=snapshot.events,
        stored=tuple(
            StoredEvent(id=found[-1].event.vendor_id, learnt=found[0].ingested, event=found[-1].event) for found in stored[:MOST_STORED]
        ),
        blocks=filled_in(alert.rule, pivots.values([found[-1] for found in stored], now)) if stored else (),
        log=alert.notification_log[-MOST_ENTRIES:],
        responses=alert.responses[-MOST_ENTRIES:],
        related=snapshot.related_ids,
        shared_with=tuple(f"{key.family} {key.principal} {key.day}" for key in snapshot.shared_with),
        data_quality=snapshot.data_quality,
        policy_version=alert.policy_version,
        engine=alert.engine,
        created=alert.created,
    )


def _by_id(evidence: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    """The versions of each record, the first one first."""
    found: dict[str, list[Evidence]] = {}
    for item in sorted(evidence, key=lambda item: (item.ingested, item.id)):
        found.setdefault(item.event.vendor_id, []).append(item)
    return found


@cache
def playbook(rule: str) -> str:
    """The playbook of a rule as Markdown.

    Raises:
        ConfigError: there is none; the rule is not one of this version.
    """
    return pivots.page(rule)
