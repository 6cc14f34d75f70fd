"""The responses of the Elasticsearch store: a create-only data stream of their own, so that a responder's key can write nothing else."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import batched
from typing import Any

import msgspec

from ...alerts.responses import in_order
from ...documents.response import response_document, response_from_document
from ...model import Response
from ...ports import AppendResult
from .bulk import Op
from .client import Client
from .names import Names
from .queries import Query, moment
from .requests import appended, search, write

PAGE = 1_000
ALERTS_TOGETHER = 500


class ElasticResponses:
    """Appends and reads responses. ``verified`` says that the server overwrites the author of each document; OpenSearch does not."""

    def __init__(self, client: Client, namespace: str, *, verified: bool) -> None:
        self._client, self._namespace, self._verified = client, namespace, verified
        self._stream = Names(namespace).responses

    def append(self, responses: Sequence[Response]) -> list[AppendResult]:
        """Create each response unless its id exists; visible to searches when this returns."""
        now = datetime.now(UTC)

        def op(response: Response) -> Op:
            body = msgspec.json.encode(response_document(response, namespace=self._namespace, ingested=now))
            return Op(index=self._stream, id=response.id, document=body)

        return write(self._client, responses, op, appended, data_stream=self._verified)

    def of(self, alert_ids: Collection[str]) -> list[Response]:
        """Every response to these alerts, by time."""
        groups = batched(sorted(set(alert_ids)), ALERTS_TOGETHER)
        return self._read({"terms": {"gatewatch.alert_id": list(group)}} for group in groups)

    def since(self, when: datetime) -> list[Response]:
        """Every response stored since, by time."""
        return self._read(iter([{"range": {"event.ingested": {"gte": moment(when)}}}]))

    def _read(self, queries: Iterator[Query]) -> list[Response]:
        """Whoever may respond may write any document: one that is no response is left out, and of two copies the first stored counts."""
        found: dict[str, Response] = {}
        for hit in (hit for query in queries for hit in self._hits(query)):
            with suppress(KeyError, msgspec.ValidationError):
                response = response_from_document(hit["_source"], verified=self._verified)
                found.setdefault(response.id, response)
        return list(in_order(found.values()))

    def _hits(self, query: Query) -> Iterator[dict[str, Any]]:
        """Page by page."""
        order = [{"event.ingested": {"order": "asc"}}, {"gatewatch.response.id": {"order": "asc"}}]
        asked: Query = {"query": query, "size": PAGE, "sort": order, "_source": ["gatewatch.response.record", "gatewatch.author"]}
        while True:
            [answer] = search(self._client, self._stream, [asked])
            hits = answer["hits"].get("hits", [])
            yield from hits
            if len(hits) < PAGE:
                return
            asked = {**asked, "search_after": hits[-1]["sort"]}
