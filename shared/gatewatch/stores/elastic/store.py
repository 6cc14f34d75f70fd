"""The Elasticsearch store: evidence in a create-only data stream, alerts in monthly indices, compare-and-swap by sequence number."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import batched
from typing import Any

from ...evidence import id_link, wants
from ...model import Alert, Evidence, GroupKey, Prepared, Response
from ...ports import (
    AlertQuery,
    AlertWrite,
    AppendResult,
    EvidenceContext,
    Span,
    State,
    StateDocument,
    StateKey,
    StateWrite,
    Stored,
    Written,
)
from ..indexed import NEWEST, select, with_addresses, with_bodies
from . import queries
from .answers import buckets, stored_alert, stored_document, typed
from .bulk import BulkStatus
from .client import Client
from .names import Names
from .operations import alert_op, document_id, evidence_op, index_of, state_op
from .queries import Query
from .requests import PILES, appended, documents_of, search, write
from .responses import ElasticResponses

MOST_DOCUMENTS = 20_000
"""Evidence of a neighbourhood that is read whole, page by page; some 100 MB while it is decoded."""

READ_KEYS = 500
NAMING = 1_000
_WRITTEN = {BulkStatus.DONE: Written.DONE, BulkStatus.EXISTS: Written.CONFLICT, BulkStatus.CONFLICT: Written.CONFLICT}

type _Part = tuple[Collection[str], Sequence[Span], Collection[str]]
"""Subjects, their spans, and links: one part of a context."""


class ElasticStore:
    """A ``gatewatch.ports.Store``; safe for several threads, processes and clouds at once.

    ``namespace`` names the installation: whatever is read or written carries it.
    ``event.ingested`` of an alert, which Elastic Security's promotion rule searches by, is the moment of its last recomputation: the
    pipeline writes at once, and a lease or a told line that is written later does not promote the alert a second time.
    """

    def __init__(
        self,
        client: Client,
        *,
        namespace: str = "default",
        data_streams_only: bool = True,
        most_documents: int = MOST_DOCUMENTS,
    ) -> None:
        self.client = client
        self._namespace, self.names = namespace, Names(namespace)
        self._evidence = self.names.evidence
        self._most_documents = most_documents
        self._data_streams_only = data_streams_only  # OpenSearch cannot be told so
        self._responses = ElasticResponses(client, namespace, verified=data_streams_only)

    def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
        """Create each document unless its id exists; visible to searches when this returns."""
        return write(self.client, evidence, partial(evidence_op, self.names), appended, data_stream=self._data_streams_only)

    def append_prepared(self, prepared: Sequence[Prepared]) -> list[AppendResult]:
        """The same for prepared evidence."""
        return with_bodies(prepared, self.append)

    def context(
        self, subjects: Collection[str], spans: Sequence[Span], links: Collection[str], addresses: Collection[str] = ()
    ) -> EvidenceContext:
        """One request for the first pages, one for each further page; the newest of each token where there is more than a worker should hold."""
        parts: list[_Part] = [part for part in ((subjects, spans, links), (addresses, spans, ())) if part[0] or part[2]]
        asked = [queries.neighbours(*part) for part in parts]
        answers = search(self.client, self._evidence, asked)
        read = [self._part(*each) for each in zip(parts, asked, answers, strict=True)]
        of_addresses = read.pop() if addresses else None
        found = read[0] if read else EvidenceContext(())
        return with_addresses(found, of_addresses) if of_addresses is not None else found

    def _part(self, part: _Part, query: Query, first: Any) -> EvidenceContext:  # noqa: ANN401 - JSON
        found = self._pages(query, first)
        return select(self._piles(*part) if found is None else found, *part)

    def _pages(self, query: Query, answer: Any) -> list[Evidence] | None:  # noqa: ANN401 - JSON
        """Everything that a query finds, from its first answer on, or None when it is too much."""
        found: list[Evidence] = []
        while answer["hits"]["total"]["value"] <= self._most_documents:
            found += typed(answer, "evidence", Evidence)
            hits = answer["hits"].get("hits", [])
            if len(hits) < queries.PAGE:
                return found
            query = {**query, "search_after": hits[-1]["sort"]}
            (answer,) = search(self.client, self._evidence, [query])
        return None

    def _piles(self, subjects: Collection[str], spans: Sequence[Span], links: Collection[str]) -> list[Evidence]:
        """The newest of each token, one more than the bound so that a cut shows."""
        tokens: list[tuple[str, Sequence[Span]]] = [(name, spans) for name in subjects]
        tokens += [(name, ()) for name in links]
        asked = [queries.pile(name, success=good, spans=s, size=NEWEST + 1) for name, s in tokens for good in (True, False)]
        return [item for answer in search(self.client, self._evidence, asked) for item in typed(answer, "evidence", Evidence)]

    def days(self) -> list[str]:
        """The days with evidence."""
        (answer,) = search(self.client, self._evidence, [queries.days()])
        return sorted(bucket["key_as_string"] for bucket in buckets(answer.get("aggregations", {}), "days") if bucket["doc_count"])

    def evidence_on(self, day: str) -> Iterator[list[Evidence]]:
        """The evidence of a day, in pages."""
        query = queries.on_day(day)
        while True:
            (answer,) = search(self.client, self._evidence, [query])
            if page := typed(answer, "evidence", Evidence):
                yield page
            hits = answer["hits"].get("hits", [])
            if len(hits) < queries.PAGE:
                return
            query = {**query, "search_after": hits[-1]["sort"]}

    def read_alerts(self, keys: Collection[GroupKey]) -> dict[GroupKey, Stored]:
        """Realtime, from the month each key belongs to; a month that does not exist holds nothing."""
        return dict(self.read_state(keys, ()).alerts)

    def groups_on(self, day: str) -> list[GroupKey]:
        """The groups of this day that have an alert, page by page."""
        found: list[GroupKey] = []
        query = queries.alerts_on(day)
        while True:
            (answer,) = search(self.client, self.names.alert_months, [query])
            found += [alert.key for alert in typed(answer, "alert", Alert)]
            hits = answer["hits"].get("hits", [])
            if len(hits) < queries.PAGE:
                return sorted(found)
            query = {**query, "search_after": hits[-1]["sort"]}

    def read_state(self, alerts: Collection[GroupKey], documents: Collection[StateKey]) -> State:
        """Realtime, alerts and small documents in one request (more than 500 of them: in several)."""
        found: dict[GroupKey, Stored] = {}
        state: dict[StateKey, StateDocument] = {}
        wanted: list[GroupKey | StateKey] = [*dict.fromkeys(alerts), *dict.fromkeys(documents)]
        for some in batched(wanted, READ_KEYS):
            docs = [{"_index": index_of(self.names, key), "_id": document_id(key)} for key in some]
            for key, doc in zip(some, documents_of(self.client, docs), strict=True):
                if isinstance(key, GroupKey):
                    if (known := stored_alert(doc)) is not None:
                        found[key] = known
                elif (read := stored_document(doc)) is not None:
                    state[key] = read
        return State(found, state)

    def write_state(self, writes: Sequence[StateWrite]) -> list[Written]:
        """Create or compare-and-swap each small document."""
        return write(self.client, writes, partial(state_op, self.names), lambda item: _WRITTEN.get(item.status, Written.REFUSED))

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """Create or compare-and-swap each; visible to searches when this returns."""
        return write(self.client, writes, partial(alert_op, self.names), lambda item: _WRITTEN.get(item.status, Written.REFUSED))

    def pending(self, limit: int) -> list[GroupKey]:
        """Groups whose alert has a pending notification, longest unchanged first."""
        (answer,) = search(self.client, self.names.alert_months, [queries.pending(limit)])
        return [alert.key for alert in typed(answer, "alert", Alert)]

    def unresolved(self, since: datetime, limit: int) -> list[str]:
        """Vendor ids that evidence ingested since then names and that are not in the evidence, the longest waiting first."""
        waiting: list[str] = []
        for named in self._named(since):
            (answer,) = search(self.client, self._evidence, [queries.present(named)])
            known = {bucket["key"] for bucket in buckets(answer.get("aggregations", {}), "found")}
            waiting += [vendor_id for vendor_id in named if queries.token(id_link(vendor_id)) not in known]
            if len(dict.fromkeys(waiting)) >= limit:
                break
        return list(dict.fromkeys(waiting))[:limit]

    def _named(self, since: datetime) -> Iterator[list[str]]:
        """Pages of distinct vendor ids that evidence names."""
        after: list[Any] | None = None
        while True:
            (answer,) = search(self.client, self._evidence, [queries.naming(since, NAMING, after)])
            named = (wants(item.event) for item in typed(answer, "evidence", Evidence))
            if page := list(dict.fromkeys(name for name in named if name)):
                yield page
            hits = answer["hits"].get("hits", [])
            if len(hits) < NAMING:
                return
            after = hits[-1]["sort"]

    def search(self, query: AlertQuery) -> list[Alert]:
        """Alerts for people to list, newest activity first."""
        (answer,) = search(self.client, self.names.alert_months, [queries.alerts(query)])
        found = typed(answer, "alert", Alert)
        return [
            a
            for a in found
            if (query.since is None or a.snapshot.last_seen >= query.since) and (query.until is None or a.snapshot.last_seen <= query.until)
        ]

    def evidence_of(self, vendor_ids: Collection[str]) -> list[Evidence]:
        """Every stored version of these vendor ids, ordered by id."""
        wanted = sorted({f"id:{vendor_id}" for vendor_id in vendor_ids})
        asked = [queries.carrying(some, queries.PAGE) for some in batched(wanted, PILES)]
        answers = search(self.client, self._evidence, asked)
        found = {item.id: item for answer in answers for item in typed(answer, "evidence", Evidence)}
        return sorted((item for item in found.values() if item.event.vendor_id in vendor_ids), key=lambda item: item.id)

    def append_responses(self, responses: Sequence[Response]) -> list[AppendResult]:
        """Create each response unless its id exists; the server writes the author."""
        return self._responses.append(responses)

    def responses_of(self, alert_ids: Collection[str]) -> list[Response]:
        """Every response to these alerts."""
        return self._responses.of(alert_ids)

    def responses_since(self, moment: datetime) -> list[Response]:
        """Every response stored since."""
        return self._responses.since(moment)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()
