"""What people read when they do not ask for JSON, and what they read when something is wrong."""

import argparse
import io
import json
import re

import pytest
from msgspec import structs

from gatewatch.alerts.who import who
from gatewatch.cli import commands
from gatewatch.cli.command import Command
from gatewatch.cli.program import _run
from gatewatch.cli.screen import Screen
from gatewatch.errors import ConfigError, StoreUnavailable
from tests.builders.alerts import alert, key
from tests.builders.aws import plain_login


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_alerts_are_listed_newest_first_with_their_state(gatewatch, filled):
    lines = gatewatch("alerts", "list", "--store", filled).out.splitlines()

    assert lines[0].split() == ["id", "last", "seen", "(UTC)", "severity", "score", "rule", "who", "count", "state"]
    assert [re.split(r"\s{2,}", line)[4] for line in lines[1:]] == [
        "xcloud_entra_risk_then_aws",
        "aws_console_login_no_mfa",
        "aws_root_console_login",
        "entra_risky_signin",
    ]


def test_a_list_names_people_and_never_a_bare_object_id(gatewatch, filled):
    lines = gatewatch("alerts", "list", "--store", filled).out.splitlines()[1:]
    people = {re.split(r"\s{2,}", line)[4]: re.split(r"\s{2,}", line)[5] for line in lines}

    assert people["entra_risky_signin"] == people["xcloud_entra_risk_then_aws"]
    assert "@" in people["entra_risky_signin"]
    assert people["aws_root_console_login"].startswith("root of ")


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        pytest.param({}, "alice", id="a name"),
        pytest.param({"user_name": None, "person": None, "principal": "51e26eae"}, "IAM user 51e26eae", id="only an id"),
        pytest.param({"user_name": None, "principal": "51e26eae"}, "alice@contoso.example", id="a person"),
    ],
)
def test_whom_an_alert_is_about(changes, shown):
    event = structs.replace(plain_login(user_name="alice", person="alice@contoso.example"), **changes)

    assert who(alert(key(event.principal), event=event)) == shown


def test_an_alert_shows_no_less_than_its_notification(gatewatch, examples, store):
    gatewatch("replay", examples / "records.jsonl", "--store", store, "--notify")
    short = gatewatch("alerts", "list", "--store", store, "--match", "root").out.splitlines()[1].split()[0]
    shown = gatewatch("alerts", "show", short, "--store", store).out

    for label in ("Who", "Where", "When", "What", "Outcome", "Account", "Event id", "Alert id", "Evidence", "Next steps", "Runbook"):
        assert label in shown
    assert "aws cloudtrail lookup-events --region us-east-1" in shown
    assert "no MFA" in shown
    assert "client " in shown


def test_an_empty_list_says_so(gatewatch, filled):
    assert "no alert matches" in gatewatch("alerts", "list", "--store", filled, "--match", "nobody").err


def test_a_list_that_is_cut_says_so(gatewatch, filled):
    assert "only the newest 2 are shown" in gatewatch("alerts", "list", "--store", filled, "--limit", 2).err


def test_a_suppressed_alert_names_its_entry(gatewatch, examples, store):
    gatewatch("replay", examples / "records.jsonl", "--store", store, "--tuning", examples / "tuning.toml")

    assert "open, suppressed by release-builds" in gatewatch("alerts", "list", "--store", store).out


def test_what_was_told_and_what_is_owed_is_shown(gatewatch, examples, store):
    gatewatch("replay", examples / "records.jsonl", "--store", store, "--notify")
    short = gatewatch("alerts", "list", "--store", store, "--match", "root").out.splitlines()[1].split()[0]

    assert "notified terminal at" in gatewatch("alerts", "show", short, "--store", store).out


def test_an_alert_as_json_is_its_document(gatewatch, filled):
    alert = json.loads(gatewatch("alerts", "list", "--store", filled, "--match", "root", "--json").out)
    shown = json.loads(gatewatch("alerts", "show", alert["gatewatch"]["alert"]["id"][:12], "--store", filled, "--json").out)
    acknowledged = gatewatch("alerts", "ack", alert["gatewatch"]["alert"]["id"], "--store", filled, "--by", "dana", "--json").out

    assert shown == alert
    assert "dana" in acknowledged


def test_comparing_shows_a_line_for_each_difference(gatewatch, examples):
    ran = gatewatch("replay", examples / "records.jsonl", "--compare", examples / "tuning.toml")

    assert "+0 -0 ~2 alerts, 2 the same; announced: 4 before, 3 after" in ran.out


def test_explain_shows_the_sum_and_the_silent_rules(gatewatch, examples):
    ran = gatewatch("explain", examples / "root_login_no_mfa.json")

    assert "fires aws_root_console_login (47)" in one_line(ran.out)
    assert "87 critical (74 to 100)" in one_line(ran.out)
    assert "silent aws_console_login_no_mfa" in one_line(ran.out)


def test_explain_says_what_would_not_be_kept_and_what_is_suppressed(gatewatch, examples):
    ran = gatewatch("explain", examples / "records.jsonl", "--tuning", examples / "tuning.toml")

    assert "alone it would not be kept as evidence: sign_in_without_risk" in ran.out
    assert "no rule fires" in ran.out
    assert "suppressed by allowlist entry release-builds" in ran.out


def test_explain_shows_what_two_records_are_together(gatewatch, examples):
    shown = gatewatch("explain", examples / "records.jsonl").out
    last = json.loads(gatewatch("explain", examples / "records.jsonl", "--json").out.splitlines()[-1])

    assert "xcloud_entra_risk_then_aws: carla.reyes@example.com" in shown
    assert "92 critical" in one_line(shown)
    assert (last["score"], len(last["pair"]), last["person"]) == (92, 2, "carla.reyes@example.com")


def test_explain_names_what_is_refused_in_json_too(gatewatch):
    ran = gatewatch("explain", "-", "--json", stdin='{"hello": "world"}')

    assert json.loads(ran.out)["refused"] == "unrecognised_record"


def test_rules_are_listed_both_ways(gatewatch):
    table, lines = gatewatch("rules").out, gatewatch("rules", "--json").out.splitlines()

    assert all(json.loads(line)["id"] in table for line in lines)


def test_many_refusals_are_counted_not_listed(gatewatch, tmp_path):
    (tmp_path / "x.jsonl").write_text('{"hello": "world"}\n' * 12)

    ran = gatewatch("replay", tmp_path / "x.jsonl", "--store", "memory:")

    assert "and 2 more refused" in ran.err
    assert "nothing was kept" in ran.out


def test_a_tuning_file_that_is_right_says_so_and_the_report_is_a_table(gatewatch, examples, filled):
    assert "is right: 1 allowlist entry" in gatewatch("tuning", "check", examples / "tuning.toml").out
    assert "release-builds" in gatewatch("tuning", "report", examples / "tuning.toml", "--store", filled).out
    assert "the two mean the same" in gatewatch("tuning", "diff", examples / "tuning.toml", examples / "tuning.toml").out


def test_an_entry_that_ends_soon_is_told_before_it_ends(gatewatch, examples):
    assert "release-builds expires" in gatewatch("tuning", "check", examples / "tuning.toml", "--days", "36500").err


def test_problems_of_a_tuning_file_come_as_json_too(gatewatch, tmp_path):
    (tmp_path / "t.toml").write_text('notify_from = "loud"\n')

    assert json.loads(gatewatch("tuning", "check", tmp_path / "t.toml", "--json").out)["where"] == "notify_from"


def test_progress_is_shown_on_a_terminal():
    screen = Screen(io.StringIO(), Terminal(), io.StringIO())

    with screen.progress("cases", 3) as step:
        step(3)

    assert "cases" in screen.err.getvalue()
    assert screen.out.getvalue() == ""


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        pytest.param(ConfigError("first", "second"), 2, "gatewatch x: first\ngatewatch x: second\n", id="every problem"),
        pytest.param(StoreUnavailable("the store is away"), 2, "gatewatch x: the store is away\n", id="the store is away"),
        pytest.param(PermissionError(13, "no", "/f"), 2, "gatewatch x: /f: may not be read or written by this user\n", id="permission"),
        pytest.param(IsADirectoryError(21, "no", "/f"), 2, "gatewatch x: /f is a folder; name a file in it\n", id="a folder"),
        pytest.param(FileNotFoundError(2, "no", "/f"), 2, "gatewatch x: /f: there is no such file or folder\n", id="gone"),
        pytest.param(
            KeyboardInterrupt(), 130, "interrupted; nothing that was written is lost, run the same command again\n", id="interrupted"
        ),
    ],
)
def test_an_error_is_one_sentence_and_an_exit_code(error, code, said):
    def raises(options, screen):
        raise error

    screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
    command = Command("x", "", "", lambda parser: None, raises)

    assert _run(argparse.Namespace(command=command), screen) == code
    assert screen.err.getvalue() == said


class Point:
    """An installed entry point of an adapter."""

    def __init__(self, name: str, module: str, given: object) -> None:
        self.name, self.module, self._given = name, module, given

    def load(self) -> object:
        if isinstance(self._given, Exception):
            raise self._given
        return self._given


def test_an_adapters_commands_are_found_and_a_missing_extra_is_named():
    extra = Command("poll", "", "", lambda parser: None, lambda options, screen: 0)
    points = [
        Point("poll", "azure_function.cli", extra),
        Point("several", "aws_lambda.cli", (extra, extra)),
        Point("aws", "aws_lambda.cli", ImportError("no", name="boto3")),
        Point("azure", "azure_function.cli", ImportError("no", name="msgraph")),
    ]

    found, missing = commands.available(None, points)

    assert found[-3:] == [extra, extra, extra]
    assert missing["aws"] == "needs what is not installed (boto3): pip install 'gatewatch[aws]'"
    assert missing["azure"].endswith("pip install 'gatewatch[azure]'")


def test_an_entry_point_is_named_after_its_command_with_dashes():
    here, there = (Command(f"doctor {host}", "", "", lambda parser: None, lambda options, screen: 0) for host in ("here", "there"))
    points = [Point("doctor-here", "x", here), Point("doctor-there", "y", there), Point("poll", "z", ImportError("no", name="z"))]

    assert commands.available("doctor", points) == ([here, there], {})


def test_the_missing_extra_of_one_host_is_named_where_that_host_is_asked_for():
    here = Command("doctor here", "", "", lambda parser: None, lambda options, screen: 0)
    points = [Point("doctor-here", "x", here), Point("doctor-azure", "azure_function.cli", ImportError("no", name="msgraph"))]

    found, missing = commands.available("doctor", points)

    assert found == [here]
    assert missing == {"doctor azure": "needs what is not installed (msgraph): pip install 'gatewatch[azure]'"}
