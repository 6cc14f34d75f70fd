"""Results that a pipeline shows: JUnit files, the action and the hooks."""

import json
import shlex
from xml.etree import ElementTree as ET

import pytest
import yaml

from gatewatch.cli import junit
from gatewatch.cli.commands import own
from gatewatch.cli.program import parser

HOSTILE = "<b>&\x00\x1b[31m\u202e]]>\ud800"


def suite(file):
    return ET.parse(file).getroot()[0]  # noqa: S314 - our own file


def test_cases_become_test_cases(gatewatch, examples, tmp_path):
    ran = gatewatch("check", examples / "cases.jsonl", "--junit", tmp_path / "out.xml")

    found = suite(tmp_path / "out.xml")
    assert ran.code == 0
    assert found.attrib == {"name": "gatewatch check", "tests": "5", "failures": "0", "skipped": "0", "errors": "0"}


def test_a_failed_case_and_a_wrong_tuning_say_what_is_wrong(gatewatch, examples, tmp_path):
    first = json.loads((examples / "cases.jsonl").read_text("utf-8").splitlines()[0])
    (tmp_path / "cases.jsonl").write_text(json.dumps({**first, "expect": {"alerts": 17}}))
    (tmp_path / "tuning.toml").write_text('notify_from = "sometimes"\n')

    codes = [
        gatewatch("check", tmp_path / "cases.jsonl", "--junit", tmp_path / "a.xml").code,
        gatewatch("tuning", "check", tmp_path / "tuning.toml", examples / "tuning.toml", "--junit", tmp_path / "b.xml").code,
    ]

    assert codes == [1, 2]
    assert suite(tmp_path / "a.xml")[0].find("failure") is not None
    assert [case.find("failure") is not None for case in suite(tmp_path / "b.xml")] == [True, False]
    assert "notify_from" in suite(tmp_path / "b.xml")[0].find("failure").text


def test_hostile_text_stays_text(tmp_path):
    junit.write(str(tmp_path / "out.xml"), "suite", [junit.Result(HOSTILE, (HOSTILE,)), junit.Result("b", (), HOSTILE)])

    failed, skipped = suite(tmp_path / "out.xml")
    assert failed.attrib["name"].startswith("<b>&")
    assert failed.find("failure").text.startswith("<b>&")
    assert skipped.find("skipped").attrib["message"].startswith("<b>&")


def test_the_hooks_and_the_action_call_commands_that_parse(repository):
    hooks = yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text("utf-8"))
    action = yaml.safe_load((repository / ".github/actions/check/action.yml").read_text("utf-8"))
    lines = [f"{hook['entry']} one two" for hook in hooks]
    lines += ["gatewatch tuning check x --junit y", 'gatewatch check "a" "b" --junit y']

    for line in lines:
        parser(own()).parse_args(shlex.split(line)[1:])
    script = action["runs"]["steps"][0]["run"]
    assert "${{" not in script  # inputs are environment, so that they are never part of the script
    assert all(f"gatewatch {command}" in script for command in ("check", "tuning check"))


@pytest.mark.parametrize("page", ["first_alert", "responder", "troubleshooting", "tuning", "policy", "data_protection", "auditor"])
def test_every_command_that_a_page_shows_parses(repository, page, tmp_path):
    text = (repository / f"docs/{page}.md").read_text("utf-8")
    lines = [line.split("#")[0].strip() for line in text.splitlines() if line.startswith("    gatewatch ")]
    assert lines or page in {"responder", "troubleshooting", "auditor"}

    for line in lines:
        words = shlex.split(line.partition(">")[0])[1:]
        if words != ["--version"]:
            parser(own()).parse_args(words)
