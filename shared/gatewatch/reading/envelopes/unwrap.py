"""Takes records out of their envelopes, to a bounded depth."""

from collections.abc import Iterator
from typing import NamedTuple

from . import carried
from .envelope import Broken, Unpacking
from .table import MARKS, opened

TOO_DEEP = "envelopes_nested_too_deeply"
_DEPTH_LIMIT = 12  # a CloudTrail file in SNS in SQS in a list are 7
_UNZIPPED_LIMIT_BYTES = 64 * 2**20


class Inner(NamedTuple):
    """One record, or a place in an envelope that cannot be read.

    ``path`` says where it lies: ``[3][0]``, or nothing for the value itself. With a ``reason``, something there cannot be read; ``data``
    is then the object that holds it if that object may be a record by itself, else None.
    """

    data: object
    path: str = ""
    reason: str = ""
    detail: str = ""  # the property that cannot be read


def unwrap(data: object, unzipped_limit_bytes: int = _UNZIPPED_LIMIT_BYTES) -> Iterator[Inner]:
    """Yield the records in a JSON value: a page, a batch, a queue message, search hits, a list, or JSON text of any of these.

    A value that is no envelope is yielded itself. Broken text and data inside an envelope are yielded with a reason, never as a record.
    Envelopes are opened to 12 levels; compressed data in one value may become ``unzipped_limit_bytes`` in all.
    """
    if isinstance(data, dict) and MARKS.isdisjoint(data):
        yield Inner(data)
        return
    yield from _unwrap(data, "", _DEPTH_LIMIT, Unpacking(unzipped_limit_bytes))


def _unwrap(data: object, path: str, depth: int, unpacking: Unpacking) -> Iterator[Inner]:
    inner = _inner(data, unpacking)
    if inner is None:
        yield Inner(data, path)
        return
    if depth == 0:
        yield Inner(None, path, TOO_DEEP)
        return
    many = len(inner) > 1
    for index, item in enumerate(inner):
        place = f"{path}[{index}]" if many else path
        if isinstance(item, Broken):
            yield Inner(data if item.or_itself else None, place, item.reason, item.where)
        else:
            yield from _unwrap(item, place, depth - 1, unpacking)


def _inner(data: object, unpacking: Unpacking) -> "list[object] | tuple[object, ...] | None":
    """What lies in this value, or None when it is a record."""
    if isinstance(data, list):
        return data
    if isinstance(data, str):
        return carried.values(data, "") if carried.looks_like_json(data) else None
    if not isinstance(data, dict) or MARKS.isdisjoint(data):
        return None
    found = opened(data, unpacking)
    return None if found is None else list(found)
