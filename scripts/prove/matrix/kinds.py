"""Which live input carries a record, by its shape."""

from collections.abc import Iterable, Mapping
from typing import Any

from gatewatch.model import RawRecord

BUS, GRAPH, RISK, INDEX, FILE = "EventBridge", "Graph", "Graph risk", "index", "file"


def kind(record: Any) -> str:
    """The input of this record; FILE when no live input of the product carries it."""
    if not isinstance(record, Mapping):
        return FILE
    if "eventSource" in record or "detail-type" in record:
        return BUS
    if "riskEventType" in record:
        return RISK
    if "createdDateTime" in record:
        return GRAPH
    return INDEX if "@timestamp" in record else FILE


def of_kind(records: Iterable[RawRecord], *wanted: str) -> list[dict[str, Any]]:
    """The records of these inputs, in order."""
    return [record.data for record in records if isinstance(record.data, dict) and kind(record.data) in wanted]
