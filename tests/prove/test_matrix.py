"""The pure parts of the live matrix: which input carries a record, how EventBridge would deliver it, what is called live."""

import json
from datetime import UTC, datetime

import pytest

from gatewatch.cli.simulate.behaviour import RecordTemplate, behaviour, names, shape, simulated
from gatewatch.model import RawRecord
from scripts.local_cloud.lambda_runtime import rules
from scripts.prove import table
from scripts.prove.matrix import campaign
from scripts.prove.matrix.bus import enveloped
from scripts.prove.matrix.columns import COLUMNS
from scripts.prove.matrix.kinds import BUS, FILE, GRAPH, INDEX, RISK, kind, of_kind
from scripts.prove.page import page

START = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("console_login", BUS),
        ("signin_anomaly", BUS),
        ("sign_in", GRAPH),
        ("service_principal_sign_in", GRAPH),
        ("risk_detection", RISK),
        ("process", INDEX),
        ("script_block", INDEX),
        ("activity_log", FILE),
    ],
)
def test_each_shape_has_one_input(base, expected):
    assert kind(shape(RecordTemplate(base))) == expected


def test_records_keep_their_order_by_input():
    records = simulated("t1", START, 2).records
    assert [one["@timestamp"] for one in of_kind(records, INDEX)] == sorted(one["@timestamp"] for one in of_kind(records, INDEX))
    assert len(of_kind(records, INDEX, GRAPH)) == len(records)
    assert of_kind([RawRecord(data="text")], FILE) == []


@pytest.mark.parametrize(
    ("base", "source", "detail_type"),
    [
        ("console_login", "aws.signin", "AWS Console Sign In via CloudTrail"),
        ("key_call", "aws.sts", "AWS API Call via CloudTrail"),
        ("ic_token", "aws.sso", "AWS API Call via CloudTrail"),
        ("ic_event", "aws.signin", "AWS Service Event via CloudTrail"),
        ("signin_anomaly", "aws.signin", "Sign-in Anomaly Alert"),
    ],
)
def test_events_are_enveloped_as_eventbridge_does(base, source, detail_type):
    found = enveloped(shape(RecordTemplate(base)))
    assert (found["source"], found["detail-type"]) == (source, detail_type)
    assert "resources" in found


def test_the_rules_of_the_template_are_read_with_their_state():
    found = rules()
    assert {"SignInRule", "TokenRule"} <= set(found)
    assert (found["SignInRule"].reads_too, found["TokenRule"].reads_too) == (False, True)


def test_a_rule_that_only_a_replay_notifies_of_is_named():
    rows = [
        {"row": "a", "what": "rule", "live": "notified: high 73 a"},
        {"row": "b", "what": "rule", "live": "only in replay"},
        {"row": "c", "what": "story", "live": "notified: high 73 c, with every stream"},
    ]
    assert campaign.not_live(rows, {"a": 1, "b": 1, "c": 1, "d": 1}) == ["b", "c", "d"]


def test_the_page_shows_every_row_of_every_table():
    shown = page()
    for name in ("matrix", "attacks", "stories"):
        for row in table.load(name):
            assert str(row.get("step") if name == "attacks" else row.get("row") or row["story"]) in shown
    assert all(column in shown for column in COLUMNS)


def test_every_behaviour_is_data_that_reads_back():
    for name in names():
        assert json.loads(json.dumps(behaviour(name).tuning)) == behaviour(name).tuning
