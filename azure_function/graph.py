"""What is read from Microsoft Graph: sign-ins, risk detections and directory audits page by page, one sign-in by id."""

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import SliceRefused, SliceTooLong, SourceUnavailable
from gatewatch.polling.ports import Damaged
from gatewatch.polling.streams import Slice, Stream

from . import graph_streams
from .graph_abilities import GraphAbilities
from .graph_http import GraphError, GraphHttp, GraphUnavailable
from .graph_pages import NOT_JSON, Item, PageReader, one
from .graph_streams import SIGN_INS, Query
from .settings import BETA

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.graph_service_client import GraphServiceClient

LOG = logging.getLogger(__name__)
_ADDRESS = re.compile(r"[!-~]+")
"""The characters that an address may have: ASCII, and neither spaces nor controls."""
ANEW_AT_MOST = 3
"""How often a slice is begun again within a run because the link to its next page expired, or leads back."""


class Graph:
    """The collections of one tenant (``gatewatch.polling.ports.PageSource``). ``close`` it."""

    def __init__(self, http: GraphHttp, tenant: str, queries: Mapping[str, Query], abilities: GraphAbilities | None = None) -> None:
        """``queries`` holds, by the name of a stream, how it is read; ``abilities`` what this Graph refused earlier."""
        self._http = http
        self._tenant = tenant
        self._queries = queries
        self._abilities = abilities or GraphAbilities(http.clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the connection."""
        self._http.close()

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[list[RawRecord | Damaged]]:
        """The records of a slice, a page at a time, each stamped with the moment its answer came.

        Raises:
            SourceUnavailable: Graph is away, or the deadline is too near to go on.
            SliceTooLong: links to next pages expire before the end is reached.
            SliceRefused: Graph calls the request bad, as it does when a filter starts before its retention.
            FilterRefused: this Graph does not take the filter of the stream, and other streams read the same.
            GraphError: another answer that another try would not change.
        """
        query = self._abilities.fitting(self._queries[stream.name])
        link: str | None = None
        followed: set[str] = set()
        anew = 0
        while True:
            try:
                page, came = self._http.get(self._request(query, piece, link), PageReader(query.time_field), query.resource, deadline)
            except GraphError as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise
                if link is None and (query.instead or query.optional) and self._refuses(query, deadline):
                    query = self._abilities.fitting(query)
                    continue
                if link is None:
                    raise SliceRefused(str(error)) from error
                link, followed, anew = None, set(), self._anew(anew, "a link to the next page expired", query, error)
                continue
            if query.resource == SIGN_INS:
                self._http.observed.sign_ins([item.data for item in page.items], beta=self._http.api == BETA)
            yield [self._item(item, came, query.resource) for item in page.items]
            link = page.next_link
            if link is None:
                return
            if not self._is_ours(link):
                raise GraphUnavailable("Graph's next page lies at another address: not followed")
            if link in followed:
                link, followed, anew = None, set(), self._anew(anew, "a link leads back to a page that was read", query)
            else:
                followed.add(link)

    def _anew(self, times: int, reason: str, query: Query, error: GraphError | None = None) -> int:
        """How often a slice was begun anew with this time; raises ``SliceTooLong`` when that is no use."""
        if times >= ANEW_AT_MOST:
            raise SliceTooLong(f"{reason}, again and again") from error
        LOG.warning("graph %s: %s, the slice is read anew", query.resource, reason)
        return times + 1

    def _refuses(self, query: Query, deadline: Deadline) -> bool:
        """Whether Graph refuses this filter for the last hour too, so that its retention is not the reason; that is remembered."""
        now = self._http.clock()
        try:
            hour = Slice(now - timedelta(hours=1), now)
            self._http.get(self._request(query, hour, None, top=1), PageReader(query.time_field), query.resource, deadline)
        except GraphError as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            self._abilities.refuse(query)
            return True
        return False

    def sign_in(self, sign_in_id: str, deadline: Deadline) -> RawRecord | None:
        """One sign-in by id, marked ``wanted``; None while Graph does not have it."""
        try:
            found, came = self._http.get(lambda: self._by_id(sign_in_id), one, SIGN_INS, deadline)
        except GraphError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        found.pop("@odata.context", None)
        return self._record(found, came, SIGN_INS, wanted=True)

    def _item(self, item: Item, came: datetime, resource: str) -> RawRecord | Damaged:
        raw = self._record(item.data, came, resource)
        return Damaged(raw, item.damage, repaired=item.damage != NOT_JSON) if item.damage else raw

    def _record(self, data: object, came: datetime, resource: str, *, wanted: bool = False) -> RawRecord:
        return RawRecord(data=data, fetched=came, tenant=self._tenant, origin=f"graph:{resource}", wanted=wanted)

    def _is_ours(self, link: str) -> bool:
        """Whether a next link stays within our Graph: same scheme, host and version. Anything else would be a place to send a token to."""
        if not _ADDRESS.fullmatch(link):
            return False
        try:
            ours, theirs = urlsplit(self._http.root), urlsplit(link)
        except ValueError:
            return False
        return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc) and theirs.path.startswith(f"{ours.path}/")

    def _request(self, query: Query, piece: Slice, link: str | None, top: int | None = None) -> Callable[[], "RequestInformation"]:
        """What builds the request of the first page, or of the page a link names."""
        from kiota_abstractions.base_request_configuration import RequestConfiguration  # noqa: PLC0415 - heavy

        builder = _builder(self._http.client, query.resource)
        if link is not None:
            return lambda: builder.with_url(link).to_get_request_information()
        parameters = getattr(builder, f"{type(builder).__name__}GetQueryParameters")
        asked = parameters(filter=query.filter(piece), top=top or query.page_size)
        return lambda: builder.to_get_request_information(RequestConfiguration(query_parameters=asked))

    def _by_id(self, sign_in_id: str) -> "RequestInformation":
        return self._http.client.audit_logs.sign_ins.by_sign_in_id(sign_in_id).to_get_request_information()


def _builder(client: "GraphServiceClient", resource: str) -> Any:  # noqa: ANN401 - one class of the SDK for each collection
    match resource:
        case graph_streams.SIGN_INS:
            return client.audit_logs.sign_ins
        case graph_streams.DIRECTORY_AUDITS:
            return client.audit_logs.directory_audits
        case graph_streams.WORKLOAD_RISKS:
            return client.identity_protection.service_principal_risk_detections
    return client.identity_protection.risk_detections


_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class GraphSignInLookup:
    """Finds sign-ins that risk detections name (``gatewatch.ports.Lookup``).

    Bounded by ``limit`` requests and by the deadline; what is not found now is tried again by the sweep, so trouble is logged, not raised.
    Each run asks in an order of its own (``seed``), so that ids which are never found do not stand before the others.
    """

    def __init__(self, graph: Graph, deadline: Deadline, limit: int, seed: str) -> None:
        self._graph = graph
        self._deadline = deadline
        self._left = limit
        self._seed = seed

    def records(self, vendor_ids: Collection[str]) -> list[RawRecord]:
        """Those that Graph has."""
        found: list[RawRecord] = []
        ids = (vendor_id.partition("|")[2] for vendor_id in vendor_ids)
        try:
            for sign_in_id in sorted(filter(_ID.fullmatch, ids), key=self._order):
                if self._left <= 0:
                    break
                self._left -= 1
                record = self._graph.sign_in(sign_in_id, self._deadline)
                if record is not None:
                    found.append(record)
        except (SourceUnavailable, GraphError) as error:
            LOG.warning("sign-ins named by risk detections: %s; the sweep tries again", error)
        return found

    def _order(self, sign_in_id: str) -> bytes:
        return hashlib.sha256(f"{self._seed}|{sign_in_id}".encode()).digest()
