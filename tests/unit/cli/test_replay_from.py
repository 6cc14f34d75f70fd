"""`gatewatch replay --from STORE`: evidence that a store holds, replayed under its policy; nothing is written to that store."""

import json

import pytest


@pytest.fixture
def original(gatewatch, examples, store):
    assert gatewatch("replay", examples / "records.jsonl", "--store", store).code == 0
    return store


def summary(gatewatch, *argv):
    ran = gatewatch("replay", *argv, "--json")
    return ran.code, json.loads(ran.out) if ran.out else ran.err


SAME = ("alerts", "alerts_by_rule", "alerts_by_severity", "suppressed")


def test_the_same_evidence_gives_the_same_alerts(gatewatch, original, examples):
    _, before = summary(gatewatch, examples / "records.jsonl", "--store", "memory:")
    code, after = summary(gatewatch, "--from", original, "--store", "memory:")
    assert code == 0
    assert [after[name] for name in SAME] == [before[name] for name in SAME]
    assert after["dispositions"] == {"stored": before["dispositions"]["stored"]}


def test_what_is_copied_is_copied_once(gatewatch, original, tmp_path):
    copy = f"sqlite:{tmp_path / 'copy.sqlite'}"
    stored = summary(gatewatch, "--from", original, "--store", copy)[1]["dispositions"]["stored"]
    assert summary(gatewatch, "--from", original, "--store", copy)[1]["dispositions"] == {"duplicate": stored}


def test_the_policy_of_the_store_is_in_force(gatewatch, original, examples):
    assert gatewatch("tuning", "apply", examples / "tuning.toml", "--store", original, "--base", 0, "--reason", "a test").code == 0
    suppressed = summary(gatewatch, "--from", original, "--store", "memory:")[1]["suppressed"]
    assert (
        suppressed
        == summary(gatewatch, examples / "records.jsonl", "--store", "memory:", "--tuning", examples / "tuning.toml")[1]["suppressed"]
    )


def test_a_comparison_over_stored_evidence_is_that_over_the_files(gatewatch, original, examples):
    files = summary(gatewatch, examples / "records.jsonl", "--compare", examples / "tuning.toml")
    stored = summary(gatewatch, "--from", original, "--compare", examples / "tuning.toml")
    assert stored == files
    assert stored[1]["differences"]


def test_the_store_itself_is_not_written(gatewatch, original):
    before = gatewatch("alerts", "list", "--store", original, "--json").out
    assert "the same store" in summary(gatewatch, "--from", original, "--store", original)[1]
    summary(gatewatch, "--from", original, "--store", "memory:")
    assert gatewatch("alerts", "list", "--store", original, "--json").out == before


def test_a_store_that_is_not_there_is_an_error(gatewatch, tmp_path):
    code, said = summary(gatewatch, "--from", f"sqlite:{tmp_path / 'none.sqlite'}", "--store", "memory:")
    assert (code, "is not there" in said) == (2, True)
