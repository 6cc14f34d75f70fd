"""From when to when documents with the same values were written, counted by the server: no document is read.

Needs the privilege ``read`` on the indices, as ``index_pages`` does. The fields must be keywords, as ECS maps them.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from .answers import whole
from .client import Client
from .index_pages import pattern

_PAGE = 1_000
_PARAMS = {"ignore_unavailable": "true", "allow_no_indices": "true", "allow_partial_search_results": "false"}


class Days(Struct, frozen=True):
    """The values of the fields, and when the first and the last document with them was written."""

    values: dict[str, object]
    first: datetime
    last: datetime


class IndexDays:
    """The documents in some indices that a query finds, by the values of some fields. ``query`` makes it for a span of time.

    Raises ``ConfigError`` for a name that is no index pattern, or for one that means every index.
    """

    def __init__(
        self, client: Client, indices: Sequence[str], *, query: Callable[[datetime, datetime], dict[str, Any]], fields: Sequence[str]
    ) -> None:
        self._client = client
        self._path = f"/{','.join(quote(pattern(name), safe='*:.-') for name in indices)}/_search"
        self._query, self._fields = query, tuple(fields)

    def days(self, since: datetime, until: datetime) -> Iterator[list[Days]]:
        """Every combination of values with ``@timestamp`` in [since, until], a page at a time.

        Raises:
            StoreUnavailable: away, key refused, an index that did not answer.
            StoreError: the server refuses the search; a field is no keyword, for one.
        """
        after: dict[str, Any] | None = None
        while True:
            answer = whole(self._client.json("POST", self._path, self._body(since, until, after), params=_PARAMS).body)
            found = answer.get("aggregations", {}).get("by", {})
            buckets = found.get("buckets", [])
            if buckets:
                yield [self._days(bucket) for bucket in buckets]
            after = found.get("after_key")
            if after is None or len(buckets) < _PAGE:
                return

    def _body(self, since: datetime, until: datetime, after: dict[str, Any] | None) -> dict[str, Any]:
        sources = [{field: {"terms": {"field": field, "missing_bucket": True}}} for field in self._fields]
        composite: dict[str, Any] = {"size": _PAGE, "sources": sources} | ({"after": after} if after is not None else {})
        times = {"first": {"min": {"field": "@timestamp"}}, "last": {"max": {"field": "@timestamp"}}}
        return {
            "query": self._query(since, until),
            "size": 0,
            "track_total_hits": False,
            "timeout": "20s",
            "aggs": {"by": {"composite": composite, "aggs": times}},
        }

    def _days(self, bucket: dict[str, Any]) -> Days:
        values = {field: bucket["key"].get(field) for field in self._fields}
        return Days(values, _moment(bucket["first"]["value"]), _moment(bucket["last"]["value"]))


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
