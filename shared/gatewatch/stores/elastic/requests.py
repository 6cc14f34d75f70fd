"""What the store sends: one ``_bulk`` for what it writes, as few searches as answers of bounded size allow for what it reads."""

from collections.abc import Callable, Iterable, Sequence
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
