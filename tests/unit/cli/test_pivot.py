"""`gatewatch pivot`, as a person types it."""

import json
import re

import pytest


@pytest.fixture
def pivot(gatewatch, filled):
    def run(rule: str, *argv: str):
        listed = gatewatch("alerts", "list", "--store", filled).out.splitlines()
        alert = next(line.split()[0] for line in listed if f" {rule} " in line)
        return gatewatch("pivot", alert, "--store", filled, *argv)

    return run


def test_commands_and_queries_hold_the_values_of_the_alert(pivot):
    ran = pivot("xcloud_entra_risk_then_aws")

    assert ran.code == 0
    assert "az rest --method get --url 'https://graph.microsoft.com/v1.0/auditLogs/signIns/" in ran.out
    assert "for region in us-east-1 us-east-2 eu-north-1 ap-southeast-2; do" in ran.out
    assert '== "carla.reyes@example.com"' in ran.out
    assert "{" not in ran.out.replace('{"', "").replace("{Effect", "")


def test_languages_and_sections_can_be_chosen(pivot):
    contain = [json.loads(line) for line in pivot("aws_console_login_no_mfa", "--contain", "--json").out.splitlines()]
    queries = [json.loads(line) for line in pivot("aws_console_login_no_mfa", "--language", "esql", "--json").out.splitlines()]

    assert {one["section"] for one in contain} == {"Contain"}
    assert any("delete-login-profile --user-name 'ci-release'" in one["text"] for one in contain)
    assert [one["language"] for one in queries] == ["esql"]


def test_what_the_alert_does_not_know_is_named(pivot):
    (key,) = [one for one in map(json.loads, pivot("aws_console_login_no_mfa", "--json").out.splitlines()) if one["missing"]]

    assert key["missing"] == ["key_id"]
    assert "'{key_id}'" in key["text"]


@pytest.mark.parametrize("rule", ["aws_root_console_login", "aws_console_login_no_mfa", "entra_risky_signin"])
def test_the_whole_playbook_is_filled_in(pivot, rule):
    page = pivot(rule, "--playbook").out

    assert page.startswith("# ")
    assert "## Close as benign only with" in page
    fenced = "".join(re.findall(r"```\w+\n.*?```", page, flags=re.DOTALL))
    assert set(re.findall(r"\{[a-z][a-z0-9_]*\}", fenced)) <= {"{key_id}", "{correlation_id}"}
    assert "{user_id}" not in page
