"""What a responder types, and what it leaves behind."""

import json

import pytest
from msgspec import structs

from gatewatch.flow.policy import write_policy
from gatewatch.model import AlertStatus
from gatewatch.ports import AlertQuery, AlertWrite, Ports
from gatewatch.stores import open_store
from gatewatch.stores.os_user import os_user
from gatewatch.tuning.policy import Policy
from tests.builders.common import NOON


@pytest.fixture
def ids(gatewatch, filled):
    """The ids of the demo's alerts, by rule."""
    lines = gatewatch("alerts", "list", "--store", filled, "--json").out.splitlines()
    alerts = [json.loads(line)["gatewatch"] for line in lines]
    return {alert["rule"]: alert["alert_id"] for alert in alerts}


@pytest.fixture
def root(ids):
    return ids["aws_root_console_login"]


@pytest.fixture
def say(gatewatch, filled):
    """One response command on the store."""

    def run(command, *argv):
        return gatewatch("alerts", command, *argv, "--store", filled)

    return run


def status(say, alert_id):
    return json.loads(say("show", alert_id, "--json").out)["gatewatch"]["status"]


CLOSE = ("--verdict", "expected", "--reason", "planned, SEC-12", "--by", "dana")


def test_a_close_says_who_and_why_and_the_author_is_the_user_of_the_process(say, root):
    closed = json.loads(say("close", root, *CLOSE, "--json").out)["gatewatch"]

    [response] = closed["alert"]["responses"]
    assert (closed["status"], closed["response"]["close_reason"], closed["response"]["verdict"]) == (
        "closed",
        "planned, SEC-12",
        "expected",
    )
    assert (response["claimed_by"], response["author"]) == ("dana", os_user())
    assert response["event_ids"] == closed["event_ids"]


def test_nothing_that_was_said_is_lost(say, root):
    for argv in (("ack", "--by", "kim"), ("close", *CLOSE), ("comment", "--reason", "asked Bob"), ("reopen",), ("close", *CLOSE)):
        assert say(argv[0], root, *argv[1:]).code == 0

    alert = json.loads(say("show", root, "--json").out)["gatewatch"]["alert"]
    assert [response["kind"] for response in alert["responses"]] == ["acknowledge", "close", "comment", "reopen", "close"]
    assert alert["occurrence"] == 2


def test_a_list_shows_what_is_open(say, root):
    before = say("list", "--status", "open").out
    say("close", root, *CLOSE)
    after = say("list", "--status", "open").out

    assert root[:12] in before
    assert root[:12] not in after
    assert root[:12] in say("list", "--status", "closed").out


def test_reopening_what_is_open_stores_nothing(say, root):
    ran = say("reopen", root)

    assert (ran.code, ran.out) == (0, "")
    assert "is open: there is nothing to reopen" in ran.err
    assert json.loads(say("show", root, "--json").out)["gatewatch"]["alert"]["responses"] == []


def test_responding_keeps_what_is_pending_and_a_close_ends_it(gatewatch, say, filled, root):
    """The command line knows no channel, so it cannot say that nothing is pending."""
    store = open_store(filled)
    [alert] = [alert for alert in store.search(AlertQuery()) if alert.id == root]
    stored = store.read_alerts([alert.key])[alert.key]
    store.write_alerts([AlertWrite(structs.replace(stored.alert, pending=("sns",), pending_reason="new"), stored.version)])
    pending = []
    for argv in (("ack",), ("comment", "--reason", "r"), ("close", *CLOSE)):
        say(argv[0], root, *argv[1:])
        pending.append(store.read_alerts([alert.key])[alert.key].alert.pending)
    store.close()

    assert pending == [("sns",), ("sns",), ()]


def test_what_a_reopening_makes_pending_is_the_policy_of_the_store(say, filled, root):
    store = open_store(filled)
    write_policy(Policy(channels=("sns",)), 0, Ports(store=store, clock=lambda: NOON))
    say("close", root, *CLOSE)
    closed = json.loads(say("show", root, "--json").out)["gatewatch"]
    reopened = json.loads(say("reopen", root, "--json").out)["gatewatch"]
    store.close()

    assert (closed.get("pending"), reopened["pending"], reopened["pending_reason"]) == (None, ["sns"], "new")


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        pytest.param(["close", "--verdict", "expected", "--reason", " \t\u200b"], "--reason: say why", id="an empty reason"),
        pytest.param(["comment", "--reason", ""], "--reason: say why", id="an empty comment"),
        pytest.param(["comment", "--reason", "x" * 2_001], "at most 2000", id="a long reason"),
    ],
)
def test_a_reason_is_never_empty_and_bounded(say, root, argv, hint):
    ran = say(argv[0], root, *argv[1:])

    assert (ran.code, ran.out) == (2, "")
    assert hint in ran.err
    assert status(say, root) == "open"


@pytest.mark.parametrize("argv", [["close", "--reason", "r"], ["close", "--verdict", "unknown", "--reason", "r"], ["comment"]], ids=str)
def test_what_is_missing_is_named(say, root, argv, capsys):
    assert say(argv[0], root, *argv[1:]).code == 2
    assert "--verdict" in capsys.readouterr().err or argv == ["comment"]


def test_only_a_responders_close_can_be_taken_back(gatewatch, say, filled, root):
    store = open_store(filled)
    [alert] = [alert for alert in store.search(AlertQuery()) if alert.id == root]
    stored = store.read_alerts([alert.key])[alert.key]
    store.write_alerts([AlertWrite(structs.replace(stored.alert, status=AlertStatus.RETRACTED), stored.version)])
    store.close()

    ran = say("reopen", root)

    assert ran.code == 2
    assert "is retracted by its evidence" in ran.err


HOSTILE = "<b>x</b> \x1b[31m \u202egnp"


def test_hostile_text_stays_text(say, root):
    say("close", root, "--verdict", "test", "--reason", HOSTILE, "--by", HOSTILE)
    shown = say("show", root).out

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert json.loads(say("show", root, "--json").out)["gatewatch"]["alert"]["responses"][0]["reason"] == HOSTILE


def test_text_that_is_not_unicode_is_kept_as_question_marks(say, root):
    assert say("comment", root, "--reason", "caf\udce9").code == 0
    assert "caf?" in say("show", root).out


def test_stats_count_one_verdict_for_each_alert(say, ids):
    malicious = ("--verdict", "malicious", "--reason", "r")
    say("close", ids["aws_root_console_login"], *CLOSE)
    say("reopen", ids["aws_root_console_login"])
    say("close", ids["aws_root_console_login"], *malicious)
    say("close", ids["entra_risky_signin"], *CLOSE)

    found = {row["rule"]: row for row in map(json.loads, say("stats", "--json").out.splitlines())}
    table = say("stats").out

    assert (found["aws_root_console_login"]["malicious"], found["aws_root_console_login"]["precision"]) == (1, 1.0)
    assert (found["entra_risky_signin"]["expected"], found["entra_risky_signin"]["precision"]) == (1, 0.0)
    assert "100%" in table
    assert "xcloud" not in table


def test_stats_of_a_store_without_responses(say):
    assert (say("stats", "--json").out, say("stats", "--since", "1d").code) == ("", 0)
