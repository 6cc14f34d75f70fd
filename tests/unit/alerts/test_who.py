"""Whom an alert is about: a name that people know, else the person, else the kind of identity and its id."""

from typing import Any

import pytest

from gatewatch.alerts.who import who
from gatewatch.model import AlertEvent, EventText
from tests.builders.alerts import alert, key
from tests.builders.common import minutes


def row(*texts: dict[str, str]) -> AlertEvent:
    made = tuple(EventText(id=f"e{number}", time=minutes(number), **text) for number, text in enumerate(texts))
    return AlertEvent(id="e", time=minutes(1), rule="r", score=50, texts=made)


ID, NAMED = {"name": "u-1", "identity": "u-1", "role": "user"}, {"name": "alice", "identity": "u-1", "role": "user"}
PEOPLE = [
    pytest.param([row(NAMED)], {}, "alice", id="a name"),
    pytest.param([row(ID), row(NAMED)], {}, "alice", id="a name in a later event"),
    pytest.param([row({"name": "first"}, {"name": "last"})], {}, "last", id="of a pair the later side's"),
    pytest.param([row({"identity": "u-2"}), row(NAMED)], {"person": "b@contoso.example"}, "alice", id="after an event without one"),
    pytest.param([row({"name": "first"}, {})], {}, "first", id="of a pair the earlier side's where the later has none"),
    pytest.param([row(ID)], {"person": "a@contoso.example"}, "a@contoso.example", id="an id is no name, so the person"),
    pytest.param(
        [row({"name": "p-1", "role": "user"})], {"person": "a@contoso.example"}, "a@contoso.example", id="the principal is no name"
    ),
    pytest.param([row(ID)], {"person": None}, "user p-1", id="the kind and the principal"),
    pytest.param([row({})], {"person": None}, "p-1", id="the principal alone"),
]


@pytest.mark.parametrize(("rows", "changes", "name"), PEOPLE)
def test_who(rows: list[AlertEvent], changes: dict[str, Any], name: str) -> None:
    assert who(alert(key("p-1"), events=tuple(rows), **changes)) == name
