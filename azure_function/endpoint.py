"""The endpoint stream: process starts from an Elasticsearch, polled like Graph, with the same cursor, lease and dead letters."""

from collections.abc import Iterator
from datetime import timedelta

from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import DeadlineReached
from gatewatch.polling.streams import Slice, Stream
from gatewatch.stores.elastic.index_pages import IndexPages

from .endpoint_settings import EndpointSettings
from .graph_streams import timed
from .settings import PollSettings

NAME = "endpoint"


def stream(endpoint: EndpointSettings, poll: PollSettings) -> Stream:
    """What one poll covers. ``overlap`` is read again, because agents ship what a machine did while it was offline when it is back."""
    overlap, longest = timedelta(minutes=endpoint.overlap_minutes), timedelta(minutes=poll.slice_minutes)
    return timed(NAME, "processes", poll, overlap=overlap, longest=longest)


class EndpointPages:
    """``gatewatch.polling.ports.PageSource`` over process events."""

    def __init__(self, events: IndexPages) -> None:
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
