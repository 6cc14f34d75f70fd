"""``_bulk``, read item by item: HTTP 200 proves nothing. Sizes are bounded, single items retried, bad ones found by halving."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct

from ...errors import StoreError, StoreUnavailable
from .budget import Budget
from .client import NDJSON, Client

MOST_ITEMS = 500
MOST_BYTES = 5 << 20
FILTER = "errors,items.*._id,items.*.status,items.*.error.type,items.*._seq_no,items.*._primary_term,items.*.failure_store"


class Op(Struct, frozen=True, kw_only=True):
    """One action. ``version`` (sequence number and primary term) makes an ``index`` that compares and swaps; without it a ``create``."""

    index: str
    id: str
    document: bytes
    version: tuple[int, int] | None = None

    def lines(self) -> bytes:
        """Its two lines, each ended."""
        action: dict[str, object] = {"_index": self.index, "_id": self.id}
        if self.version is not None:
            action["if_seq_no"], action["if_primary_term"] = self.version
        return msgspec.json.encode({self.verb: action}) + b"\n" + self.document + b"\n"

    @property
    def verb(self) -> str:
        """The action's name."""
        return "create" if self.version is None else "index"


class BulkStatus(StrEnum):
    """What became of one item; facts/elastic.md, section 1c."""

    DONE = "done"
    EXISTS = "exists"  # a create met its own id: delivered before, or somebody was faster
    CONFLICT = "conflict"  # compare-and-swap lost
    RETRY = "retry"  # backpressure: send this item again
    BLOCKED = "blocked"  # what an operator repairs: wait, no dead letter
    REFUSED = "refused"  # the server will never take this document


class BulkItem(Struct, frozen=True):
    """Fate and, for all that is not done, Elasticsearch's error type."""

    status: BulkStatus
    reason: str = ""


_BLOCKED_TYPES = frozenset({
    "index_closed_exception",
    "cluster_block_exception",
    "security_exception",
    "index_not_found_exception",  # require_data_stream and no template: set-up has not run
    "validation_exception",  # no room for another shard when a month or backing index begins
    "unavailable_shards_exception",
})  # fmt: skip


def classify(verb: str, answer: object) -> BulkItem:
    """What one entry of ``items`` says of its action."""
    entry = answer.get(verb) if isinstance(answer, dict) else None
    if not isinstance(entry, dict) or not isinstance(entry.get("status"), int):
        return BulkItem(BulkStatus.RETRY, "unreadable_item")
    status: int = entry["status"]
    error = entry.get("error")
    kind = str(error.get("type", "unknown")) if isinstance(error, dict) else ""
    if entry.get("failure_store") in {"used", "failed"}:
        return BulkItem(BulkStatus.REFUSED, f"failure_store_{entry['failure_store']}")
    if status in {200, 201}:
        return BulkItem(BulkStatus.DONE)
    if status == 409:
        return BulkItem(BulkStatus.EXISTS if verb == "create" else BulkStatus.CONFLICT, kind)
    if status == 429 or status >= 500:
        return BulkItem(BulkStatus.RETRY, kind)
    return BulkItem(
        BulkStatus.BLOCKED if status in {401, 403} or kind in _BLOCKED_TYPES else BulkStatus.REFUSED, kind or f"status_{status}"
    )


def bulk(client: Client, ops: Sequence[Op], *, data_stream: bool = False) -> list[BulkItem]:
    """Send all, in order, visible to searches when this returns.

    Raises:
        StoreUnavailable: some item could not be delivered now; those that were will answer ``EXISTS`` next time.
        StoreError: the server refused the request as a whole.
    """
    budget = client.budget()
    params = {"refresh": "true", "filter_path": FILTER, **({"require_data_stream": "true"} if data_stream else {})}
    items: list[BulkItem] = []
    for chunk in chunks(ops):
        items += _deliver(client, chunk, params, budget)
    return items


def chunks(ops: Sequence[Op]) -> list[list[Op]]:
    """At most 500 documents or 5 MB each; a document larger than that goes alone."""
    found: list[list[Op]] = []
    size = MOST_BYTES
    for op in ops:
        weight = len(op.document) + len(op.id) + len(op.index) + 100
        if not found or size + weight > MOST_BYTES or len(found[-1]) == MOST_ITEMS:
            found.append([])
            size = 0
        found[-1].append(op)
        size += weight
    return found


def _deliver(client: Client, ops: Sequence[Op], params: dict[str, str], budget: Budget) -> list[BulkItem]:
    """Repeat what meets backpressure until every item has its status."""
    results: dict[int, BulkItem] = {}
    open_now, attempt = list(range(len(ops))), 0
    while True:
        results.update(zip(open_now, _post(client, [ops[i] for i in open_now], params, budget), strict=True))
        blocked = next((item for item in results.values() if item.status is BulkStatus.BLOCKED), None)
        if blocked is not None:
            raise StoreUnavailable(f"Elasticsearch does not take documents now: {blocked.reason}; see gatewatch elastic verify")
        open_now = [place for place in open_now if results[place].status is BulkStatus.RETRY]
        if not open_now:
            return [results[place] for place in range(len(ops))]
        budget.wait(attempt, 0.0, results[open_now[0]].reason)
        attempt += 1


def _post(client: Client, ops: Sequence[Op], params: dict[str, str], budget: Budget) -> list[BulkItem]:
    """One request, halved where the server refuses it as a whole."""
    body = b"".join(op.lines() for op in ops)
    answer = client.send("POST", "/_bulk", body, NDJSON, params=params, accept=(400, 413), budget=budget)
    if answer.status in {400, 413}:
        if len(ops) == 1:
            return [BulkItem(BulkStatus.REFUSED, "too_large" if answer.status == 413 else answer.error_type)]
        middle = len(ops) // 2
        return _post(client, ops[:middle], params, budget) + _post(client, ops[middle:], params, budget)
    return _read(ops, answer.body)


def _read(ops: Sequence[Op], body: object) -> list[BulkItem]:
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise StoreError("Elasticsearch answered a _bulk without items")
    if len(items) != len(ops):  # which is which is unknown: all again, what was delivered will say so
        return [BulkItem(BulkStatus.RETRY, "wrong_item_count")] * len(ops)
    return [classify(op.verb, entry) for op, entry in zip(ops, items, strict=True)]
