"""The reading cases of operators' commands: a mistake is an error with its fix, never a quiet nothing."""

import io
import json

import pytest

from gatewatch.cli.program import run as run_command
from gatewatch.cli.screen import Screen
from tests.builders.entra import raw_sign_in


def run(*argv):
    screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
    code = run_command([str(part) for part in argv], screen)
    return code, screen.out.getvalue(), screen.err.getvalue()


@pytest.fixture
def inputs(conformance_data):
    return conformance_data / "reading" / "inputs"


@pytest.fixture
def store(repository, tmp_path):
    name = f"sqlite:{tmp_path / 'store.sqlite'}"
    assert run("replay", repository / "examples/records.jsonl", "--store", name)[0] == 0
    return name


def test_a_pattern_among_emergency_accounts_is_an_error(inputs):
    code, _, said = run("tuning", "check", inputs / "T01_bg_c.toml")
    assert (code, "compared as a whole; * and ? are no wildcards here" in said) == (2, True)


def test_a_setting_below_a_section_is_named_with_its_line(inputs):
    code, _, said = run("tuning", "check", inputs / "T04_order.toml")
    assert code == 2
    assert "line 4:known_networks: known_networks stands under [aliases]; move it above the first [section]" in said
    assert "line 5:break_glass: break_glass stands under [aliases]" in said


SIBLINGS = ['[aliases]\n"a" = "b@x.example"\nnotify_from = "high"\n', '[[allowlist]]\nid = "x"\nbreak_glass = ["a@x.example"]\n']


@pytest.mark.parametrize("text", SIBLINGS)
def test_a_setting_below_any_section_is_an_error(tmp_path, text):
    (tmp_path / "t.toml").write_text(text)
    code, _, said = run("tuning", "check", tmp_path / "t.toml")
    assert (code, "move it above the first [section]" in said) == (2, True)


@pytest.mark.parametrize("option", ["--compare", "--tuning"])
@pytest.mark.parametrize("text", ['known_network = ["203.0.113.0/24"]\n', "this is no TOML", '{"broken": '])
def test_a_comparison_with_a_mistake_ends_with_an_error(repository, tmp_path, option, text):
    (tmp_path / "bad.toml").write_text(text)
    (tmp_path / "good.toml").write_text("")
    other = "--tuning" if option == "--compare" else "--compare"
    argv = ("replay", repository / "examples/records.jsonl", option, tmp_path / "bad.toml", other, tmp_path / "good.toml", "--json")
    code, out, said = run(*argv)
    assert (code, out, said.startswith(f"gatewatch replay: {option}: ")) == (2, "", True)


def test_a_tuning_with_a_mistake_stands_in_the_summary(repository, inputs):
    code, out, said = run(
        "replay", repository / "examples/records.jsonl", "--store", "memory:", "--tuning", inputs / "T05_typo.toml", "--json"
    )
    assert code == 0
    assert len(json.loads(out)["tuning_problems"]) == said.count("there is no such setting") == 2


def test_an_alert_that_is_open_is_not_reopened(store):
    (alert, *_) = [json.loads(line) for line in run("alerts", "list", "--store", store, "--json")[1].splitlines()]
    name, before = alert["gatewatch"]["alert_id"][:12], alert["gatewatch"]["occurrence"]
    code, _, said = run("alerts", "reopen", name, "--store", store)
    after = json.loads(run("alerts", "show", name, "--store", store, "--json")[1])["gatewatch"]["occurrence"]
    assert (code, "is open: there is nothing to reopen" in said, after) == (0, True, before)


def test_alerts_list_names_the_person(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(raw_sign_in("s-1").data))
    store = f"sqlite:{tmp_path / 'store.sqlite'}"
    assert run("replay", tmp_path / "one.json", "--store", store)[0] == 0
    listed = run("alerts", "list", "--store", store)[1]
    assert raw_sign_in("s-1").data["userPrincipalName"] in listed
