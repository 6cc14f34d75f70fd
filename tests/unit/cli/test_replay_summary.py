"""What a replay says at its end, on screen and in JSON, and its exit code: nothing that could not be read counts as nothing found."""

import gzip
import io
import json
import os
import threading

import pytest

from gatewatch.cli import wiring
from gatewatch.cli.program import run
from gatewatch.cli.screen import Screen
from gatewatch.cli.summary import counted
from gatewatch.flow.every_alert import every_alert
from gatewatch.ports import AlertQuery
from tests.builders.aws import raw_login, raw_root
from tests.builders.entra import raw_detection, raw_sign_in


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.json.gz").write_bytes(
        gzip.compress(json.dumps({"Records": [raw_root(1, 10).data, raw_login(2, 40).data]}).encode())
    )
    (tmp_path / "logs" / "b.jsonl").write_bytes((json.dumps(raw_sign_in("s-1", 20).data) + "\nnope\n").encode("utf-16"))
    (tmp_path / "logs" / "c.csv").write_text("when,who\n1,2\n")
    (tmp_path / "logs" / "notes.txt").write_text("nothing here")
    return tmp_path / "logs"


def replayed(gatewatch, *argv):
    ran = gatewatch("replay", "--store", "memory:", "--json", *argv)
    return ran.code, json.loads(ran.out)


def test_every_file_says_how_it_was_read_and_what_became_of_it(gatewatch, folder):
    code, said = replayed(gatewatch, folder)
    files = {one["file"].removeprefix(f"{folder}/"): one for one in said["files"]}
    assert code == 0
    assert {name: (one["read_as"], one["encoding"], one["dispositions"], one["left_out"]) for name, one in files.items()} == {
        "a.json.gz": (["gzip", "JSON"], "UTF-8", {"kept": 2}, None),
        "b.jsonl": (["JSON lines"], "UTF-16LE", {"kept": 1, "refused:invalid_json": 1}, None),
        "c.csv": (["CSV"], "UTF-8", {"refused:csv_columns_unknown": 1}, None),
        "notes.txt": ([], "", {}, "no_json_and_no_csv"),
    }
    assert (said["earliest"], said["latest"]) == ("2026-11-20T09:10:00Z", "2026-11-20T09:40:00Z")
    assert said["left_out"] == {"no_json_and_no_csv": 1}
    assert sum(one["records"] for one in said["files"]) == said["records"] == sum(said["dispositions"].values())


def test_people_see_the_same(gatewatch, folder):
    ran = gatewatch("replay", "--store", "memory:", folder)
    assert "5 records, 5 accounted for; 3 files read, 2026-11-20 09:10 to 2026-11-20 09:40 UTC" in ran.out
    assert "JSON in gzip, UTF-8" in ran.out
    assert "left out, not read: no_json_and_no_csv 1" in ran.out
    assert f"left out {folder}/notes.txt: no_json_and_no_csv" in ran.err
    assert "csv_columns_unknown (when, who)" in ran.err


@pytest.mark.parametrize(
    ("content", "argv", "code"),
    [
        pytest.param(raw_root(1).data, (), 0, id="read"),
        pytest.param(raw_root(1).data, ("--fail-on", "critical"), 1, id="critical-found"),
        pytest.param(raw_root(1).data, ("--fail-on", "low"), 1, id="low-means-at-least-low"),
        pytest.param(raw_login(1).data, ("--fail-on", "high"), 0, id="only-medium-found"),
        pytest.param(raw_root(1).data, ("--fail-on", "refused", "--fail-on", "ignored"), 0, id="nothing-refused-nor-ignored"),
        pytest.param([raw_root(1).data, {"x": 1}], (), 0, id="one-refused"),
        pytest.param([raw_root(1).data, {"x": 1}], ("--fail-on", "refused"), 1, id="one-refused-fails"),
        pytest.param(
            [raw_root(1).data, raw_root(2).data | {"eventName": "ListUsers", "eventSource": "iam.amazonaws.com"}],
            ("--fail-on", "ignored"),
            1,
            id="one-ignored-fails",
        ),
        pytest.param([{"x": 1}, {"y": 1}], (), 1, id="everything-refused"),
        pytest.param([], (), 1, id="nothing-in-it"),
        pytest.param("just text", (), 1, id="no-record"),
    ],
)
def test_the_exit_code(gatewatch, tmp_path, content, argv, code):
    file = tmp_path / "x"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    assert replayed(gatewatch, file, *argv)[0] == code


def test_nothing_read_is_said(gatewatch, tmp_path):
    (tmp_path / "d").mkdir()
    ran = gatewatch("replay", "--store", "memory:", tmp_path / "d")
    assert (ran.code, "nothing could be read: this says nothing about what happened" in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("argv", "dispositions"),
    [
        (("--since", "2026-11-20T09:30"), {"ignored:outside_the_time_asked_for": 1, "stored": 1}),
        (("--until", "2026-11-20T09:30"), {"ignored:outside_the_time_asked_for": 1, "stored": 1}),
        (("--account", "999999999999"), {"ignored:other_account": 2}),
        (("--account", "111122223333", "--since", "2026-11-20"), {"stored": 2}),
        (("--account", " 1111-2222-3333"), {"stored": 2}),
    ],
)
def test_only_what_was_asked_for(gatewatch, folder, argv, dispositions):
    assert replayed(gatewatch, folder / "a.json.gz", *argv)[1]["dispositions"] == dispositions


@pytest.mark.parametrize("argv", [("--account", "999999999999"), ("--until", "2026-11-20")])
def test_that_nothing_was_of_what_was_asked_for_is_said(gatewatch, folder, argv):
    said = "no record is of the time and the account that were asked for: this says nothing about others"
    assert said in gatewatch("replay", "--store", "memory:", folder / "a.json.gz", *argv).err
    assert said not in gatewatch("replay", "--store", "memory:", folder / "a.json.gz", "--since", "2026-11-20T09:30").err


def test_a_time_without_length_is_an_error(gatewatch, folder):
    ran = gatewatch("replay", folder, "--since", "2026-11-21", "--until", "2026-11-20")
    assert (ran.code, "--since must be before --until" in ran.err) == (2, True)


def test_a_pattern_that_no_shell_replaced_names_files(gatewatch, folder):
    (folder / "[x].json").write_text(json.dumps(raw_root(1, 10).data))
    assert [one["file"] for one in replayed(gatewatch, folder / "*.json*")[1]["files"]] == [
        f"{folder}/{name}" for name in ("[x].json", "a.json.gz", "b.jsonl")
    ]
    assert replayed(gatewatch, folder / "[x].json")[1]["dispositions"] == {"stored": 1}
    assert gatewatch("replay", folder / "*.none").code == 2


def test_a_time_that_is_none_is_an_error(gatewatch, folder):
    ran = gatewatch("replay", folder, "--until", "soon")
    assert (ran.code, "--until: 'soon' is no time" in ran.err) == (2, True)


@pytest.mark.parametrize("argv", [(), ("x", "--from", "sqlite:y")])
def test_either_files_or_a_store(gatewatch, argv):
    assert gatewatch("replay", *argv).code == 2


def test_more_alerts_than_a_store_gives_at_once_are_counted(gatewatch, examples, store):
    gatewatch("replay", examples / "records.jsonl", "--store", store)
    opened = wiring.store(store, {})
    everything = [alert.id for alert in opened.search(AlertQuery(limit=1_000))]
    assert [alert.id for alert in every_alert(opened, page=2)] == everything
    assert counted(opened).total == len(everything) == 4
    opened.close()


class Stopped:
    """Standard input that a person interrupts."""

    def read(self) -> str:
        raise KeyboardInterrupt


def test_an_interruption_is_said_and_the_same_command_completes(examples, store):
    screen = Screen(io.StringIO(), io.StringIO(), Stopped())
    argv = ["replay", str(examples / "records.jsonl"), "-", "--store", store, "--json"]
    assert run(argv, screen) == 130
    assert "run the same command again" in screen.err.getvalue()
    done = Screen(io.StringIO(), io.StringIO(), io.StringIO(""))
    assert run(argv, done) == 0
    assert json.loads(done.out.getvalue())["alerts"] == 4


def test_a_pipe_is_read_twice_like_a_file(gatewatch, tmp_path):
    """A detection far behind the sign-in that it names makes the replay read again, and a pipe can be read only once."""
    other = [raw_sign_in("s-0", 1, level="none").data, raw_sign_in("s-1", 2, level="none").data]
    lines = [*other, *({"x": n} for n in range(1_100)), raw_detection(1, "s-1", 20, "high").data]
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    file, pipe = tmp_path / "file", tmp_path / "pipe"
    file.write_bytes(text)
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(text,))
    writer.start()
    _, by_pipe = replayed(gatewatch, pipe)
    writer.join()
    _, by_file = replayed(gatewatch, file)
    assert by_pipe["dispositions"] == by_file["dispositions"] == {"refused:unrecognised_record": 1_100, "stored": 3}
