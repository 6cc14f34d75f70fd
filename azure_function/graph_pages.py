"""Pages of Microsoft Graph from their bytes, cut into records; and a tolerant decoder behind that, so that a damaged record stops no stream.

What no decoder takes in a record (bytes that are no UTF-8, half a surrogate pair, NaN, raw control characters) is replaced. A record that is
no JSON at all is kept as text; since an answer may have been cut as well, the page is asked for once more before that.
"""

import json
import math
import re
from typing import Any

import msgspec
from msgspec import Raw, Struct, field

NEXT = "@odata.nextLink"
REPLACED = "characters that are no JSON were replaced"
NOT_JSON = "not JSON"
BROKEN_OFF = "it says that an error came within it"
"""OData v4.01, protocol, 9.4 "In-Stream Errors": a service that has begun a 200 can only break it off, or put ``error`` into it."""
LAST_BRACKETS = 8
"""How many closing brackets are tried as the end of the list: a link to the next page may hold some."""

_GAP = re.compile(r"[\s,]*")
_NEXT_ITEM = re.compile(r",\s*(?=\{)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOLERANT = json.JSONDecoder(strict=False)


class NotWhole(ValueError):  # noqa: N818 - named for what the answer is
    """The answer is cut off, or it is none of Graph's."""


class Item(Struct, frozen=True):
    """One record: the bytes of its JSON. Where ``damage`` says what is wrong with it, ``data`` is repaired, or text where it is no JSON."""

    data: Any
    damage: str = ""


class Page(Struct, frozen=True):
    """The records of one answer, and where the next ones are."""

    items: list[Item]
    next_link: str | None


_NULL = Raw(b"null")


class _Strict(Struct):
    value: list[Raw]
    next_link: str | None = field(default=None, name=NEXT)
    error: Raw = _NULL


_PAGE = msgspec.json.Decoder(_Strict)
_ONE = msgspec.json.Decoder(dict[str, Any])
_ANY = msgspec.json.Decoder()
_REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class PageReader:
    """Reads the answers to one request until one can be read.

    ``time_field`` is what every record of the collection has, ``named`` is what damaged bytes call the list of records.
    """

    def __init__(self, time_field: str, named: str = "value") -> None:
        self._time_field = time_field
        self._list = re.compile(rf'"{named}"\s*:\s*\[')
        self._tries = 0

    def __call__(self, body: bytes) -> Page:
        """The page; raises ``NotWhole``."""
        self._tries += 1
        try:
            page = _PAGE.decode(body)
            str(body, "utf-8")  # the only damage that passing over a value does not find
        except _REFUSALS:
            return _by_item(_text(body), self._list, self._time_field if self._tries > 1 else None)
        if page.error != _NULL:
            raise NotWhole(BROKEN_OFF)
        return Page([Item(data) for data in page.value], page.next_link)


def one(body: bytes) -> dict[str, Any]:
    """A record by itself, repaired where it is damaged; raises ``NotWhole``."""
    try:
        return _ONE.decode(body)
    except _REFUSALS:
        text = _text(body).strip()
        item, end = _item(text, 0)
        if end < len(text) or not isinstance(item.data, dict):
            raise NotWhole("no record") from None
        return item.data


def _text(body: bytes) -> str:
    """The bytes as text; those that are no UTF-8 become surrogates, which ``_bytes`` turns back."""
    return body.decode("utf-8-sig", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _by_item(text: str, begins: re.Pattern[str], time_field: str | None) -> Page:
    """The page, each record decoded by itself. Only with ``time_field`` may one be no JSON."""
    start = begins.search(text)
    if start is None:
        raise NotWhole("no list of records, but an error or another server's page")
    items: list[Item] = []
    at = _after_gap(text, start.end())
    while True:
        try:
            if text.startswith("]", at):
                return Page(items, _link(text, start.start(), at))
            item, end = _item(text, at)
        except NotWhole:
            if time_field is None:
                raise
            end = _end_of_broken(text, at, start.start(), time_field)
            item = Item(_bytes(text[at:end].rstrip()).decode("utf-8", "backslashreplace"), NOT_JSON)
        items.append(item)
        at = _after_gap(text, end)


def _after_gap(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    return found.end() if found is not None else at


def _item(text: str, at: int) -> tuple[Item, int]:
    """The record that begins here, and where it ends; raises ``NotWhole``."""
    try:
        data, end = _TOLERANT.raw_decode(text, at)
        try:
            return Item(_ANY.decode(_bytes(text[at:end]))), end
        except _REFUSALS:
            return Item(_clean(data), REPLACED), end
    except (ValueError, RecursionError) as error:
        raise NotWhole("a record is no JSON") from error


def _end_of_broken(text: str, at: int, start: int, time_field: str) -> int:
    """Where the broken record that begins at ``at`` ends: before the next whole one, or where the list ends. Raises ``NotWhole``."""
    for comma in _NEXT_ITEM.finditer(text, at):
        try:
            data, _ = _TOLERANT.raw_decode(text, comma.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict) and time_field in data:
            return comma.start()
    end = len(text)
    for _ in range(LAST_BRACKETS):
        end = text.rfind("]", at, end)
        if end < 0:
            break
        try:
            _link(text, start, end)
        except NotWhole:
            continue
        return end
    raise NotWhole("the list of records does not end")


def _link(text: str, start: int, end: int) -> str | None:
    """The link to the next page, from what surrounds the list; raises ``NotWhole`` unless that is JSON."""
    try:
        envelope = _TOLERANT.decode(f'{text[:start]}"value":[{text[end:]}')
    except (ValueError, RecursionError) as error:
        raise NotWhole("what surrounds the records is no JSON") from error
    link = envelope.get(NEXT) if isinstance(envelope, dict) else 0
    if isinstance(envelope, dict) and envelope.get("error") is not None:
        raise NotWhole(BROKEN_OFF)
    if link is not None and not isinstance(link, str):
        raise NotWhole("the next page has no address")
    return link


def _clean(value: object) -> object:
    """A value that every encoder takes."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case float() if not math.isfinite(value):
            return None
        case list():
            return [_clean(each) for each in value]
        case dict():
            return {_clean(name): _clean(each) for name, each in value.items()}
    return value
