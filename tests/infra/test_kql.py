"""The small Kusto of the tests answers as Kusto does (Microsoft Learn, each function's own page)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.kql import run

NOW = datetime(2026, 3, 14, tzinfo=UTC)
ROWS = [{"a": 1, "t": "One, two"}, {"a": 2, "t": "THREE"}, {"a": None, "t": ""}]

ANSWERS: list[tuple[str, list[Any]]] = [
    ("t | where a > 1", [ROWS[1]]),
    ("t | where a < 5 or a > 5", ROWS[:2]),  # null is neither
    ('t | where t has "two"', [ROWS[0]]),
    ('t | where t has "tw"', []),
    ('t | where t startswith "o" and t endswith "WO"', [ROWS[0]]),
    ('t | where t !endswith "two" and isnotnull(a)', [ROWS[1]]),
    ('t | where t in ("THREE", "x")', [ROWS[1]]),
    ("t | summarize n = count(), s = sum(a), low = min(a), high = max(a)", [{"n": 3, "s": 3, "low": 1, "high": 2}]),
    ("t | where a > 9 | summarize n = count(), s = sum(a), low = min(a), c = countif(a > 1)", [{"n": 0, "s": 0, "low": None, "c": 0}]),
    ("t | where a > 9 | summarize n = count() by t", []),
    ("t | where a > 0 | summarize n = count() by a", [{"a": 1, "n": 1}, {"a": 2, "n": 1}]),
    ('t | where a > 9 | summarize s = make_set(t) | extend v = array_length(set_difference(split("x,y", ","), s))', [{"s": [], "v": 2}]),
    ('t | where a == 1 | extend v = iff(a >= 1 and t == "x", 1, 0), w = coalesce(todouble(t), 2.5) + 1', [{**ROWS[0], "v": 0, "w": 3.5}]),
    ('t | where a == 1 | extend d = datetime_diff("day", datetime(2026-03-20), now())', [{**ROWS[0], "d": 6}]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "answer"), ANSWERS)
def test_it_answers(query: str, answer: list[Any]):
    assert run(query, {"t": ROWS}, NOW) == answer


def test_parts_of_an_object():
    rows = [{"text": '{"x": 1, "deep": {"y": "z"}}'}, {"text": "no object"}]
    found = run(
        "t | extend m = parse_json(text) | extend a = todouble(m.x), b = tostring(m.deep.y), c = tostring(m.none)", {"t": rows}, NOW
    )
    assert [(row["a"], row["b"], row["c"]) for row in found] == [(1.0, "z", ""), (None, "", "")]


@pytest.mark.parametrize("query", ["t | top 5 by a", "t | where a ~ 1", "t | extend x = 1 2"])
def test_what_it_does_not_know_it_says(query: str):
    with pytest.raises((NotImplementedError, KeyError)):
        run(query, {"t": ROWS}, NOW)
