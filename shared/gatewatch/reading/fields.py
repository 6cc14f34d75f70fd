"""Tolerant readers of decoded JSON: what real logs contain, turned into harmless, bounded, typed values.

Nothing here raises on any JSON value. Unreadable means unknown (None), never a default that reads as "no risk".
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

import msgspec

from ..model import Fact
from .times import moment

TEXT_LIMIT_CHARS = 1024
USER_AGENT_LIMIT_CHARS = 8192
INTEGER_LIMIT = 2**53 - 1  # what every JSON reader keeps exact

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LAYOUT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_YES = frozenset({"yes", "true", "1", "y"})
_NO = frozenset({"no", "false", "0", "n"})
_EMPTY: dict[str, object] = {}


@lru_cache(maxsize=4096)
def fold_key(name: str) -> str:
    """How property names compare: exports write ``RiskEventTypesV2`` and ``calleripaddress`` for the same things."""
    return name.replace("_", "").casefold()


class Fields:
    """One JSON object, read by name: the exact spelling first, then any other case."""

    __slots__ = ("_folded", "data")

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self._folded: dict[str, object] | None = None

    def get(self, name: str) -> object:
        """The value of this property, None when it is absent."""
        if name in self.data:
            return self.data[name]
        if self._folded is None:
            self._folded = {fold_key(key): value for key, value in self.data.items() if len(key) <= TEXT_LIMIT_CHARS}
        return self._folded.get(fold_key(name))

    def first(self, *names: str) -> object:
        """The first of these properties that says anything."""
        for name in names:
            value = self.get(name)
            if value not in (None, "", [], {}):
                return value
        return None

    def object(self, name: str) -> "Fields":
        """The object under this name; an empty one when there is none."""
        return Fields(mapping(self.get(name)))

    def has(self, *names: str) -> bool:
        """Whether any of these properties is present, null included."""
        return any(name in self.data for name in names) or any(self.get(name) is not None for name in names)


def harmless(text: str, *, layout: bool = False) -> str:
    """The text as encodable UTF-8 without control characters; ``layout`` keeps tabs and line breaks. Replaced, never dropped: names stay distinct."""
    if text.isascii() and text.isprintable():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # surrogates: pairs are joined, lone ones replaced
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return (_CONTROL_BUT_LAYOUT if layout else _CONTROL).sub("\ufffd", text)


def single(value: object) -> object:
    """A one-element list is its element."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def scalar(value: object) -> str | None:
    """A string, number or boolean (or a one-element list of one) as text, blanks stripped; None when it says nothing."""
    value = single(value)
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) <= INTEGER_LIMIT else None
    if isinstance(value, float) and value.is_integer() and abs(value) <= INTEGER_LIMIT:
        return str(int(value))
    return None


def word(value: object) -> str | None:
    """An enum-like value, case folded; JSON text in a string is parsed once."""
    text = scalar(value)
    if text is None:
        return None
    if text[0] in '"[':
        text = scalar(parse_once(text))
    return harmless(text)[:TEXT_LIMIT_CHARS].casefold() if text else None


def fact(value: object) -> Fact:
    """Yes, no or unknown."""
    said = word(value)
    if said in _YES:
        return Fact.PRESENT
    return Fact.ABSENT if said in _NO else Fact.UNKNOWN


def flag(value: object) -> bool | None:
    """Yes, no or unknown as a boolean."""
    said = fact(value)
    return None if said is Fact.UNKNOWN else said is Fact.PRESENT


def whole(value: object) -> int | None:
    """A whole number, also as a string; clamped to what JSON readers keep exact."""
    value = single(value)
    if isinstance(value, str):
        text = value.strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,30}", text):
            return None
        value = int(text)
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return max(-INTEGER_LIMIT, min(INTEGER_LIMIT, value))


def degrees(value: object, limit: float) -> float | None:
    """A latitude or longitude within its limit."""
    value = single(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -limit <= value <= limit else None


def parse_once(text: str) -> object:
    """The JSON value that a string holds, else None."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None


def mapping(value: object) -> Mapping[str, object]:
    """A JSON object: itself, in a one-element list, or as JSON text; empty when it is none."""
    value = single(value)
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        value = single(parse_once(value))
    return value if isinstance(value, dict) else _EMPTY


def items(value: object) -> list[object]:
    """A list: itself, as JSON text, or one scalar."""
    if isinstance(value, str):
        text = value.strip()
        if text[:1] == "[":
            parsed = parse_once(text)
            return parsed if isinstance(parsed, list) else [text]
        return [text] if text else []
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


class Notes:
    """What is noticed while one record is read: cut fields and doubts. Lives only that long."""

    __slots__ = ("_quality", "_truncated")

    def __init__(self) -> None:
        self._quality: set[str] = set()
        self._truncated: set[str] = set()

    def doubt(self, name: str) -> None:
        """Flag the record for one kind of doubt."""
        self._quality.add(name)

    def cut(self, name: str) -> None:
        """Note that this field was cut to its bound."""
        self._truncated.add(name)

    def text(self, value: object, name: str, limit: int = TEXT_LIMIT_CHARS) -> str | None:
        """A harmless string of at most ``limit`` characters."""
        text = scalar(value)
        if text is None:
            return None
        if len(text) > limit:
            self.cut(name)
            text = text[:limit]
        return harmless(text)

    def word(self, value: object, known: Iterable[str]) -> str | None:
        """An enum-like value, case folded; a value outside the known ones is kept and doubted."""
        said = word(value)
        if said is not None and said not in known:
            self.doubt("unknown_enum")
        return said

    def fact(self, value: object) -> Fact:
        """Yes, no or unknown; a value that is neither is doubted."""
        said = fact(value)
        if said is Fact.UNKNOWN and value not in (None, "", [], {}):
            self.doubt("unknown_enum")
        return said

    def moment(self, value: object) -> datetime | None:
        """An activity time; a missing one is doubted."""
        found = moment(single(value))
        if found is None:
            self.doubt("time_missing")
        return found

    @property
    def quality(self) -> tuple[str, ...]:
        """The doubts, sorted."""
        return tuple(sorted(self._quality))

    @property
    def truncated(self) -> tuple[str, ...]:
        """The cut fields, sorted."""
        return tuple(sorted(self._truncated))
