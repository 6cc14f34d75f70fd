"""Every command, as a person types it."""

import json
import shlex
from importlib.metadata import EntryPoint

import pytest

from gatewatch.cli.commands import GROUP, MODULES, available, own
from gatewatch.cli.program import find, parser

OWN = own()
NEEDS_A_STORE = {
    "alerts list",
    "alerts show",
    "alerts ack",
    "alerts close",
    "alerts reopen",
    "alerts comment",
    "alerts stats",
    "tuning report",
    "tuning apply",
    "tuning show",
    "tuning history",
    "person",
    "pivot",
    "case",
}
NEEDS_A_SERVER = {command.name for command in OWN if command.name.startswith("elastic")}
OFFLINE = [command for command in OWN if command.name not in NEEDS_A_STORE | NEEDS_A_SERVER]


@pytest.mark.parametrize("command", OWN, ids=lambda c: c.name)
def test_every_command_has_help_and_an_example_that_parses(command):
    top = parser(OWN)
    text = find(top, command.name).format_help()

    assert command.summary in " ".join(text.split())
    assert command.example in text
    assert top.parse_args(shlex.split(command.example)[1:]).command is command


@pytest.mark.parametrize("command", OFFLINE, ids=lambda c: c.name)
def test_every_example_does_what_it_says(command, gatewatch, repository, monkeypatch, tmp_path):
    for folder in ("examples",):
        (tmp_path / folder).symlink_to(repository / folder)
    monkeypatch.chdir(tmp_path)

    ran = gatewatch(*shlex.split(command.example)[1:])

    assert ran.code == 0, ran.err
    assert ran.out


def test_replaying_twice_changes_nothing_and_tells_nobody_again(gatewatch, examples, store):
    argv = ("replay", examples / "records.jsonl", "--store", store, "--notify", "--json")
    first, second = (json.loads(gatewatch(*argv).out) for _ in range(2))

    assert first["notified"] == 3
    assert (second["alerts_changed"], second["notified"]) == (0, 0)
    assert second["dispositions"] == {"duplicate": 7}
    same = ("alerts", "alerts_by_rule", "alerts_by_severity", "suppressed", "records")
    assert [second[name] for name in same] == [first[name] for name in same]


def test_every_record_is_accounted_for(gatewatch, tmp_path):
    (tmp_path / "mixed.jsonl").write_text(
        '{"hello": "world"}\nnot json\n[]\n{"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "eventVersion": "1"}\n'
    )

    ran = gatewatch("replay", tmp_path, "--store", "memory:", "--json")

    summary = json.loads(ran.out)
    assert ran.code == 0
    assert sum(summary["dispositions"].values()) == summary["records"]
    assert {item["reason"] for item in summary["refused"]}


def test_standard_input_is_read_like_a_file(gatewatch, examples):
    text = (examples / "records.jsonl").read_text()

    ran = gatewatch("replay", "-", "--store", "memory:", "--json", stdin=text)

    assert json.loads(ran.out)["alerts"] == 4


def test_replay_stays_silent_unless_asked(gatewatch, examples):
    ran = gatewatch("replay", examples / "records.jsonl", "--store", "memory:", "--json")

    assert json.loads(ran.out)["notified"] == 0


def test_compare_says_what_a_tuning_change_would_have_done(gatewatch, examples):
    ran = gatewatch("replay", examples / "records.jsonl", "--compare", examples / "tuning.toml", "--json")

    compared = json.loads(ran.out)
    assert (compared["announced_before"], compared["announced_after"]) == (4, 3)
    assert {d["principal"]: d["after"].split(", ")[-1] for d in compared["differences"]} == {
        "root": "announced",
        "ci-release": "suppressed by release-builds",
    }


def test_alerts_can_be_listed_shown_and_answered(gatewatch, filled):
    listed = [
        json.loads(line) for line in gatewatch("alerts", "list", "--store", filled, "--severity", "critical", "--json").out.splitlines()
    ]
    short = gatewatch("alerts", "list", "--store", filled, "--match", "root").out.splitlines()[1].split()[0]
    shown = gatewatch("alerts", "show", short, "--store", filled)
    taken = gatewatch("alerts", "ack", short, "--store", filled, "--by", "dana")
    closed = gatewatch("alerts", "close", short, "--store", filled, "--by", "dana", "--verdict", "expected", "--reason", "planned, SEC-12")
    after = gatewatch("alerts", "show", short, "--store", filled).out

    assert len(listed) == 2
    assert "+40  no MFA on root" in shown.out
    assert "acknowledged" in taken.out
    assert closed.code == 0
    assert "close as expected by dana" in after
    assert "planned, SEC-12" in after
    assert "reopened" in gatewatch("alerts", "reopen", short, "--store", filled).out


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        pytest.param(["replay", "no-such-file"], "there is no such file or folder", id="a missing file"),
        pytest.param(["check", "no-such-file"], "there is no such file or folder", id="missing cases"),
        pytest.param(["alerts", "list", "--store", "mongodb:x"], "sqlite:FILE", id="an unknown store"),
        pytest.param(["alerts", "list", "--store", "sqlite:nowhere.sqlite"], "gatewatch replay makes one", id="a store that is not there"),
        pytest.param(["alerts", "list", "--store", "memory:", "--since", "soon"], "24h, 7d", id="no time"),
        pytest.param(["alerts", "show", "zz", "--store", "memory:"], "alerts list", id="no id"),
        pytest.param(["alerts", "show", "abcd", "--store", "memory:"], "alerts list", id="an unknown id"),
        pytest.param(["replay", ".", "--store", "memory:", "--tuning", "nowhere.toml"], "is not a file", id="missing tuning"),
        pytest.param(["tuning", "check", "nowhere.toml"], "is not a file", id="missing tuning file"),
        pytest.param(["replay", "a" * 5_000], "File name too long", id="a name that no file can have"),
        pytest.param(["check", "records.jsonl/"], "records.jsonl", id="a folder that is none"),
    ],
)
def test_an_error_is_exit_code_2_and_says_what_to_do(gatewatch, argv, hint):
    ran = gatewatch(*argv)

    assert (ran.code, ran.out) == (2, "")
    assert hint in ran.err


@pytest.mark.parametrize("argv", [["person", "caf\udce9"], ["case", "caf\udce9"], ["report", "--output", "a\x00b"]], ids=ascii)
def test_bytes_that_are_no_text_are_named(gatewatch, filled, argv):
    ran = gatewatch(*argv, "--store", filled)

    assert (ran.code, ran.out) == (2, "")
    assert f"{argv[-1]!a} holds bytes that are no UTF-8 text" in ran.err


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["alerts"], ["explain"]], ids=str)
def test_wrong_usage_is_exit_code_2(gatewatch, argv, capsys):
    assert gatewatch(*argv).code == 2
    assert "usage: gatewatch" in capsys.readouterr().err


@pytest.mark.parametrize("word", MODULES)
def test_a_word_gives_the_commands_that_begin_with_it(word):
    assert [command.name for command in available(word)[0]] == [c.name for c in OWN if c.name.partition(" ")[0] == word]


@pytest.mark.parametrize("word", ["nonsense", None])
def test_a_word_of_no_command_gives_all(word):
    assert available(word)[0][: len(OWN)] == OWN


@pytest.mark.parametrize(
    ("module", "extra"),
    [("gatewatch.hosts.aws_lambda.nowhere", "aws"), ("gatewatch.hosts.azure_function.nowhere", "azure"), ("aws_lambda.nowhere", "aws")],
)
def test_the_command_of_a_host_that_is_not_installed_names_its_extra(module, extra):
    commands, missing = available(None, [EntryPoint("poll", f"{module}:COMMAND", GROUP)])

    assert commands == OWN
    assert missing == {"poll": f"needs what is not installed ({module}): pip install 'gatewatch[{extra}]'"}


def test_a_failed_case_is_exit_code_1_and_says_what_differs(gatewatch, examples, tmp_path):
    case = json.loads((examples / "cases.jsonl").read_text().splitlines()[0])
    (tmp_path / "mine.jsonl").write_text(json.dumps(case | {"expect": case["expect"] | {"score": 12, "sever": "low"}}))

    ran = gatewatch("check", tmp_path / "mine.jsonl")

    assert ran.code == 1
    assert "score: expected 12, actual 87" in ran.out
    assert "unknown expectation 'sever'" in ran.out


def test_an_unsupported_kind_never_passes(gatewatch, tmp_path):
    (tmp_path / "mine.jsonl").write_text('{"case": "a", "kind": "gcp.audit", "input": {}, "expect": {"fire": false}}')

    ran = gatewatch("check", tmp_path / "mine.jsonl", "--json")

    assert json.loads(ran.out) == {"case": "a", "passed": None, "actual": None, "unsupported": ["gcp.audit"]}
    assert "0 passed, 0 failed, 1 unsupported" in ran.err


def test_a_file_without_a_case_is_no_success(gatewatch, tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")

    assert gatewatch("check", tmp_path / "empty.jsonl").code == 1


def test_explain_gives_every_rules_answer_and_the_arithmetic(gatewatch, examples):
    ran = gatewatch("explain", examples / "root_login_no_mfa.json", "--json")

    said = json.loads(ran.out)
    assert [answer["rule"] for answer in said["rules"] if answer["fires"]] == ["aws_root_console_login"]
    assert sum(component["points"] for component in said["components"]) == said["score"] == 87


def test_explain_of_what_is_no_record_fails_by_name(gatewatch, tmp_path):
    (tmp_path / "x.json").write_text('{"hello": "world"}')

    ran = gatewatch("explain", tmp_path / "x.json")

    assert ran.code == 1
    assert "refused: unrecognised_record" in ran.out


def test_a_broken_tuning_file_is_named_and_detection_goes_on(gatewatch, examples, tmp_path):
    (tmp_path / "t.toml").write_text('notify_from = "loud"\nknown_networks = ["203.0.113.0/24"]\n')

    checked = gatewatch("tuning", "check", tmp_path / "t.toml")
    replayed = gatewatch("replay", examples / "records.jsonl", "--store", "memory:", "--tuning", tmp_path / "t.toml", "--json")

    assert checked.code == 2
    assert "notify_from" in checked.err
    assert "notify_from" in replayed.err
    assert json.loads(replayed.out)["alerts"] == 4


def test_the_tuning_report_counts_what_an_entry_silenced(gatewatch, examples, store):
    gatewatch("replay", examples / "records.jsonl", "--store", store, "--tuning", examples / "tuning.toml")

    ran = gatewatch("tuning", "report", examples / "tuning.toml", "--store", store, "--days", "36500", "--json")

    used = json.loads(ran.out)
    assert (used["id"], used["events"]) == ("release-builds", 1)


def test_the_difference_of_two_tuning_files_is_told_by_name(gatewatch, examples, tmp_path):
    (tmp_path / "t.toml").write_text('notify_from = "high"\n')

    ran = gatewatch("tuning", "diff", examples / "tuning.toml", tmp_path / "t.toml", "--json")

    assert {"notify_from", "allowlist release-builds"} <= {json.loads(line)["name"] for line in ran.out.splitlines()}


def test_the_entry_point_is_a_function_whatever_was_imported_before():
    import gatewatch.cli.program as module  # noqa: PLC0415 - the import is what is tried
    from gatewatch.cli import main as entry  # noqa: PLC0415 - same

    assert (callable(entry), callable(module.run)) == (True, True)
    assert entry(["--version"]) == 0


NUMBERS = [
    ("replay x.json --workers", 1),
    ("replay x.json --unpacked", 1),
    ("alerts list --limit", 1),
    ("case ana --days", 1),
    ("tuning check x.toml --days", 0),
    ("tuning report x.toml --days", 1),
    ("elastic setup --retention", 1),
    ("elastic prune --keep", 0),
    ("simulate t1 --days", 0),
]


@pytest.mark.parametrize(("line", "least"), NUMBERS, ids=[line for line, _ in NUMBERS])
def test_a_number_that_makes_no_sense_is_refused_and_named(line, least, capsys):
    top = parser(OWN)
    assert top.parse_args([*line.split(), str(least)])
    for wrong in (str(least - 1), "two", "1.5", ""):
        with pytest.raises(SystemExit) as stopped:
            top.parse_args([*line.split(), wrong])
        assert stopped.value.code == 2
        assert f"is no whole number from {least} on" in capsys.readouterr().err
