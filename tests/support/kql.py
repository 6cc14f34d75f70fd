"""A small Kusto: the tabular operators and functions that our alarm rules use, over rows in memory. What it does not know raises.

Nulls are as in Kusto: a comparison with null is false, aggregates leave nulls out and are null over none, and ``summarize`` without ``by`` gives
one row even of no rows.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

type Row = dict[str, Any]
type Expression = Callable[[Row], Any]
type Aggregate = Callable[[Sequence[Row]], Any]

_TOKEN = re.compile(r'\s*(?:(\d+\.\d+|\d+)|"([^"]*)"|(datetime)\(([^()]*)\)|(!?[A-Za-z_][\w-]*)|(==|!=|<=|>=|[-+*/<>=(),.|]))')
_WORDS = ("in", "has", "startswith", "endswith", "!endswith", "!startswith")


def run(query: str, tables: Mapping[str, Sequence[Row]], now: datetime) -> list[dict[str, Any]]:
    """The rows that a query answers. Raises ``NotImplementedError`` for what is not known here."""
    return _Reader(query, tables, now).query()


class _Reader:
    def __init__(self, query: str, tables: Mapping[str, Sequence[Row]], now: datetime) -> None:
        self._tokens = list(_tokens(query))
        self._at, self._tables, self._now = 0, tables, now

    def query(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = list(self._tables[self._take()[1]])
        while self._at < len(self._tokens):
            self._expect("|")
            rows = getattr(self, f"_{self._take()[1]}", self._unknown)(rows)
        return rows

    def _where(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        test = self._or()
        return [row for row in rows if test(row) is True]

    def _extend(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for name, expression in self._named(self._or):
            rows = [{**row, name: expression(row)} for row in rows]
        return rows

    def _summarize(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        aggregates = list(self._named(self._aggregate))
        by: list[str] = []
        if self._is("by"):
            by.append(self._take()[1])
            while self._is(","):
                by.append(self._take()[1])
        groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {} if by else {(): []}
        for row in rows:
            groups.setdefault(tuple(row[name] for name in by), []).append(row)
        return [
            {**dict(zip(by, key, strict=True)), **{name: aggregate(group) for name, aggregate in aggregates}}
            for key, group in groups.items()
        ]

    def _unknown(self, _rows: object) -> list[dict[str, Any]]:
        raise NotImplementedError(self._tokens[self._at - 1][1])

    def _named[T](self, read: Callable[[], T]) -> Iterator[tuple[str, T]]:
        while True:
            name = self._take()[1]
            self._expect("=")
            yield name, read()
            if not self._is(","):
                return

    def _aggregate(self) -> Aggregate:
        name = self._take()[1]
        self._expect("(")
        arguments = [] if self._peek() == ")" else [self._or()]
        self._expect(")")
        return _aggregate(name, arguments)

    def _or(self) -> Expression:
        left = self._and()
        while self._is("or"):
            left = _two(lambda a, b: a is True or b is True, left, self._and())
        return left

    def _and(self) -> Expression:
        left = self._comparison()
        while self._is("and"):
            left = _two(lambda a, b: a is True and b is True, left, self._comparison())
        return left

    def _comparison(self) -> Expression:
        left = self._sum()
        sign = self._peek()
        if sign not in _COMPARISONS and sign not in _WORDS:
            return left
        self._take()
        if sign == "in":
            self._expect("(")
            choices = self._arguments()
            return lambda row: left(row) in [choice(row) for choice in choices]
        return _two(_COMPARISONS[sign], left, self._sum())

    def _sum(self) -> Expression:
        left = self._primary()
        while self._peek() in ("+", "-", "*", "/"):
            left = _two(_ARITHMETIC[self._take()[1]], left, self._primary())
        return left

    def _primary(self) -> Expression:
        kind, token = self._take()
        if kind == "value":
            return lambda _row: token
        if token == "(":
            inner = self._or()
            self._expect(")")
            return inner
        if self._is("("):
            return self._called(token, self._arguments())
        found: Expression = lambda row: row[token]  # noqa: E731 - it grows below
        while self._is("."):
            found = _part(found, self._take()[1])
        return found

    def _called(self, name: str, arguments: list[Expression]) -> Expression:
        if name == "now":
            return lambda _row: self._now
        do = _FUNCTIONS[name]
        return lambda row: do(*(argument(row) for argument in arguments))

    def _arguments(self) -> list[Expression]:
        found: list[Expression] = []
        while not self._is(")"):
            found.append(self._or())
            self._is(",")
        return found

    def _peek(self) -> Any:
        return self._tokens[self._at][1] if self._at < len(self._tokens) and self._tokens[self._at][0] == "sign" else None

    def _is(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self._at += 1
        return True

    def _take(self) -> tuple[str, Any]:
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            raise NotImplementedError(f"{sign} expected before {self._tokens[self._at : self._at + 3]}")


def _tokens(query: str) -> Iterator[tuple[str, Any]]:
    at = 0
    while query[at:].strip():
        found = _TOKEN.match(query, at)
        if found is None:
            raise NotImplementedError(query[at : at + 30])
        number, quoted, moment, date, name, sign = found.groups()
        if number is not None:
            yield "value", float(number) if "." in number else int(number)
        elif quoted is not None:
            yield "value", quoted
        elif moment is not None:
            yield "value", datetime.fromisoformat(date).replace(tzinfo=UTC)
        else:
            yield "sign", name or sign
        at = found.end()


def _two(do: Callable[[Any, Any], Any], left: Expression, right: Expression) -> Expression:
    return lambda row: do(left(row), right(row))


def _part(of: Expression, name: str) -> Expression:
    def found(row: Row) -> Any:
        value = of(row)
        return value.get(name) if isinstance(value, dict) else None

    return found


def _known(do: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """With a null the answer is null, which no condition takes for true."""
    return lambda a, b: None if a is None or b is None else do(a, b)


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": _known(lambda a, b: a == b),
    "!=": _known(lambda a, b: a != b),
    "<": _known(lambda a, b: a < b),
    "<=": _known(lambda a, b: a <= b),
    ">": _known(lambda a, b: a > b),
    ">=": _known(lambda a, b: a >= b),
    "startswith": _known(lambda a, b: a.casefold().startswith(b.casefold())),
    "endswith": _known(lambda a, b: a.casefold().endswith(b.casefold())),
    "!endswith": _known(lambda a, b: not a.casefold().endswith(b.casefold())),
    "has": _known(lambda a, b: re.search(rf"(?<!\w){re.escape(b)}(?!\w)", a, re.IGNORECASE) is not None),
}
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": _known(lambda a, b: a + b),
    "-": _known(lambda a, b: a - b),
    "*": _known(lambda a, b: a * b),
    "/": _known(lambda a, b: a / b),
}


def _double(value: object) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


@lru_cache(maxsize=100_000)
def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "array_length": lambda items: None if items is None else len(items),
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "datetime_diff": lambda unit, later, earlier: {"day": (later.date() - earlier.date()).days}[unit],
    "iff": lambda test, yes, no: yes if test is True else no,
    "isnotnull": lambda value: value is not None,
    "parse_json": _parsed,
    "replace_string": lambda text, old, new: text.replace(old, new),
    "set_difference": lambda first, second: [item for item in dict.fromkeys(first) if item not in second],
    "split": lambda text, sign: text.split(sign),
    "substring": lambda text, start: text[start:],
    "todouble": _double,
    "tostring": lambda value: "" if value is None else str(value),
}


def _aggregate(name: str, arguments: Sequence[Expression]) -> Aggregate:
    def values(rows: Sequence[Row]) -> list[Any]:
        (argument,) = arguments
        return [value for row in rows if (value := argument(row)) is not None]

    known: Mapping[str, Aggregate] = {
        "count": len,
        "countif": lambda rows: sum(value is True for value in values(rows)),
        "make_set": lambda rows: list(dict.fromkeys(values(rows))),
        "max": lambda rows: max(values(rows), default=None),
        "min": lambda rows: min(values(rows), default=None),
        "sum": lambda rows: sum(values(rows)) if rows else 0,
    }
    return known[name]
