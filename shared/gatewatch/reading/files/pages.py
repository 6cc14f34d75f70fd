"""Pages: JSON values that hold a list of records. Their elements are taken out as bytes, without parsing them."""

import re
from collections.abc import Callable, Iterator

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from ..envelopes import Inner, unwrap
from ..json_text import parse
from .buffer import Buffer
from .cutter import Brackets, skip_value
from .cutter import elements as list_elements
from .more_pages import begins_so, ends_so

_LISTS = ("Records", "records", "value", "Events")
_NAMES = "|".join(_LISTS).encode()
# A list of records after members that are no objects and no lists: the same lists as in `envelopes`, where they can be seen at once.
_SCALAR = rb'(?:"(?:[^"\\]++|\\.)*+"|[-+.\w]++)'
_PAGE = re.compile(
    rb'\s*\{\s*(?:"(?!(?:' + _NAMES + rb')")(?:[^"\\]++|\\.)*+"\s*:\s*' + _SCALAR + rb'\s*,\s*)*"(?:' + _NAMES + rb')"\s*:\s*\['
)
_LIST = re.compile(rb"\s*\[(?=\s*[{\[\"])")
_HITS = re.compile(rb'\s*\{[^{}\[\]]*"hits"\s*:\s*\{[^{}\[\]]*(?:\{[^{}\[\]]*\}[^{}\[\]]*)?"hits"\s*:\s*\[')
_HEAD = 4096


class _Page(Struct):
    Records: list[Raw] | UnsetType = UNSET
    records: list[Raw] | UnsetType = UNSET
    value: list[Raw] | UnsetType = UNSET
    Events: list[Raw] | UnsetType = UNSET
    detail: Raw | UnsetType = UNSET


_PAGES = msgspec.json.Decoder(_Page)
_ARRAYS = msgspec.json.Decoder(list[Raw])


def is_list(body: bytes) -> bool:
    """Whether this value is a list, or an object that begins with a list of records."""
    return body[:1] == b"[" or _PAGE.match(body, 0, _HEAD) is not None


def spread(body: bytes) -> list[object]:
    """The elements of a list or a page, each as ``msgspec.Raw``; the value itself if it is neither."""
    try:
        if body[:1] == b"[":
            return list(_ARRAYS.decode(body))
        if body[:1] == b"{" and _PAGE.match(body, 0, _HEAD):
            page = _PAGES.decode(body)
            if page.detail is UNSET:
                for name in _LISTS:
                    found = getattr(page, name)
                    if found:
                        return list(found)
            return [Raw(body)] if any(unwrap(parse(body))) else []
    except (ValueError, RecursionError):
        return [Raw(body)]
    return [Raw(body)]


def bounded(body: bytes) -> list[Inner] | None:
    """The records in a value that is larger than one may be, or None when it is a single record."""
    try:
        found = list(unwrap(parse(body)))
    except ValueError:
        return None
    return found if len(found) > 1 else None


def streamed(head: bytes) -> int | None:
    """Where the first element of a list of records begins, if the value is a list or a page; None otherwise."""
    match = _LIST.match(head) or _PAGE.match(head) or _HITS.match(head)
    return None if match is None else match.end()


def elements(buffer: Buffer, limit: int, goes_on: Callable[[], None] = lambda: None) -> Iterator[Raw | None]:
    """The elements of the page or list at the buffer's place; None for one above ``limit``. The rest of the page is read over.

    ``goes_on`` is called if the page says that another one follows.

    Raises:
        ValueError: it is broken; the buffer stands where.
    """
    head = buffer.data[buffer.at :]
    start = streamed(head)
    if start is None:
        raise ValueError("no list of records")
    opened = _open_brackets(head[:start])
    buffer.to(buffer.at + start)
    yield from list_elements(buffer, limit)
    if opened == _LIST_OF_PAGE and (begins_so(head[:start]) or (_filled(buffer) and ends_so(buffer.data[buffer.at : buffer.at + _HEAD]))):
        goes_on()
    if opened > 1 and not skip_value(buffer, opened - 1):
        raise ValueError("the page does not end")


_LIST_OF_PAGE = 2  # brackets that are open in the list of an object


def _filled(buffer: Buffer) -> bool:
    """Have as much of what follows as a page writes behind its list, if there is as much."""
    return len(buffer) >= _HEAD or buffer.more(_HEAD) or len(buffer) > 0


def _open_brackets(head: bytes) -> int:
    brackets = Brackets()
    brackets.end(head, 0)
    return brackets.depth
