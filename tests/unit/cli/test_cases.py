"""Case files: what a line means, and that no typo passes."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.cli.check.cases import parse
from gatewatch.cli.check.expand import expanded


def line(**changes) -> str:
    body = {"case": "c-1", "kind": "graph.signIn", "config": {}, "input": {"id": "x"}, "expect": {"fire": False}}
    return json.dumps(body | changes)


def test_a_line_becomes_a_case():
    case = parse(line(title="quiet", config={"geo": {"198.51.100.1": "DE"}, "known_networks": ["203.0.113.0/24"]}), "f:1")

    assert (case.name, case.title, case.problem) == ("c-1", "quiet", "")
    assert case.geo == {"198.51.100.1": "DE"}
    assert case.tuning == {"known_networks": ["203.0.113.0/24"]}


def test_a_sequence_keeps_its_order_and_its_times():
    steps = [{"at": f"2026-11-20T10:0{n}:00Z", "kind": "graph.signIn", "event": {"id": str(n)}} for n in range(3)]

    case = parse(line(kind="sequence", input=steps), "f:1")

    assert [step.record["id"] for step in case.steps] == ["0", "1", "2"]
    assert [step.at.minute for step in case.steps] == [0, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="not JSON"),
        pytest.param("[]", id="not an object"),
        pytest.param('{"case": "c"}', id="no input"),
        pytest.param(line(kind="sequence", input=[{"kind": "graph.signIn"}]), id="a step without an event"),
        pytest.param(line(kind="sequence", input=[]), id="an empty sequence"),
        pytest.param(line(now="yesterday"), id="no time"),
        pytest.param(line(expect={"now": "yesterday"}), id="no time in expect"),
        pytest.param(line(now="2026-11-20T10:00:00Z", expect={"now": "2026-11-20T10:00:01Z"}), id="two clocks"),
        pytest.param(line(expand={"path": "a"}), id="no way to expand"),
    ],
)
def test_what_is_no_case_says_so_with_its_place(text):
    assert parse(text, "mine.jsonl:7").problem.startswith("mine.jsonl:7: not a case")


@given(st.text())
def test_any_text_is_a_case_or_a_problem(text):
    case = parse(text, "f:1")

    assert case.problem or case.steps


@pytest.mark.parametrize(
    "place",
    [
        pytest.param({"now": "2026-11-20T10:00:00Z"}, id="in the line"),
        pytest.param({"config": {"now": "2026-11-20T11:00:00+01:00"}}, id="in config"),
        pytest.param({"expect": {"now": "2026-11-20T10:00:00"}}, id="in expect"),
        pytest.param({"now": "2026-11-20T10:00:00Z", "expect": {"now": "2026-11-20T10:00:00Z"}}, id="twice the same"),
    ],
)
def test_now_may_stand_in_three_places(place):
    assert parse(line(**place), "f:1").now == datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kinds", "crosses"),
    [
        pytest.param(("graph.signIn", "graph.riskDetection"), False, id="two kinds of one provider"),
        pytest.param(("graph.signIn", "aws.eventbridge"), True, id="two providers"),
        pytest.param(("ecs.process", "ecs.process"), False, id="one kind"),
    ],
)
def test_a_case_crosses_providers_by_its_kinds(kinds, crosses):
    steps = [{"at": "2026-11-20T10:00:00Z", "kind": kind, "event": {}} for kind in kinds]

    assert parse(line(kind="sequence", input=steps), "f:1").crosses_providers is crosses


def test_unknown_kinds_are_unsupported():
    assert parse(line(kind="gcp.audit"), "f:1").unsupported == ("gcp.audit",)


@pytest.mark.parametrize(
    ("how", "check"),
    [
        pytest.param({"path": "a.b", "repeat": 3}, lambda r: r["a"]["b"] == "xyxyxy", id="repeat a string"),
        pytest.param({"path": "a.list", "repeat": 2}, lambda r: r["a"]["list"] == [1, 1], id="repeat a list"),
        pytest.param({"path": "a.new", "repeat": 4}, lambda r: r["a"]["new"] == "AAAA", id="repeat what is missing"),
        pytest.param({"path": "weird", "keys": 2}, lambda r: len(r["weird"]) == 2, id="many keys"),
        pytest.param({"path": "deep", "depth": 2}, lambda r: r["deep"] == {"nested": {"nested": None}}, id="nested"),
    ],
)
def test_a_field_can_be_blown_up(how, check):
    assert check(expanded({"a": {"b": "xy", "list": [1]}}, how))


def test_blowing_up_leaves_the_record_alone():
    record = {"a": "x"}

    expanded(record, {"path": "a", "repeat": 5})

    assert record == {"a": "x"}
