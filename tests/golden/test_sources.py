"""Third-party records, vendors' documentation samples and the worked cases all decode to what they are."""

import json

import msgspec
import pytest

from gatewatch.flow.decoding import decode
from gatewatch.model import Event, Fact, Ignored, Outcome, RawRecord, Refused
from gatewatch.providers.codec import decoder
from gatewatch.providers.endpoint.command_line import verdict_of
from gatewatch.reading.files import read
from tests.builders.common import detail


def inputs(conformance_data, name):
    for line in (conformance_data / "golden" / f"{name}.jsonl").read_text().splitlines():
        golden = json.loads(line)
        yield golden, decode(RawRecord(data=golden["input"], origin=golden["id"]))


@pytest.mark.parametrize(("name", "kind"), [("aws_consolelogin", "aws.eventbridge"), ("entra_signin", "graph.signIn")])
def test_every_sign_in_becomes_an_event(conformance_data, name, kind):
    for golden, found in inputs(conformance_data, name):
        assert [item.kind for item in found] == [kind], golden["id"]


@pytest.mark.parametrize("name", ["aws_other", "entra_risk", "process"])
def test_everything_else_is_an_event_or_named(conformance_data, name):
    for golden, found in inputs(conformance_data, name):
        assert len(found) == 1, golden["id"]
        assert isinstance(found[0], Event | Ignored | Refused)
        assert getattr(found[0], "reason", "") != "undecodable_record", golden["id"]


@pytest.mark.parametrize("name", ["aws_consolelogin", "aws_other", "entra_signin", "entra_risk", "process"])
def test_every_golden_event_survives_its_encoding(conformance_data, name):
    for _, found in inputs(conformance_data, name):
        for item in found:
            assert not isinstance(item, Event) or decoder(Event).decode(msgspec.json.encode(item)) == item


def test_console_logins_agree_with_elastic(conformance_data):
    compared = 0
    for golden, (found,) in inputs(conformance_data, "aws_consolelogin"):
        expected = golden["expected_ecs"]
        if expected:
            assert found.outcome == Outcome(expected["event"]["outcome"])
            assert found.place.address == expected["source"]["address"]
            assert found.place.ip == expected["source"].get("ip")
            mfa = expected["aws"]["cloudtrail"]["console_login"]["additional_eventdata"]["mfa_used"]
            assert detail(found).mfa_used is (Fact.PRESENT if mfa else Fact.ABSENT)
            compared += 1
    assert compared


def test_sign_ins_agree_with_elastic(conformance_data):
    compared = 0
    for golden, (found,) in inputs(conformance_data, "entra_signin"):
        expected = golden["expected_ecs"] or {}
        if "azure" in expected and "elastic" in golden["expected_flavor"] and found.outcome is not Outcome.UNKNOWN:
            assert found.outcome == Outcome(expected["event"]["outcome"]), golden["id"]
            assert found.place.address == expected.get("source", {}).get("address"), golden["id"]
            compared += 1
    assert compared > 20


def test_every_process_start_of_elastic_is_a_start(conformance_data):
    for golden, (found,) in inputs(conformance_data, "process"):
        event = (golden["expected_ecs"] or {}).get("event", {})
        if isinstance(found, Event) and golden["input"].get("event", {}).get("type"):
            assert detail(found).start == ("start" in event.get("type", ())), golden["id"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("signin_v1_docs.json", "graph.signIn"),
        ("signin_beta_docs.json", "graph.signIn"),
        ("riskdetection_v1_docs.json", "graph.riskDetection"),
        ("sprisk_v1_docs.json", "graph.riskDetection"),
    ],
)
def test_graph_pages_from_the_documentation(conformance_data, name, kind):
    raw = list(read([conformance_data / "graph_samples" / name]))
    assert [item.kind for record in raw for item in decode(record)] == [kind] * len(raw)
    assert raw


def test_worked_cases_become_events_of_their_kind(conformance_data):
    for line in (conformance_data / "cases" / "cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        steps = case["input"] if case["kind"] == "sequence" else [{"kind": case["kind"], "event": case["input"]}]
        for step in steps:
            (found,) = decode(RawRecord(data=step["event"]))
            if case["case"] == "evil-002":  # detail is null
                assert found.reason == "eventbridge_detail_missing"
            else:
                assert found.kind == step["kind"], case["case"]


def test_endpoint_cases_match_exactly_when_they_fire(conformance_data):
    for line in (conformance_data / "cases" / "cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        if case["kind"] == "ecs.process":
            (found,) = decode(RawRecord(data=case["input"]))
            assert bool(detail(found).tool and detail(found).start) == case["expect"]["fire"], case["case"]


def test_command_strings_of_atomic_red_team(conformance_data):
    seen = set()
    for golden, _ in inputs(conformance_data, "process"):
        command = golden["input"].get("command")
        if command:
            tool = verdict_of("powershell.exe", f"powershell.exe {command}", []).tool
            assert bool(tool) != command.startswith("Disconnect"), command
            seen.add(tool)
    assert {"Connect-AzAccount", "Connect-MgGraph", "Connect-ExchangeOnline"} <= seen
