"""Strategies for every typed record, built from the types themselves: a new field is covered the day it is added."""

import types
import typing
from datetime import UTC, datetime
from enum import Enum

import msgspec
import pytest
from hypothesis import strategies as st

from gatewatch.model import Alert, Evidence

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SCALARS = {
    str: TEXT,
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    datetime: MOMENTS,
}


def of(kind) -> st.SearchStrategy:
    if kind in SCALARS:
        return SCALARS[kind]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return st.lists(of(arguments[0]), max_size=3).map(tuple)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin in {types.UnionType, typing.Union}:
        return st.one_of(*(st.none() if argument is types.NoneType else of(argument) for argument in arguments))
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
