"""The answer to an SQS event source mapping with ``ReportBatchItemFailures``.

Source: Lambda developer guide, "Implementing partial batch responses". Powertools' batch utility gives the same answer; its import costs more than
that of Logger and Metrics together (docs/adr/0017-partial-batch-answers.md). A test holds the two equal.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypedDict


class ItemFailure(TypedDict):
    """A message that SQS delivers again."""

    itemIdentifier: str


class PartialBatchAnswer(TypedDict):
    """What the mapping reads; an empty list means that every message is done."""

    batchItemFailures: list[ItemFailure]


def partial_batch_answer(records: Iterable[Mapping[str, Any]], failed: Collection[str]) -> PartialBatchAnswer:
    """The records of the event whose message id is in ``failed``, in the order of the event."""
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records if record["messageId"] in failed]}
