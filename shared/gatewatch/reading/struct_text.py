"""Objects that query engines and data frames print as text: ``{type=Root, arn=..., sessioncontext=null}`` and ``{'type': 'Root', 'arn': None}``.

The first form is that of Presto and Trino (Athena, CloudTrail Lake), Hive and Java maps (Elastic's ingest pipelines); the second is Python's,
which pandas writes into a CSV. Values of the first form have no quotes: text that could be read in two ways is not read at all.
"""

import ast
import re

_LIMIT_CHARS = 65_536
_DEPTH_LIMIT = 16
_KEY = re.compile(r"([A-Za-z_][\w:.\-/]{0,127})=")
_END = re.compile(r", (?=[A-Za-z_][\w:.\-/]{0,127}=)|[{}\[\]]")
_NOTHING = frozenset({"null", "NULL"})


def looks_like_struct(value: object) -> bool:
    """Whether this is text in one of the two forms (and no JSON)."""
    if not isinstance(value, str) or not value.startswith("{") or value[-1:] != "}":
        return False
    return value[1:2] == "'" or _KEY.match(value, 1) is not None or value == "{}"


def struct_in(text: str) -> dict[str, object] | None:
    """The object in this text, or None when the text is cut, ambiguous (a name twice in one object) or in neither form.

    Values are strings, objects or lists; ``null`` becomes None. In the first form a value ends at ``, name=`` or at its bracket.
    """
    if len(text) > _LIMIT_CHARS:
        return None
    text = text.strip()
    if text[:2] == "{'":
        return _python(text)
    try:
        found, at = _object(text, 0, _DEPTH_LIMIT)
    except (_Unreadable, IndexError):
        return None
    return found if at == len(text) else None


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    pass


def _python(text: str) -> dict[str, object] | None:
    if text.count("{") + text.count("[") + text.count("(") > 256:
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    return found if isinstance(found, dict) and all(isinstance(name, str) for name in found) else None


def _object(text: str, at: int, depth: int) -> tuple[dict[str, object], int]:
    """The object that begins at this brace, and where it ends."""
    if text[at] != "{" or depth == 0:
        raise _Unreadable
    found: dict[str, object] = {}
    at += 1
    while text[at] != "}":
        key = _KEY.match(text, at)
        if key is None or key.group(1).casefold() in {name.casefold() for name in found}:
            raise _Unreadable
        found[key.group(1)], at = _value(text, key.end(), depth - 1)
        if text.startswith(", ", at):
            at += 2
        elif text[at] != "}":
            raise _Unreadable
    return found, at + 1


def _value(text: str, at: int, depth: int) -> tuple[object, int]:
    if text[at] == "{":
        return _object(text, at, depth)
    if text[at] == "[":
        return _list(text, at, depth)
    end = _END.search(text, at)
    if end is None or end.group() in "{[]":
        raise _Unreadable
    value = text[at : end.start()]
    return (None if value in _NOTHING else value), end.start()


def _list(text: str, at: int, depth: int) -> tuple[list[object], int]:
    """A list of objects, or of texts without brackets."""
    if depth == 0:
        raise _Unreadable
    found: list[object] = []
    at += 1
    while text[at] != "]":
        if text[at] == "{":
            item, at = _object(text, at, depth - 1)
            found.append(item)
        else:
            end = re.compile(r", |[{}\[\]]").search(text, at)
            if end is None or end.group() in "{}[":
                raise _Unreadable
            found.append(text[at : end.start()])
            at = end.start()
        if text.startswith(", ", at):
            at += 2
        elif text[at] != "]":
            raise _Unreadable
    return found, at + 1
