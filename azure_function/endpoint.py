"""The endpoint stream: process starts from an Elasticsearch, polled like Graph, with the same cursor, lease and dead letters."""

from collections.abc import Iterator
from datetime import timedelta

from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.stores.elastic.process_events import ProcessEvents

from .endpoint_settings import EndpointSettings
from .graph_http import Deadline, DeadlineReached
from .settings import PollSettings
from .streams import Slice, Stream

NAME = "endpoint"


def stream(endpoint: EndpointSettings, poll: PollSettings) -> Stream:
    """What one poll covers. ``overlap`` is read again, because agents ship what a machine did while it was offline when it is back."""
    return Stream(
        name=NAME,
        resource="processes",
        time_field="@timestamp",
        overlap=timedelta(minutes=endpoint.overlap_minutes),
        delay=timedelta(seconds=poll.end_delay_seconds),
        longest=timedelta(minutes=poll.slice_minutes),
        first=timedelta(hours=poll.first_look_back_hours),
        retention=timedelta(days=poll.retention_days),
        page_size=endpoint.page_size,
    )


class EndpointPages:
    """``azure_function.poll.Pages`` over process events."""

    def __init__(self, events: ProcessEvents) -> None:
        self._events = events

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[list[RawRecord]]:  # noqa: ARG002 - one stream only
        """The records of a slice, a page at a time; raises ``DeadlineReached``, ``StoreUnavailable`` and ``StoreError``."""
        found = self._events.pages(piece.start, piece.end)
        while True:
            if deadline.left() <= 0:
                raise DeadlineReached("the deadline of this run is reached")
            try:
                page = next(found, None)
            except StoreUnavailable as error:
                if deadline.left() <= 0:
                    raise DeadlineReached("the deadline of this run is reached") from error
                raise
            if page is None:
                return
            yield page
