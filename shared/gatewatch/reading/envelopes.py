"""Takes records out of their containers: pages, batches, queue messages and search hits."""

from collections.abc import Iterator

from .fields import parse_once

_WRAPPER_DEPTH_LIMIT = 6
_LISTS = ("Records", "records", "value", "Events")  # CloudTrail and SQS, Event Hub, Graph, CloudTrail lookup-events


def unwrap(data: object, depth: int = _WRAPPER_DEPTH_LIMIT) -> Iterator[object]:
    """Yield the records in a JSON value.

    The value may be a page, a batch, a queue message, search hits, a list, or JSON text of any of these.
    A value that is no container is yielded itself. Containers are opened to ``depth`` levels.
    """
    if depth > 0:
        if isinstance(data, str) and data.lstrip()[:1] in {"{", "["}:
            data = parse_once(data) or data
        inner = data if isinstance(data, list) else _inside(data) if isinstance(data, dict) else None
        if inner is not None:
            for item in inner:
                yield from unwrap(item, depth - 1)
            return
    yield data


def _inside(data: dict[str, object]) -> list[object] | None:
    """The records that this object contains, or None when it is itself a record."""
    for name in _LISTS:
        value = data.get(name)
        if isinstance(value, list) and "detail" not in data:
            return value
    hits = data.get("hits")
    if isinstance(hits, dict) and isinstance(hits.get("hits"), list):
        return list(hits["hits"])
    source = data.get("_source")
    if isinstance(source, dict):
        return [source]
    for name, mark in (("body", "messageId"), ("Message", "TopicArn"), ("CloudTrailEvent", "EventId")):
        text = data.get(name)
        if mark in data and isinstance(text, str):
            return [text]
    notification = data.get("Sns")
    return [notification] if isinstance(notification, dict) else None
