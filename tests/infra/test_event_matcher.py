"""moto's pattern engine, by which the tests of event patterns judge, says what EventBridge's user guide says.

Source: EventBridge user guide, "Comparison operators for use in event patterns" and "Event pattern syntax". An event is matched if it has every
field of the pattern with one of its values; a field that is an array is matched by one of its elements; comparisons mind the case.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto.events.models import EventPattern

from tests.support.aws_templates import FORWARDER, HOME, expanded

OPERATORS = frozenset({"$or", "prefix", "wildcard"})
"""What the patterns of the templates use beside plain values; each has rows below."""

TABLE = [
    # plain values
    ({"source": ["a"]}, {"source": "a"}, True),
    ({"source": ["a"]}, {"source": "A"}, False),
    ({"source": ["a", "b"]}, {"source": "b"}, True),
    ({"source": ["a"]}, {"other": "a"}, False),
    ({"source": ["a"], "type": ["t"]}, {"source": "a", "type": "t", "more": 1}, True),
    ({"source": ["a"], "type": ["t"]}, {"source": "a", "type": "u"}, False),
    ({"source": ["a"], "type": ["t"]}, {"source": "a"}, False),
    ({"detail": {"n": {"m": ["x"]}}}, {"detail": {"n": {"m": "x", "o": 1}}}, True),
    ({"detail": {"n": {"m": ["x"]}}}, {"detail": {"n": "x"}}, False),
    ({"detail": {"n": {"m": ["x"]}}}, {"detail": {"n": None}}, False),
    ({"detail": {"n": {"m": ["x"]}}}, {"detail": None}, False),
    # arrays of the event: one element is enough
    ({"r": ["x", "y"]}, {"r": ["w", "y"]}, True),
    ({"r": ["x", "y"]}, {"r": ["w"]}, False),
    ({"r": [{"prefix": "x"}]}, {"r": ["w", "xy"]}, True),
    # prefix
    ({"n": [{"prefix": "Get"}]}, {"n": "GetThis"}, True),
    ({"n": [{"prefix": "Get"}]}, {"n": "Get"}, True),
    ({"n": [{"prefix": "Get"}]}, {"n": "getThis"}, False),
    ({"n": [{"prefix": "Get"}]}, {"n": "Ge"}, False),
    ({"n": [{"prefix": "Get"}]}, {"n": 7}, False),
    ({"n": [{"prefix": "Get"}]}, {"n": None}, False),
    ({"n": [{"prefix": "Get"}]}, {}, False),
    ({"n": ["Put", {"prefix": "Get"}]}, {"n": "Put"}, True),
    # wildcard: any number of characters, also none
    ({"p": [{"wildcard": "*:i-*"}]}, {"p": "AROA:i-0ab"}, True),
    ({"p": [{"wildcard": "*:i-*"}]}, {"p": ":i-"}, True),
    ({"p": [{"wildcard": "*:i-*"}]}, {"p": "AROA:anaya"}, False),
    ({"p": [{"wildcard": "*:i-*"}]}, {"p": "AROA:I-0ab"}, False),
    ({"p": [{"wildcard": "*:i-*"}]}, {"p": None}, False),
    # $or: one of its members, together with the fields beside it
    ({"$or": [{"a": ["1"]}, {"b": ["2"]}]}, {"b": "2"}, True),
    ({"$or": [{"a": ["1"]}, {"b": ["2"]}]}, {"a": "2", "b": "1"}, False),
    ({"s": ["x"], "$or": [{"a": ["1"]}, {"b": ["2"]}]}, {"s": "y", "a": "1"}, False),
    ({"$or": [{"s": ["x"], "d": {"e": ["1"]}}, {"s": ["y"], "d": {"e": ["2"]}}]}, {"s": "x", "d": {"e": "2"}}, False),
    ({"$or": [{"s": ["x"], "d": {"e": ["1"]}}, {"s": ["y"], "d": {"e": ["2"]}}]}, {"s": "y", "d": {"e": "2"}}, True),
]


@pytest.mark.parametrize(("pattern", "event", "expected"), TABLE)
def test_the_engine_agrees_with_the_user_guide(pattern: dict[str, Any], event: dict[str, Any], expected: bool) -> None:
    assert EventPattern.load(json.dumps(pattern)).matches_event(event) is expected


def operators(pattern: object, *, leaf: bool = False) -> Iterator[str]:
    """The operators of a pattern: ``$or``, and the keys of objects that stand among the values of a field."""
    if isinstance(pattern, dict):
        for key, value in pattern.items():
            if leaf or key == "$or":
                yield key
            if key == "$or":
                for member in value:
                    yield from operators(member)
            elif not leaf:
                yield from operators(value)
    elif isinstance(pattern, list):
        for value in pattern:
            yield from operators(value, leaf=True)


def test_the_templates_use_only_operators_that_the_table_checks() -> None:
    patterns = [
        one["Properties"]["EventPattern"]
        for file in (HOME, FORWARDER)
        for one in expanded(file)["Resources"].values()
        if one["Type"] == "AWS::Events::Rule" and "EventPattern" in one["Properties"] and one.get("Condition") != "TrailByRule"
    ]
    assert len(patterns) >= 18
    assert {operator for pattern in patterns for operator in operators(pattern)} == OPERATORS


def test_every_operator_has_rows_that_match_and_rows_that_do_not() -> None:
    for operator in OPERATORS:
        assert {expected for pattern, _, expected in TABLE if operator in set(operators(pattern))} == {True, False}
