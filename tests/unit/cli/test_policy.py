"""`gatewatch tuning apply|show|history|diff` on the policy of a store."""

import json

import pytest

LOOSE = 'notify_from = "critical"\n'
TIGHT = 'notify_from = "low"\n'


@pytest.fixture
def applied(gatewatch, filled, tmp_path):
    """Applies a tuning text over a version of the filled store."""

    def apply(text, base, *more):
        (tmp_path / "t.toml").write_text(text)
        return gatewatch("tuning", "apply", tmp_path / "t.toml", "--base", base, "--store", filled, "--by", "dana", *more)

    return apply


def test_the_first_policy_is_version_one_and_shown_as_a_file_that_can_be_applied(gatewatch, applied, examples, filled, tmp_path):
    text = (examples / "tuning.toml").read_text()
    assert applied(text, 0, "--reason", "SEC-1").code == 0
    shown = gatewatch("tuning", "show", "--store", filled)
    (tmp_path / "shown.json").write_text(shown.out)
    assert "version 1" in shown.err
    assert "SEC-1" in shown.err
    assert gatewatch("tuning", "diff", tmp_path / "shown.json", examples / "tuning.toml", "--json").out == ""


def test_a_stale_base_changes_nothing(gatewatch, applied, filled):
    applied(TIGHT, 0)
    applied(LOOSE, 1)
    ran = applied(TIGHT, 1)
    assert ran.code != 0
    assert "version 2, not 1" in ran.err
    assert "notify_from" in gatewatch("tuning", "diff", "stored:1", "stored", "--store", filled).out


def test_what_loosens_is_marked(applied):
    applied(TIGHT, 0)
    ran = applied(LOOSE, 1)
    assert ran.out == '! notify_from: "low" -> "critical"\n'
    assert "version 2 is in force" in ran.err


def test_a_file_with_an_error_is_not_applied(gatewatch, applied, filled):
    ran = applied('notify_from = "loud"\n', 0)
    assert (ran.code, "nothing was applied" in ran.err) == (2, True)
    assert gatewatch("tuning", "show", "--store", filled).code == 1


def test_the_same_again_is_no_new_version(gatewatch, applied, filled):
    applied(TIGHT, 0)
    assert "says the same" in applied(TIGHT, 1).err
    assert json.loads(gatewatch("tuning", "show", "--store", filled, "--json").out)["version"] == 1


def test_the_history_names_authors_and_differences(gatewatch, applied, filled):
    applied(TIGHT, 0)
    applied(LOOSE, 1, "--reason", "quiet, SEC-7")
    rows = [json.loads(line) for line in gatewatch("tuning", "history", "--store", filled, "--json").out.splitlines()]
    assert [(row["version"], row["author"], row["reason"]) for row in rows] == [(1, "dana", ""), (2, "dana", "quiet, SEC-7")]
    assert [change["name"] for change in rows[1]["changes"]] == ["notify_from"]
    assert "SEC-7" in gatewatch("tuning", "history", "--store", filled).out


def test_channels_and_urgency_stay_unless_named(gatewatch, applied, filled):
    applied(TIGHT, 0, "--channels", "sns,teams", "--urgent-from", "high", "--newer-engines", "forbid")
    applied(LOOSE, 1)
    policy = json.loads(gatewatch("tuning", "show", "--store", filled, "--json").out)
    assert (policy["channels"], policy["urgent_from"], policy["newer_engines"]) == (["sns", "teams"], "high", False)
    assert applied(LOOSE, 2, "--channels", "none", "--newer-engines", "allow").code == 0
    assert "channels: none" in gatewatch("tuning", "show", "--store", filled).err


def test_an_unknown_channel_is_refused(applied):
    ran = applied(TIGHT, 0, "--channels", "pigeon")
    assert (ran.code, "no channel pigeon" in ran.err) == (2, True)


def scores(gatewatch, store):
    found = (json.loads(line)["gatewatch"] for line in gatewatch("alerts", "list", "--store", store, "--json").out.splitlines())
    return {one["rule"]: one["score"] for one in found}


def test_apply_computes_every_alert_anew(gatewatch, applied, filled):
    before = scores(gatewatch, filled)
    ran = applied('privileged_principals = ["carla.reyes@example.com"]\n', 0)
    after = scores(gatewatch, filled)
    assert "2 alerts changed" in ran.err
    assert after["entra_risky_signin"] == before["entra_risky_signin"] + 15
    assert after["aws_root_console_login"] == before["aws_root_console_login"]


@pytest.mark.parametrize("name", ["stored:9", "stored:x", "stored"], ids=str)
def test_a_version_that_is_not_there_is_named(gatewatch, filled, examples, name):
    ran = gatewatch("tuning", "diff", name, examples / "tuning.toml", "--store", filled)
    assert (ran.code, name in ran.err) == (2, True)


USED = """
break_glass = ["nobody@example.com"]
known_networks = ["198.51.100.0/24", "10.9.0.0/16"]
privileged_principals = ["CI-release"]

[[allowlist]]
id = "release"
match = { principal = "ci-release" }
rules = ["aws_console_login_no_mfa"]
expires = 2027-06-30
reason = "SEC-1"
owner = "build"

[[allowlist]]
id = "misspelt"
match = { principal = "ci-relase" }
rules = ["aws_console_login_no_mfa"]
expires = 2027-06-30
reason = "SEC-1"
owner = "build"
"""


def test_check_says_what_ever_matched_a_stored_record(gatewatch, filled, tmp_path):
    (tmp_path / "t.toml").write_text(USED)
    ran = gatewatch("tuning", "check", tmp_path / "t.toml", "--store", filled, "--json")
    found = {row["name"]: row["records"] > 0 for row in map(json.loads, ran.out.splitlines())}
    assert ran.code == 0
    assert found == {
        "allowlist release": True,
        "allowlist misspelt": False,
        "break_glass: nobody@example.com": False,
        "privileged_principals: CI-release": True,
        "known_networks: 198.51.100.0/24": True,
        "known_networks: 10.9.0.0/16": False,
    }
    said = gatewatch("tuning", "check", tmp_path / "t.toml", "--store", filled)
    assert "allowlist misspelt never matched" in said.err
    assert "allowlist release: 1 records" in said.out
