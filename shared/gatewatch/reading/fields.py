"""Tolerant readers of decoded JSON: they turn the values in real logs into harmless, bounded, typed values.

No function here raises an error for any JSON value. An unreadable value gives unknown (None), never a default that means "no risk".
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

import msgspec

from ..model import Fact
from .powershell import list_in, object_in
from .struct_text import struct_in
from .times import is_ambiguous, moment

TEXT_LIMIT_CHARS = 1024
USER_AGENT_LIMIT_CHARS = 8192
INTEGER_LIMIT = 2**53 - 1  # every JSON reader keeps integers up to this limit exactly

UNREADABLE = "unreadable_"  # how data-quality flags begin that name a value which is present but cannot be read

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LAYOUT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_YES = frozenset({"yes", "true", "1", "y", "1.0"})  # data frames write 1.0 beside an empty cell
_NO = frozenset({"no", "false", "0", "n", "0.0"})
_EMPTY: dict[str, object] = {}


@lru_cache(maxsize=4096)
def fold_key(name: str) -> str:
    """The form in which property names are compared: without underscores, case folded.

    Exports write ``RiskEventTypesV2`` for ``riskEventTypes_v2`` and ``calleripaddress`` for ``callerIpAddress``.
    """
    return name.replace("_", "").casefold()


def _folded(names: tuple[str, ...]) -> dict[str, str]:
    return {fold_key(name): name for name in names if len(name) <= TEXT_LIMIT_CHARS}


_KNOWN_NAMES_AT_MOST = 64
_known = lru_cache(maxsize=256)(_folded)
"""The same for small objects: records of one kind have the same names, so their names are folded once."""


class Fields:
    """One JSON object, read by property name. The exact spelling is tried first, then the folded one (``fold_key``)."""

    __slots__ = ("_folded", "data")

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self._folded: dict[str, str] | None = None  # the object's own spelling of each folded name

    def get(self, name: str) -> object:
        """The value of this property, or None when it is absent."""
        if name in self.data:
            return self.data[name]
        if not self.data:
            return None
        if self._folded is None:
            names = tuple(self.data)
            self._folded = _known(names) if len(names) <= _KNOWN_NAMES_AT_MOST else _folded(names)
        spelling = self._folded.get(fold_key(name))
        return self.data[spelling] if spelling is not None else None

    def first(self, *names: str) -> object:
        """The value of the first of these properties that is not empty, or None."""
        for name in names:
            value = self.get(name)
            if value not in (None, "", [], {}):
                return value
        return None

    def object(self, name: str) -> "Fields":
        """The object under this name, or an empty object when there is none."""
        return Fields(mapping(self.get(name)))

    def has(self, *names: str) -> bool:
        """Whether any of these properties is present. A null under the exact spelling counts as present."""
        for name in names:
            if name in self.data:
                return True
        return any(self.get(name) is not None for name in names)


def harmless(text: str, *, layout: bool = False) -> str:
    """The text as encodable UTF-8 without control characters; ``layout`` keeps tabs and line breaks.

    A bad character is replaced by U+FFFD, not dropped, so that two different names do not become equal.
    """
    if text.isascii() and text.isprintable():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # surrogate pairs are joined, lone surrogates are replaced
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return (_CONTROL_BUT_LAYOUT if layout else _CONTROL).sub("\ufffd", text)


def single(value: object) -> object:
    """The element of a one-element list; any other value itself."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def scalar(value: object) -> str | None:
    """A string, whole number or boolean as text without surrounding blanks, or None.

    A one-element list is read as its element. Blank text, other types and numbers beyond ``INTEGER_LIMIT`` give None.
    """
    if isinstance(value, str):
        return value.strip() or None
    if value is None:
        return None
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
    """A value of a closed vocabulary, case folded, or None. A string that holds JSON text is parsed once."""
    return _word(value) if type(value) is str and len(value) <= _TERM_CHARS else _any_word(value)


_TERM_CHARS = 64  # a longer text is no term and is not worth remembering


@lru_cache(maxsize=16_384)
def _word(value: str) -> str | None:
    return _any_word(value)


def _any_word(value: object) -> str | None:
    text = scalar(value)
    if text is None:
        return None
    if text[0] in '"[':
        text = scalar(parse_once(text))
    return harmless(text)[:TEXT_LIMIT_CHARS].casefold() if text else None


def fact(value: object) -> Fact:
    """Present for yes, true, 1 or y; absent for no, false, 0 or n; otherwise unknown."""
    said = word(value)
    if said in _YES:
        return Fact.PRESENT
    return Fact.ABSENT if said in _NO else Fact.UNKNOWN


def flag(value: object) -> bool | None:
    """The same as a boolean: True, False, or None for unknown."""
    said = fact(value)
    return None if said is Fact.UNKNOWN else said is Fact.PRESENT


def whole(value: object) -> int | None:
    """A whole number, given as a number or as text, limited to ``INTEGER_LIMIT``; None for anything else."""
    value = single(value)
    if isinstance(value, str):
        text = value.strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,30}(?:\.0{1,6})?", text):  # data frames write whole numbers with ".0"
            return None
        value = int(text.partition(".")[0])
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return max(-INTEGER_LIMIT, min(INTEGER_LIMIT, value))


def degrees(value: object, limit: float) -> float | None:
    """A latitude or longitude in degrees; None when it is no number or its absolute value exceeds ``limit``."""
    value = single(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -limit <= value <= limit else None


def parse_once(text: str) -> object:
    """The JSON value in a string, or None when the string is not JSON."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None


def mapping(value: object) -> Mapping[str, object]:
    """A JSON object, given directly, in a one-element list, or as text of JSON (once or twice), PowerShell or Python; else empty."""
    if isinstance(value, dict):
        return value
    value = single(value)
    if isinstance(value, str):
        value = _once(value)
        value = single(parse_once(value)) or struct_in(value) if value.lstrip()[:1] in {"{", "["} else object_in(value)
    return value if isinstance(value, dict) else _EMPTY


def _once(text: str) -> str:
    """The text that JSON text holds, as exporters make it that write JSON of a column that is JSON already; other text as it is."""
    inner = parse_once(text) if text.lstrip()[:1] == '"' else None
    return inner if isinstance(inner, str) else text


def objects(value: object, at_most: int) -> "list[Fields]":
    """The first objects of a list, as ``items`` finds it. What is no object has no properties."""
    return [Fields(mapping(item)) for item in items(value)[:at_most]]


def items(value: object) -> list[object]:
    """A list, given directly, as JSON text or as PowerShell 5 wraps it. One value is a list of one; None and blank text an empty list."""
    if isinstance(value, str):
        text = _once(value).strip()
        parsed = parse_once(text) if text[:1] == "[" else None
        return parsed if isinstance(parsed, list) else [text] if text else []
    found = list_in(value)
    return found if found is not None else [] if value is None else [value]


class Notes:
    """Collects problems while one record is read: fields that were cut, and data-quality flags."""

    __slots__ = ("_quality", "_truncated")

    def __init__(self) -> None:
        self._quality: set[str] = set()
        self._truncated: set[str] = set()

    def doubt(self, name: str) -> None:
        """Add a data-quality flag, for example ``time_missing``."""
        self._quality.add(name)

    def cut(self, name: str) -> None:
        """Record that this field was cut to its length limit."""
        self._truncated.add(name)

    def unreadable(self, name: str) -> None:
        """Flag a value that is present but cannot be read: an object cut at its depth, text that is no time, a number that is no code.

        A file replay refuses a record with such a flag unless a rule matches it; live, the flag is recorded.
        """
        self._quality.add(f"{UNREADABLE}{name}")

    def text(self, value: object, name: str, limit: int = TEXT_LIMIT_CHARS) -> str | None:
        """A harmless string of at most ``limit`` characters, or None; a longer one is cut and recorded under ``name``."""
        if type(value) is str and len(value) <= limit and value.isascii() and value.isprintable():
            return value.strip() or None
        text = scalar(value)
        if text is None:
            return None
        if len(text) > limit:
            self.cut(name)
            text = text[:limit]
        return harmless(text)

    def word(self, value: object, known: Iterable[str]) -> str | None:
        """A value of a closed vocabulary, case folded. An unknown value is kept and flagged ``unknown_enum``."""
        said = word(value)
        if said is not None and said not in known:
            self.doubt("unknown_enum")
        return said

    def fact(self, value: object) -> Fact:
        """Present, absent or unknown. A value that is neither yes nor no is flagged ``unknown_enum``."""
        said = fact(value)
        if said is Fact.UNKNOWN and value not in (None, "", [], {}):
            self.doubt("unknown_enum")
        return said

    def moment(self, value: object) -> datetime | None:
        """An activity time in UTC, or None. Flagged is what is missing, unreadable, or ambiguous in its order of day and month."""
        found = moment(single(value))
        if found is not None and is_ambiguous(value):
            self.doubt("time_ambiguous")
        if found is None:
            self.doubt("time_missing")
            if value not in (None, "", [], {}):
                self.unreadable("time")
        return found

    @property
    def quality(self) -> tuple[str, ...]:
        """The data-quality flags, sorted."""
        return tuple(sorted(self._quality))

    @property
    def truncated(self) -> tuple[str, ...]:
        """The names of the fields that were cut, sorted."""
        return tuple(sorted(self._truncated))
