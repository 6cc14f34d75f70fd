"""Documents that other programs wrote, read from their own indices with the privilege ``read`` and nothing more.

Pages go on behind the last document by time and sequence number. Sequence numbers are unique in one shard only, so a page starts *at*
the last position and leaves out, by id, what was read there: no document is skipped or handed over twice, whatever the page size, and
without a point in time (which not every server, key or proxy allows).
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ...errors import ConfigError
from ...model import RawRecord
from .answers import whole
from .budget import RequestLimits
from .client import Client, TooLarge

LOG = logging.getLogger(__name__)

PAGE = 500
MOST_PAGE = 10_000  # index.max_result_window
LIMITS = RequestLimits(answer_bytes=128 << 20)
"""No document passes ``http.max_content_length`` (100 MB unless raised), so a page of one always fits."""

_PARAMS = {"ignore_unavailable": "true", "allow_no_indices": "true", "allow_partial_search_results": "false"}
_HITS = "timed_out,_shards.total,_shards.failed,hits.hits._index,hits.hits._id,hits.hits._source,hits.hits.sort"
_REFUSED = frozenset(' \t\r\n/\\?"<>|#')
_SORT = [{"@timestamp": {"order": "asc", "numeric_type": "date", "unmapped_type": "date"}}, {"_seq_no": {"order": "asc"}}]


class IndexPages:
    """The documents in some indices that a query finds. ``query`` makes it for a span of time.

    Raises ``ConfigError`` for a name that is no index pattern, or for one that means every index.
    """

    def __init__(
        self,
        client: Client,
        indices: Sequence[str],
        *,
        query: Callable[[datetime, datetime], dict[str, Any]],
        clock: Callable[[], datetime],
        size: int = PAGE,
    ) -> None:
        self.client = client
        self._path = f"/{','.join(quote(pattern(name), safe='*:.-') for name in indices)}/_search"
        self._indices, self._query, self._clock, self._size = tuple(indices), query, clock, size

    def pages(self, since: datetime, until: datetime) -> Iterator[list[RawRecord]]:
        """Everything with ``@timestamp`` in [since, until], oldest first, a page at a time, stamped with the moment its answer came.

        Raises:
            StoreUnavailable: away, key refused, an index that did not answer: nothing after the last page was read.
            StoreError: the server refuses the search (expensive queries switched off, for one).
        """
        query = self._query(since, until)
        after: list[int] | None = None
        read: list[str] = []
        size = self._size
        while True:
            hits, size = self._page(query, after, read, size)
            came = self._clock()
            if hits:
                yield [RawRecord(data=hit.get("_source"), fetched=came, origin=f"elastic:{hit['_index']}") for hit in hits]
            if len(hits) < size:
                return
            last = hits[-1]["sort"]
            there = [hit["_id"] for hit in hits if hit["sort"] == last]
            position = [last[0], last[1] - 1]
            read = [*read, *there] if position == after else there
            after = position

    def _page(self, query: dict[str, Any], after: list[int] | None, read: list[str], size: int) -> tuple[list[dict[str, Any]], int]:
        """One page and the size it had: halved while the answer is larger than a worker should hold."""
        while True:
            body = {"query": _without(query, read), "size": size, "sort": _SORT, "track_total_hits": False, "timeout": "8s"}
            if after is not None:
                body["search_after"] = after
            try:
                answer = self.client.json("POST", self._path, body, params={**_PARAMS, "filter_path": _HITS})
            except TooLarge:
                if size == 1:
                    raise
                size //= 2
                continue
            found = whole(answer.body)
            if found.get("_shards", {}).get("total") == 0:
                LOG.warning("no index matches %s: there is none yet, or the key may not read it", ", ".join(self._indices))
            return found.get("hits", {}).get("hits", []), size


def _without(query: dict[str, Any], ids: list[str]) -> dict[str, Any]:
    return {"bool": {"filter": [query], "must_not": [{"ids": {"values": ids}}]}} if ids else query


def pattern(name: str) -> str:
    """An index name or pattern; raises ``ConfigError`` for what Elasticsearch refuses and for what would read every index."""
    if not name.strip("*") or name == "_all" or name[0] in "-+_" or name != name.lower() or set(name) & (_REFUSED | {","}):
        raise ConfigError(f"{name!r} is no index pattern such as winlogbeat-*")
    return name


def reader_key(indices: Sequence[str], provider: str) -> dict[str, Any]:
    """The API key that the searches for one provider's records need: read on these indices, no cluster privilege."""
    held = {"cluster": [], "indices": [{"names": list(indices), "privileges": ["read"]}]}
    return {
        "name": f"gatewatch-{provider}-reader",
        "role_descriptors": {f"gatewatch-{provider}": held},
        "metadata": {"managed_by": "gatewatch"},
    }
