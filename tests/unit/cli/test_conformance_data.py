"""The conformance data through the command line, as a judge runs it."""

import json

import pytest

FILES = ("aws_consolelogin", "entra_signin", "entra_risk", "aws_other")


@pytest.fixture
def inputs(conformance_data, tmp_path):
    for name in FILES:
        lines = (conformance_data / "golden" / f"{name}.jsonl").read_text("utf-8").splitlines()
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(json.loads(line)["input"]) + "\n" for line in lines), "utf-8")
    return tmp_path


def test_every_case_passes(gatewatch, conformance_data):
    ran = gatewatch("check", conformance_data / "cases" / "cases.jsonl")

    assert ran.code == 0, ran.out
    assert "0 failed, 0 unsupported" in ran.out


def test_third_party_records_twice_leave_the_same_alerts_and_no_new_notification(gatewatch, inputs, store):
    argv = ("replay", *(inputs / f"{name}.jsonl" for name in FILES), "--store", store, "--notify", "--json")
    first, second = (json.loads(gatewatch(*argv).out) for _ in range(2))
    listed = gatewatch("alerts", "list", "--store", store, "--json").out

    assert sum(first["dispositions"].values()) == first["records"] == second["records"]
    silent = first["alerts_by_severity"].get("low", 0)
    assert first["notified"] + silent == first["alerts"] == len(listed.splitlines())
    assert (second["alerts_changed"], second["notified"]) == (0, 0)
    assert [second[name] for name in ("alerts", "alerts_by_rule", "alerts_by_severity")] == [
        first[name] for name in ("alerts", "alerts_by_rule", "alerts_by_severity")
    ]
