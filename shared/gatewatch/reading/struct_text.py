"""Objects that query engines and data frames print as text.

Forms: ``{type=Root, arn=..., sessioncontext=null}`` of Presto and Trino (Athena, CloudTrail Lake), Hive and Java maps (Elastic's ingest
pipelines); ``{'type': Root, 'arn': NULL}`` of DuckDB; ``{'type': 'Root', 'arn': None}`` of Python, which pandas writes into a CSV. Values of the
first two have no quotes: text that could be read in two ways is not read at all.
"""

import ast
from typing import NamedTuple

from .json_text import tolerant_decoder
from .late_pattern import LatePattern

_LIMIT_CHARS = 65_536
_DEPTH_LIMIT = 16
_BRACKETS_LIMIT = 256
_NOTHING = frozenset({"null", "NULL"})
_DECODER = tolerant_decoder()
_ITEM_END = LatePattern(r", |[{}\[\]]")


class _Grammar(NamedTuple):
    key: LatePattern
    end: LatePattern  # where a value without brackets ends: before the next key, or at a brace


_NAME = r"[A-Za-z_][\w:.\-/]{0,127}"
_EQUALS = _Grammar(LatePattern(rf"({_NAME})="), LatePattern(rf", (?={_NAME}=)|[{{}}]"))
_QUOTED = _Grammar(LatePattern(rf"'({_NAME})': "), LatePattern(rf", (?='{_NAME}': )|[{{}}]"))


def looks_like_struct(value: object) -> bool:
    """Whether this is text in one of the forms (and no JSON)."""
    if not isinstance(value, str) or not value.startswith("{") or value[-1:] != "}":
        return False
    return value == "{}" or value[1] == "'" or _EQUALS.key.match(value, 1) is not None


def struct_in(text: str) -> dict[str, object] | None:
    """The object in this text, or None when the text is cut, ambiguous (a name twice in one object) or in none of the forms.

    Values are strings, objects or lists; ``null`` becomes None. In the forms without quotes a value ends before the next name or at its
    brace; a value that is itself JSON is read as JSON.
    """
    text = text.strip()
    if len(text) > _LIMIT_CHARS:
        return None
    if text[:2] == "{'":
        found = _python(text)
        return found if found is not None else _read(text, _QUOTED)
    return _read(text, _EQUALS)


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    pass


def _python(text: str) -> dict[str, object] | None:
    if sum(map(text.count, "{[(")) > _BRACKETS_LIMIT:
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    return found if isinstance(found, dict) and all(isinstance(name, str) for name in found) else None


def _read(text: str, grammar: _Grammar) -> dict[str, object] | None:
    try:
        found, at = _object(text, 0, _DEPTH_LIMIT, grammar)
    except (_Unreadable, IndexError):
        return None
    return found if at == len(text) else None


def _object(text: str, at: int, depth: int, grammar: _Grammar) -> tuple[dict[str, object], int]:
    """The object that begins at this brace, and where it ends."""
    if text[at] != "{" or depth == 0:
        raise _Unreadable
    found: dict[str, object] = {}
    folded: set[str] = set()
    at += 1
    while text[at] != "}":
        key = grammar.key.match(text, at)
        if key is None or key.group(1).casefold() in folded:
            raise _Unreadable
        folded.add(key.group(1).casefold())
        found[key.group(1)], at = _value(text, key.end(), depth - 1, grammar)
        if text.startswith(", ", at):
            at += 2
        elif text[at] != "}":
            raise _Unreadable
    return found, at + 1


def _value(text: str, at: int, depth: int, grammar: _Grammar) -> tuple[object, int]:
    if text[at] in "{[" and text[at + 1] in '"{[}]':
        try:
            return _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            pass  # brackets of this form
    if text[at] == "{":
        return _object(text, at, depth, grammar)
    if text[at] == "[":
        return _list(text, at, depth, grammar)
    end = grammar.end.search(text, at)
    if end is None or end.group() == "{":
        raise _Unreadable
    return _plain(text[at : end.start()]), end.start()


def _plain(value: str) -> str | None:
    if value in _NOTHING:
        return None
    quoted = len(value) > 1 and value[0] == value[-1] == "'" and "'" not in value[1:-1]
    return value[1:-1] if quoted else value


def _list(text: str, at: int, depth: int, grammar: _Grammar) -> tuple[list[object], int]:
    """A list of objects, or of texts without brackets."""
    if depth == 0:
        raise _Unreadable
    found: list[object] = []
    at += 1
    while text[at] != "]":
        item: object
        if text[at] == "{":
            item, at = _object(text, at, depth - 1, grammar)
        else:
            end = _ITEM_END.search(text, at)
            if end is None or end.group() in "{}[":
                raise _Unreadable
            item, at = _plain(text[at : end.start()]), end.start()
        found.append(item)
        if text.startswith(", ", at):
            at += 2
        elif text[at] != "]":
            raise _Unreadable
    return found, at + 1
