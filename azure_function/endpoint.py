"""The endpoint stream: process starts from an Elasticsearch, polled like Graph, with the same cursor, lease and dead letters."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain

from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import DeadlineReached
from gatewatch.polling.streams import Slice, Stream
from gatewatch.stores.elastic.index_days import IndexDays
from gatewatch.stores.elastic.index_pages import IndexPages

from .endpoint_settings import EndpointSettings
from .graph_streams import timed
from .settings import PollSettings

NAME = "endpoint"
type StreamRecord = Callable[[Mapping[str, object], datetime], Mapping[str, object] | None]
"""The record that teaches since when a host is there."""

KNOWN_SINCE = timedelta(days=30)
"""How far back it is looked up since when a host is there."""


def stream(endpoint: EndpointSettings, poll: PollSettings) -> Stream:
    """What one poll covers. ``overlap`` is read again, because agents ship what a machine did while it was offline when it is back."""
    overlap, longest = timedelta(minutes=endpoint.overlap_minutes), timedelta(minutes=poll.slice_minutes)
    return timed(NAME, "processes", poll, overlap=overlap, longest=longest)


class EndpointPages:
    """``gatewatch.polling.ports.PageSource`` over what endpoint agents wrote.

    A slice that holds a UTC midnight, and so each day once, begins with the first moment of every host of the last 30 days: ordinary
    processes are not read, but a tool is first on a host only if the host is known for a while.
    """

    def __init__(self, events: IndexPages, hosts: IndexDays | None = None, record: StreamRecord = lambda _values, _first: None) -> None:
        self._events, self._hosts, self._record = events, hosts, record

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[list[RawRecord]]:  # noqa: ARG002 - one stream only
        """The records of a slice, a page at a time; raises ``DeadlineReached``, ``StoreUnavailable`` and ``StoreError``."""
        found = chain(self._first_of_hosts(piece), self._events.pages(piece.start, piece.end))
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

    def _first_of_hosts(self, piece: Slice) -> Iterator[list[RawRecord]]:
        if self._hosts is None or piece.start.date() == piece.end.date():
            return
        for page in self._hosts.days(piece.end - KNOWN_SINCE, piece.end):
            records = (self._record(each.values, each.first) for each in page)
            yield [RawRecord(data=record, origin="elastic: first of a host") for record in records if record is not None]
