"""The Event Hub trigger: Entra's diagnostic logs, minutes earlier than Graph shows them, through the same hand-over as a poll.

The host moves its checkpoint after an exception, unless the function has a retry policy that has not given up; so this one never gives
up. It moves it after a timeout as well: a run ends by its own deadline, long before ``functionTimeout`` of host.json. An instance that
is stopped between two tries loses its batch (Azure/azure-webjobs-sdk#2947, #2539), which is why Graph is still polled.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import List  # noqa: UP035 - see ``_Events``

import azure.functions as func
from msgspec import Struct

from gatewatch.polling.errors import DeadlineReached
from gatewatch.polling.hand_over import HandOver
from gatewatch.polling.streams import Stream

from . import metrics, wiring
from .hub_events import TENANT_MISSING, Sorted, sort
from .hub_settings import CONNECTION, EVENT_HUB_CONSUMER_GROUP, EVENT_HUB_NAME

LOG = logging.getLogger(__name__)
FUNCTION = "push_entra"
PAGE = 500
"""Records that are handed over together, or a little more: an event is not cut."""
_NOTHING = timedelta(0)
_Events = List[func.EventHubEvent]  # noqa: UP006 - Microsoft's runtime takes ``list[...]`` for no type and refuses the whole app
STREAM = Stream(name="push", resource="push", overlap=_NOTHING, delay=_NOTHING, longest=_NOTHING, first=_NOTHING, retention=_NOTHING)


def functions_of_hub() -> func.Blueprint:
    """The trigger as the host is told of it. Bytes, because a body may be no UTF-8; several events a call."""
    functions = func.Blueprint()  # type: ignore[no-untyped-call]

    @functions.function_name(FUNCTION)
    @functions.event_hub_message_trigger(
        arg_name="events",
        event_hub_name=f"%{EVENT_HUB_NAME.name}%",
        consumer_group=f"%{EVENT_HUB_CONSUMER_GROUP.name}%",
        connection=CONNECTION,
        cardinality=func.Cardinality.MANY,
        data_type=func.DataType.BINARY,
    )
    @functions.retry(strategy="exponential_backoff", max_retry_count="-1", minimum_interval="00:00:05", maximum_interval="00:05:00")
    def push_entra(events: _Events, context: func.Context) -> None:
        """Sign-ins and risk detections as Entra writes them."""
        take(events, context.invocation_id)

    return functions


def take(events: Sequence[func.EventHubEvent], worker: str) -> None:
    """Every record of these events ends stored, ignored and counted, or as a dead letter.

    Raises:
        StoreUnavailable: the store is away; what is urgent was announced, and the events come again.
        DeadlineReached: the run has no time left; the events come again, and those that are through are passed over.
    """
    batch = _Batch(events)
    try:
        with wiring.push_session(worker) as here:
            batch.process(here)
    finally:
        batch.report(wiring.now())


class _Piece(Struct):
    """Events that are handed over together."""

    events: list[func.EventHubEvent]
    found: list[Sorted]


_through: set[tuple[object, ...]] = set()
"""Events of batches that failed later, by partition and number: a try that comes again in this process goes on where the last one ended."""


class _Batch:
    def __init__(self, events: Sequence[func.EventHubEvent]) -> None:
        self._events = events
        self._partition = _partition(events[0]) if events else None
        self._counts: Counter[str] = Counter()
        self._state = "failed"
        self._tenant = ""

    def process(self, here: wiring.PushSession) -> None:
        """Piece by piece, the oldest events first."""
        (self._tenant, *_) = here.tenants
        hand_over = HandOver(STREAM, here.needs, None)
        self._counts = hand_over.counts
        for piece in self._pieces(here.tenants):
            if here.needs.deadline.left() <= 0:
                raise DeadlineReached("the deadline of this run is reached: these events come again")
            for found in piece.found:
                self._count_refused(found, here)
            hand_over.take([record for found in piece.found for record in found.page])
            if hand_over.away is None:
                _through.update(self._keys(piece.events))
        hand_over.finish()
        if hand_over.away is not None:
            raise hand_over.away
        _through.difference_update(self._keys(self._events))
        self._state = "done"

    def report(self, now: datetime) -> None:
        """What came of it. Refused are records of other tenants: somebody sends to the wrong hub, or a tenant is missing in the settings."""
        LOG.info("%s: %s, %d events, %s", FUNCTION, self._state, len(self._events), dict(self._counts))
        metrics.emit(
            self._tenant,
            STREAM.name,
            self._state,
            records=self._counts["read"],
            dead_letters=self._counts["dead_letters"],
            untold=self._counts["not_notified"],
            hub_age_seconds=_age(self._events, now),
        )

    def _pieces(self, tenants: Sequence[str]) -> Iterator[_Piece]:
        piece = _Piece([], [])
        for event in self._events:
            if self._keys([event]) & _through:
                self._counts["through_before"] += 1
                continue
            piece.events.append(event)
            piece.found.append(sort(event.get_body(), _moment(event), tenants))
            if sum(len(found.page) for found in piece.found) >= PAGE:
                yield piece
                piece = _Piece([], [])
        if piece.events:
            yield piece

    def _count_refused(self, found: Sorted, here: wiring.PushSession) -> None:
        for reason, number in found.refused.items():
            self._counts[f"ignored:{reason}"] += number
            LOG.error("%d pushed records are refused: %s", number, reason)
        for raw in found.nameless:
            self._counts["dead_letters"] += here.needs.dead_letters.put(raw, TENANT_MISSING, "")

    def _keys(self, events: Sequence[func.EventHubEvent]) -> set[tuple[object, ...]]:
        """What tells these events from all others, also of a hub that is made anew; nothing where the host does not say it."""
        known = [] if self._partition is None else events
        return {(self._partition, event.sequence_number, _moment(event)) for event in known if event.sequence_number is not None}


def _partition(event: func.EventHubEvent) -> object:
    """The partition of a batch, which has only one; None where the host does not say."""
    context = (event.metadata or {}).get("PartitionContext")
    return context.get("PartitionId") if isinstance(context, dict) else None


def _moment(event: func.EventHubEvent) -> datetime | None:
    at = event.enqueued_time
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _age(events: Sequence[func.EventHubEvent], now: datetime) -> float | None:
    """Seconds since the oldest event of the batch was enqueued."""
    moments = [moment for event in events if (moment := _moment(event)) is not None]
    return max((now - min(moments)).total_seconds(), 0.0) if moments else None
