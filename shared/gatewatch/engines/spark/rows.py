"""The rows that tasks exchange through Spark: one wide table, of which each kind of row fills a part."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct, structs

BATCH_ROWS = 1_000
BATCH_BYTES = 16 * 2**20

KEPT, MAYBE, CROWDED, LEFT, LESSON, COUNTS, ALERT = "kept", "maybe", "crowded", "left", "lesson", "counts", "alert"


class SparkRow(Struct, kw_only=True):
    """One row. ``body`` is what its kind says: evidence, familiarity, counts or an alert, encoded."""

    kind: str = ""
    unit: str = ""  # what rows are brought together by: a familiarity key, a crowd, a component
    order: str = ""  # the order within a unit
    file: str = ""
    reason: str = ""  # why it is ignored, unless it turns out to be kept
    id: str = ""  # of the evidence
    vendor: str = ""  # vendor id of the event
    wants: str = ""  # vendor id of the record that it names
    familiar: str = ""  # the key of its familiarity
    address: str = ""  # the token of the address whose rules read it
    changes: bool = False  # whether other versions of it may exist
    named: bool = False  # whether another record, or another version, makes it evidence
    tokens: list[str] = []  # everything by which it joins a component
    links: list[str] = []  # those of the tokens that connect records at any time
    days: list[str] = []  # the days on whose alerts it may have a say
    body: bytes = b""


SCHEMA = (
    "kind string, unit string, order string, file string, reason string, id string, vendor string, wants string, familiar string,"
    " address string, changes boolean, named boolean, tokens array<string>, links array<string>, days array<string>, body binary"
)
_NAMES = SparkRow.__struct_fields__


def arrow_schema() -> Any:  # noqa: ANN401 - Arrow has no types
    """The same for Arrow."""
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - only tasks of Spark need it

    types = {
        "changes": pa.bool_(),
        "named": pa.bool_(),
        "body": pa.binary(),
        **dict.fromkeys(("tokens", "links", "days"), pa.list_(pa.string())),
    }
    return pa.schema([(name, types.get(name, pa.string())) for name in _NAMES])


def task(function: Callable[[Iterator[SparkRow]], Iterable[SparkRow]]) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """A function over rows as Spark's ``mapInArrow`` calls it: batches in, batches out, none of them large."""
    return lambda batches: batched(function(rows(batches)))


def rows(batches: Iterable[Any]) -> Iterator[SparkRow]:
    """The rows of Arrow batches; a column that a batch does not have keeps its default."""
    for batch in batches:
        for values in batch.to_pylist():
            yield SparkRow(**{name: value for name, value in values.items() if value is not None})


def batched(found: Iterable[SparkRow]) -> Iterator[Any]:
    """Rows as Arrow batches."""
    import pyarrow as pa  # noqa: PLC0415 - see arrow_schema

    schema = arrow_schema()
    waiting: list[dict[str, Any]] = []
    size = 0
    for row in found:
        waiting.append(structs.asdict(row))
        size += len(row.body)
        if len(waiting) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield pa.RecordBatch.from_pylist(waiting, schema=schema)
            waiting, size = [], 0
    if waiting:
        yield pa.RecordBatch.from_pylist(waiting, schema=schema)
