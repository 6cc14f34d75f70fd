"""`gatewatch check`: each expectation is compared, and what cannot be compared never passes."""

import json

import pytest

from gatewatch.cli.check import expectations
from gatewatch.cli.check.cases import WorkedCase, parse
from gatewatch.cli.check.command import verdict
from gatewatch.cli.check.run import run
from tests.support.check_cases import actual, aws_login, case, role_switch, sign_in

# Each is wrong for the root login without MFA: the run fires at 87, notifies once and stores one record.
WRONG = {
    "fire": False,
    "rule": "aws_console_login_no_mfa",
    "severity": "high",
    "score": 86,
    "alerts": 2,
    "notifications": 0,
    "event_count": 2,
    "suppressed": True,
    "notified": False,
    "record": False,
    "data_quality": True,
    "final_status": "closed",
    "person": "somebody",
    "config_error": True,
    "no_crash": False,
    "severity_in": ["low", "medium"],
    "redact": ["arn:aws:iam::111122223333:root"],
    "invariants": ["source.ip absent"],
}
TRUE = {
    "fire": True,
    "rule": "aws_root_console_login",
    "severity": "critical",
    "score": 87,
    "alerts": 1,
    "notifications": 1,
    "event_count": 1,
    "suppressed": False,
    "notified": True,
    "record": True,
    "data_quality": False,
    "final_status": "open",
    "person": None,
    "config_error": False,
    "no_crash": True,
    "severity_in": ["high", "critical"],
    "redact": ["a secret that is nowhere"],
    "invariants": ["SNS message <= 262144 bytes"],
}
SILENT = {"fire": False, "rule": None, "severity": None, "severity_in": [], "score": None}


def test_every_comparison_has_a_row_in_both_tables():
    assert set(WRONG) == set(TRUE) == {*expectations.EQUAL, "severity_in", "redact", "invariants"}


@pytest.mark.parametrize("key", TRUE)
def test_a_true_expectation_passes(key):
    assert verdict(case("root-no-mfa", expect={key: TRUE[key]})).passed is True


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_expectation_fails_and_is_named(key):
    found = verdict(case("root-no-mfa", expect={key: WRONG[key]}))

    assert found.passed is False
    assert found.differences[0].startswith(key.removesuffix("s") if key == "invariants" else key)


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        pytest.param("rule", "aws_root_console_login", id="a rule"),
        pytest.param("severity", "low", id="a severity"),
        pytest.param("severity_in", ["low"], id="severities"),
        pytest.param("score", 21, id="a score"),
    ],
)
def test_without_an_alert_the_alerts_own_expectations_are_compared_too(key, wrong):
    assert verdict(case("federated-silent", expect=SILENT)).passed is True
    assert verdict(case("federated-silent", expect=SILENT | {key: wrong})).passed is False


@pytest.mark.parametrize("key", ["severity_in", "score", "severity", "rule"])
def test_expecting_no_alert_fails_when_there_is_one(key):
    assert verdict(case("root-no-mfa", expect={key: SILENT[key]})).passed is False


@pytest.mark.parametrize(
    "expect",
    [
        pytest.param({"fires": True}, id="an unknown key"),
        pytest.param({"severity_in": ["critical", "hgih"]}, id="no severity"),
        pytest.param({"severity_in": "critical"}, id="a severity instead of a list"),
        pytest.param({"redact": "secret"}, id="a secret instead of a list"),
        pytest.param({"invariants": "source.ip absent"}, id="an invariant instead of a list"),
        pytest.param({"alerts": True}, id="true instead of a number"),
    ],
)
def test_a_typo_never_passes(expect):
    assert verdict(case("root-no-mfa", expect=expect)).passed is False


def test_a_secret_in_a_difference_is_not_shown():
    secret = "arn:aws:iam::111122223333:root"

    assert not any(secret in text for text in verdict(case("root-no-mfa", expect={"redact": [secret]})).differences)


def test_an_unknown_invariant_makes_a_case_unsupported():
    found = verdict(case("root-no-mfa", expect={"fire": True, "invariants": ["the sky is blue"]}))

    assert (found.passed, found.unsupported, found.differences) == (None, ("the sky is blue",), ())


def test_a_case_with_a_difference_fails_although_an_invariant_is_unknown():
    found = verdict(case("root-no-mfa", expect={"fire": False, "invariants": ["the sky is blue"]}))

    assert (found.passed, found.unsupported) == (False, ("the sky is blue",))


def test_unsupported_cases_are_counted_apart(gatewatch, tmp_path):
    line = {"case": "c", "kind": "aws.eventbridge", "input": aws_login(), "expect": {"invariants": ["the sky is blue"]}}
    (tmp_path / "c.jsonl").write_text(json.dumps(line))

    ran = gatewatch("check", tmp_path / "c.jsonl")

    assert "0 passed, 0 failed, 1 unsupported" in ran.out
    assert "the sky is blue" in ran.out


def test_now_in_expect_sets_the_clock():
    changed = case("root-no-mfa", expect={"fire": True, "now": "2026-11-21T00:00:00Z"})

    assert run(changed).now.isoformat() == "2026-11-21T00:00:00+00:00"
    assert verdict(changed).passed is True


def test_a_case_across_providers_counts_no_low_alerts():
    steps = [
        {"at": "2026-11-20T10:00:00Z", "kind": "aws.eventbridge", "event": role_switch()},
        {"at": "2026-11-20T10:01:00Z", "kind": "graph.signIn", "event": sign_in()},
    ]
    both = actual(case("x-late-page", input=steps))
    alone = actual(case("x-late-page", input=steps[:1]))

    assert [alert.severity.value for alert in alone.run.alerts] == ["low"]
    assert (alone.values["alerts"], both.values["alerts"], len(both.run.alerts)) == (1, 1, 2)


def test_a_crash_in_a_case_is_that_cases_failure():
    found = verdict(WorkedCase(name="broken", geo={"198.51.100.1": {"planet": "mars"}}))

    assert found.passed is False
    assert found.differences[0].startswith("crashed: TypeError at fakes.py")
    assert found.actual == {"no_crash": False}


def test_a_line_that_is_no_case_fails_and_an_unknown_kind_is_unsupported():
    assert verdict(parse("{", "f:1")).passed is False
    assert verdict(case("root-no-mfa", kind="gcp.audit")).passed is None


def test_a_file_that_is_no_text_is_a_mistake(gatewatch, tmp_path):
    (tmp_path / "c.jsonl").write_bytes(b"\xff\xfe{}")

    ran = gatewatch("check", tmp_path / "c.jsonl")

    assert (ran.code, ran.out) == (2, "")
    assert "is not UTF-8 text" in ran.err


def test_json_prints_the_differences(gatewatch, tmp_path):
    line = {"kind": "aws.eventbridge", "input": aws_login(), "expect": {"score": 1}}
    (tmp_path / "c.jsonl").write_text(json.dumps(line))

    body = json.loads(gatewatch("check", "--json", tmp_path / "c.jsonl").out)

    assert (body["case"], body["passed"], body["differences"]) == ("c.jsonl:1", False, ["score: expected 1, actual 87"])


def test_json_prints_the_actual_result(gatewatch, examples):
    body = json.loads(gatewatch("check", "--json", "-k", "root-no-mfa", examples / "cases.jsonl").out)

    assert set(body) == {"case", "passed", "actual"}
    assert set(body["actual"]) == {*expectations.EQUAL, "config_errors", "ignored", "refused", "documents", "rendered"}
    assert set(body["actual"]["documents"]) == {"alerts", "evidence"}
    assert set(body["actual"]["rendered"]) == {"sns", "teams", "terminal"}
    assert body["actual"]["rendered"]["sns"]["subject"].startswith("CRITICAL 87")
