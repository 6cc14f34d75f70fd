"""`gatewatch simulate`: what it plays, what it refuses, and how its records are marked."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from gatewatch.cli.simulate.behaviour import MARK, RecordTemplate, behaviour, merged, names, shape, simulated
from gatewatch.flow import decoding
from gatewatch.model import Event
from gatewatch.providers.catalogue import BY_ID

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
DAYS = 3


def events(name: str) -> list[Event]:
    return [found for record in simulated(name, START, DAYS).records for found in decoding.decode(record) if isinstance(found, Event)]


@pytest.mark.parametrize("name", names())
def test_every_record_is_marked_and_inert_elsewhere(name):
    text = json.dumps([record.data for record in simulated(name, START, DAYS).records])
    assert MARK in text
    assert "{" + "at" not in text
    assert "{" + "id" not in text
    assert "contoso" not in text
    assert all(MARK in event.vendor_id or event.vendor_id.startswith("endpoint|") for event in events(name))


@pytest.mark.parametrize("name", names())
def test_ordinary_days_come_before_and_are_no_part_of_it(name):
    played = simulated(name, START, DAYS)
    one = behaviour(name)
    assert len(played.records) == len(one.records) + DAYS * len(one.ordinary)
    before = played.records[: -len(one.records)]
    assert all(record.fetched < START for record in before)
    assert all(record.fetched >= START for record in played.records[-len(one.records) :])


def test_two_starts_share_no_id():
    first, second = (simulated("t3", START + timedelta(days=days), 1).attack for days in (0, 1))
    assert first.isdisjoint(second)
    assert first == simulated("t3", START, 1).attack


def test_objects_are_merged_and_lists_replaced():
    assert merged({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2]}, "d": None}) == {"a": {"b": 1, "c": [2]}, "d": None}
    assert shape(RecordTemplate("root_login"))["userIdentity"]["type"] == "Root"


def test_a_behaviour_that_notifies_somebody_is_a_success(gatewatch):
    ran = gatewatch("simulate", "aws_root_console_login", "--json")
    (shown,) = map(json.loads, ran.out.splitlines())
    assert (ran.code, shown["notified"], shown["as_expected"], shown["alerts"][0]["score"]) == (0, True, True, 87)


def test_one_that_notifies_nobody_is_a_failure(gatewatch, tmp_path):
    quiet = tmp_path / "quiet.json"
    quiet.write_text('{"notify_from": "critical"}')
    ran = gatewatch("simulate", "aws_console_login_no_mfa", "--tuning", quiet)
    assert ran.code == 1
    assert "NOT as it must (notified): nobody was notified, medium 40" in ran.out


def test_a_store_elsewhere_needs_a_word(gatewatch):
    ran = gatewatch("simulate", "aws_root_console_login", "--store", "https://index.example:9200")
    assert ran.code == 2
    assert "--simulated-ok" in ran.err


def test_the_records_can_be_kept_and_replayed(gatewatch, tmp_path):
    file = tmp_path / "records.jsonl"
    assert gatewatch("simulate", "aws_root_console_login", "--days", "0", "--records", file).code == 0
    ran = gatewatch("replay", file, "--store", "memory:", "--json")
    assert json.loads(ran.out)["alerts_by_rule"] == {"aws_root_console_login": 1}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        pytest.param(("nothing",), "there is no behaviour 'nothing'", id="no such behaviour"),
    ],
)
def test_what_cannot_be_played_is_a_usage_error(gatewatch, argv, says):
    ran = gatewatch("simulate", *argv)
    assert ran.code == 2
    assert says in ran.err


def test_the_list_names_them_all(gatewatch):
    listed = [json.loads(line)["name"] for line in gatewatch("simulate", "--list", "--json").out.splitlines()]
    assert listed == list(names())
    assert listed[:10] == ["t1", "t1b", "t2", "t3", "t4", "exo", "sync_account", "aws_consoler", "identity_center", "golden_saml"]


def test_rules_that_are_named_by_hand_are_spelled_right():
    named = {rule for name in names()[:10] for rule in behaviour(name).rules}
    known = set(BY_ID) | set(names())
    assert named <= known
