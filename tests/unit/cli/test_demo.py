"""The demo without the real runtimes: what is missing is said, and the story is told all the same."""

import contextlib

import pytest

from gatewatch.cli.demo.stage import NotHereError


@contextlib.contextmanager
def broken(setting):
    raise NotHereError("there is no emulator for this machine")
    yield setting


@pytest.fixture
def demo(gatewatch, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return lambda *argv: gatewatch("demo", *argv)


def test_the_story_is_told_in_process(demo, tmp_path):
    ran = demo()

    assert ran.code == 0, ran.err
    for line in ("CRITICAL 92  xcloud_entra_risk_then_aws", "CRITICAL 87  aws_root_console_login", "MEDIUM 40  aws_console_login_no_mfa"):
        assert line in ran.out
    assert "already known: nothing changes, no notification is sent" in ran.out
    assert "Subject: CRITICAL 87" in ran.out
    assert "│ CRITICAL 92" in ran.out
    assert "3 SNS messages were published" in ran.out  # Carla's pair and its side are one message on each channel
    assert "3 cards were posted to Teams" in ran.out
    assert (tmp_path / "build/demo/gatewatch.sqlite").is_file()


def test_what_cannot_start_is_named_and_played_in_process(demo):
    ran = demo("--aws", f"{__name__}:broken")

    assert ran.code == 0, ran.err
    assert "not on the real runtime: there is no emulator for this machine" in ran.out
    assert "CRITICAL 92  xcloud_entra_risk_then_aws" in ran.out


def test_a_wrong_runtime_name_is_a_usage_error(demo):
    ran = demo("--aws", "nowhere.at_all:opened")

    assert ran.code == 2
    assert "nowhere.at_all" in ran.err


def test_your_own_logs_are_replayed_instead(demo, examples):
    ran = demo("--logs", examples / "records.jsonl")

    assert ran.code == 0
    assert "7 records, 7 accounted for" in ran.out
    assert "CRITICAL 92  xcloud_entra_risk_then_aws" in ran.out


def test_two_runs_do_not_see_each_other(demo):
    demo()

    assert "CRITICAL 87  aws_root_console_login" in demo().out
