"""What the store sends: one ``_bulk`` for what it writes, as few searches as answers of bounded size allow for what it reads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

import msgspec

from ...ports import Appended, AppendResult
from .answers import whole
from .bulk import BulkItem, BulkStatus, Op, bulk
from .client import NDJSON, Client
from .queries import Query

PILES = 40
"""Searches for whole documents in one ``_msearch``, so that an answer stays within memory."""

_PARAMS = {"ignore_unavailable": "true", "allow_no_indices": "true", "allow_partial_search_results": "false"}
_HITS = "timed_out,_shards.failed,hits.total.value,hits.hits._source,hits.hits.sort,aggregations"
_STATUSES = {BulkStatus.DONE: Appended.CREATED, BulkStatus.EXISTS: Appended.DUPLICATE}


def write[T, R](
    client: Client, wanted: Sequence[T], op: Callable[[T], Op], read: Callable[[BulkItem], R], *, data_stream: bool = False
) -> list[R]:
    """One ``_bulk`` for all that can be written down at all; results in the order given. Raises as ``bulk``."""
    items: dict[int, BulkItem] = {}
    ops: dict[int, Op] = {}
    for place, one in enumerate(wanted):
        try:
            ops[place] = op(one)
        except UnicodeEncodeError:
            items[place] = BulkItem(BulkStatus.REFUSED, "text_not_unicode")
    items.update(zip(ops, bulk(client, list(ops.values()), data_stream=data_stream), strict=True))
    return [read(items[place]) for place in range(len(wanted))]


def appended(item: BulkItem) -> AppendResult:
    """The result of a ``create``."""
    return AppendResult(_STATUSES.get(item.status, Appended.REFUSED), "" if item.status in _STATUSES else item.reason)


def search(client: Client, index: str, searches: Sequence[Query]) -> list[Any]:
    """One ``_search``, or as few ``_msearch`` as answers of bounded size allow. Partial answers are no answers: they hide evidence."""
    answers: list[Any] = []
    for some in batched(searches, PILES):
        if len(searches) == 1:
            actual = client.json("POST", f"/{index}/_search", some[0], params={**_PARAMS, "filter_path": _HITS})
            answers.append(actual.body)
        else:
            answers += _msearch(client, index, some)
    return [whole(answer) for answer in answers]


def _msearch(client: Client, index: str, searches: Iterable[Query]) -> list[Any]:
    header = msgspec.json.encode({"index": index, **{name: value == "true" for name, value in _PARAMS.items()}})
    body = b"".join(header + b"\n" + msgspec.json.encode(each) + b"\n" for each in searches)
    paths = ",".join(f"responses.{path}" for path in (*_HITS.split(","), "error.type", "status"))
    return list(client.send("POST", "/_msearch", body, NDJSON, params={"filter_path": paths}).body["responses"])


_READ = {"realtime": "true", "_source_includes": "gatewatch.alert,gatewatch.state,gatewatch.schema_version"}
_NOT_READY = "no_shard_available_action_exception"


def documents_of(client: Client, wanted: Sequence[Mapping[str, str]]) -> list[Any]:
    """What one realtime ``_mget`` says of each of these documents.

    It is asked again while a shard is not ready: another writer may have made the index a moment ago.

    Raises:
        StoreUnavailable: the server is away, or the shard did not become ready in time.
    """
    budget, attempt = client.budget(), 0
    while True:
        found: list[Any] = client.json("POST", "/_mget", {"docs": wanted}, params=_READ, budget=budget).body["docs"]
        if not any(doc.get("error", {}).get("type") == _NOT_READY for doc in found):
            return found
        budget.wait(attempt, 0.0, _NOT_READY)
        attempt += 1
