"""Conditions on raw records that any query language can express, and what they say of one record.

A provider describes with them which records may be left out before Gatewatch reads them (``record_form``). A condition is wider than what
it stands for: where a value is not written as the vendor writes it (a list, JSON text, blanks, letters that case folding changes), the
condition holds, because only the provider's own reading can decide. So a query made from it leaves out less than it could, never more.
"""

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

type Path = tuple[str, ...]
"""Property names from the outside to the inside."""

# These letters become ASCII when Python folds or normalises a text, and stay what they are when a query's lower() does (all of Unicode
# was tried). Regular expressions have no backslash, so that every engine reads them alike.
FOLDED_TO_ASCII = "[\u00df\u0130\u0131\u0149\u017f\u01f0\u037e\u1e96-\u1e9a\u1e9e\u1fef\u212a\ufb00-\ufb06]"
EVEN = "^[!#-Z^-z|-~]([ -~]*[!-~])?$"
"""A value as the vendors write it: visible ASCII at both ends, and nothing at its front that opens JSON."""
WHOLE = "^(0|-?[1-9][0-9]{0,14})$"
"""A whole number as JSON writes it."""
EMPTY = ("", "[]", "{}")
"""Texts of values that say nothing."""


class Compare(StrEnum):
    """How the value at a path is compared with the values of a condition. Texts are compared in lower case."""

    IS = "is"
    IS_NOT = "is not"  # there is a value, and it is none of these
    BEGINS = "begins"
    CONTAINS = "contains"
    NUMBER = "number"  # a whole number that is one of these
    INSIDE = "inside"  # the JSON text of the value, whatever it is, contains one of these ASCII texts
    FOREIGN = "foreign"  # the text has a character that is not ASCII
    FOLDING = "folding"  # the text has a letter that becomes ASCII when it is folded
    MISSING = "missing"  # there is no value


class Leaf(Struct, frozen=True):
    """One test of one value. ``values`` are lower case."""

    path: Path
    compare: Compare
    values: tuple[str, ...] = ()


class AnyOf(Struct, frozen=True):
    """Holds if one of these holds."""

    conditions: tuple["Condition", ...]


class AllOf(Struct, frozen=True):
    """Holds if all of these hold."""

    conditions: tuple["Condition", ...]


type Condition = Leaf | AnyOf | AllOf


def within(condition: Condition, outer: Path) -> Condition:
    """The same condition on a record that lies at this path of another."""
    if isinstance(condition, Leaf):
        return Leaf((*outer, *condition.path), condition.compare, condition.values)
    return type(condition)(tuple(within(each, outer) for each in condition.conditions))


def leaves(condition: Condition) -> tuple[Leaf, ...]:
    """Every test of a condition."""
    if isinstance(condition, Leaf):
        return (condition,)
    return tuple(leaf for each in condition.conditions for leaf in leaves(each))


def holds(condition: Condition, record: Mapping[str, object]) -> bool:
    """What the condition says of a record: the reference for every query language."""
    if isinstance(condition, AnyOf):
        return any(holds(each, record) for each in condition.conditions)
    if isinstance(condition, AllOf):
        return all(holds(each, record) for each in condition.conditions)
    return _holds(condition.compare, text_at(record, condition.path), condition.values)


def text_at(record: Mapping[str, object], path: Path) -> str | None:
    """The value at a path as an engine's JSON functions give it: texts as they are, all else as JSON; None for null and absent."""
    value: object = record
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def is_even(text: str) -> bool:
    """Whether a query compares this text as the providers do."""
    return re.fullmatch(EVEN, text) is not None


def _holds(compare: Compare, text: str | None, values: tuple[str, ...]) -> bool:
    if text is None:
        return compare is Compare.MISSING
    if compare in _OF_TEXTS and text in EMPTY:
        return False
    if compare in _OF_TEXTS and not is_even(text):
        return True
    return _TESTS[compare](text, values)


_OF_TEXTS = frozenset({Compare.IS, Compare.IS_NOT, Compare.BEGINS, Compare.CONTAINS})

_TESTS: dict[Compare, Callable[[str, tuple[str, ...]], bool]] = {
    Compare.IS: lambda text, values: text.lower() in values,
    Compare.IS_NOT: lambda text, values: text.lower() not in values,
    Compare.BEGINS: lambda text, values: text.lower().startswith(values),
    Compare.CONTAINS: lambda text, values: any(value in text.lower() for value in values),
    Compare.INSIDE: lambda text, values: any(value in text.lower() for value in values),
    Compare.NUMBER: lambda text, values: text in values or re.fullmatch(WHOLE, text) is None,
    Compare.FOREIGN: lambda text, _values: not text.isascii(),
    Compare.FOLDING: lambda text, _values: re.search(FOLDED_TO_ASCII, text) is not None,
    Compare.MISSING: lambda text, _values: text in EMPTY or not is_even(text),
}
