"""The part of OData's $filter that Graph documents for sign-ins and risk detections: eq, ge, le, and, or, any()."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

TOKEN = re.compile(r"\s*(?:(?P<sign>[()])|(?P<text>'(?:[^']|'')*')|(?P<any>[\w/]+/any\(t: t eq '[^']*'\))|(?P<word>[\w./:+-]+))")
type Predicate = Callable[[dict[str, Any]], bool]


class FilterError(ValueError):
    """What Graph answers with 400 "Invalid filter clause"."""


def compile_filter(text: str) -> Predicate:
    """A predicate over records; an empty text is true of all."""
    tokens = _tokens(text)
    if not tokens:
        return lambda _: True
    predicate, rest = _either(tokens)
    if rest:
        raise FilterError(f"unexpected {rest[0]!r}")
    return predicate


def moment(text: str) -> datetime:
    """A Graph time; more than six decimals are cut, as Python does."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def oldest(text: str, field: str) -> datetime | None:
    """The lower bound a filter sets on a time field."""
    found = re.search(rf"{field} ge (\S+?)(?:\)|\s|$)", text)
    return moment(found[1]) if found else None


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = TOKEN.match(text, position)
        if match is None:
            raise FilterError(f"cannot read {text[position:]!r}")
        tokens.append(match[0].strip())
        position = match.end()
    return tokens


def _either(tokens: list[str]) -> tuple[Predicate, list[str]]:
    left, rest = _both(tokens)
    while rest[:1] == ["or"]:
        right, rest = _both(rest[1:])
        left = _or(left, right)
    return left, rest


def _both(tokens: list[str]) -> tuple[Predicate, list[str]]:
    left, rest = _term(tokens)
    while rest[:1] == ["and"]:
        right, rest = _term(rest[1:])
        left = _and(left, right)
    return left, rest


def _or(left: Predicate, right: Predicate) -> Predicate:
    return lambda record: left(record) or right(record)


def _and(left: Predicate, right: Predicate) -> Predicate:
    return lambda record: left(record) and right(record)


def _term(tokens: list[str]) -> tuple[Predicate, list[str]]:
    if not tokens:
        raise FilterError("ends too early")
    if tokens[0] == "(":
        inner, rest = _either(tokens[1:])
        if rest[:1] != [")"]:
            raise FilterError("a bracket is open")
        return inner, rest[1:]
    if "/any(" in tokens[0]:
        field, value = re.fullmatch(r"(\w+)/any\(t: t eq '([^']*)'\)", tokens[0]).groups()
        return (lambda record: value in (record.get(field) or [])), tokens[1:]
    if len(tokens) < 3:
        raise FilterError("a comparison needs three parts")
    return _comparison(*tokens[:3]), tokens[3:]


def _comparison(field: str, operator: str, value: str) -> Predicate:
    if operator == "eq" and value.startswith("'"):
        wanted = value[1:-1].replace("''", "'")
        return lambda record: record.get(field) == wanted
    if operator == "eq" and "/" in field and value.isdigit():
        outer, inner = field.split("/")
        return lambda record: (record.get(outer) or {}).get(inner) == int(value)
    if field.endswith("DateTime") and operator in {"ge", "le"}:
        bound = moment(value)
        if operator == "ge":
            return lambda record: moment(record[field]) >= bound
        return lambda record: moment(record[field]) <= bound
    raise FilterError(f"{field} does not support {operator}")
