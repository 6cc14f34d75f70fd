"""The settings file: profiles below the environment, secrets by reference, and never from the current folder."""

import os
import stat
from contextvars import copy_context
from pathlib import Path

import pytest

from gatewatch.cli import profiles, wiring
from gatewatch.errors import ConfigError

SETTINGS = wiring.SETTINGS
SECRET = "ELASTIC_API_KEY"


@pytest.fixture
def file(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.delenv("GATEWATCH_STORE", raising=False)
    return tmp_path / "configuration/gatewatch/settings.toml"


def written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_init_writes_a_file_that_only_its_owner_reads_and_never_twice(gatewatch, file):
    first, second = gatewatch("init"), gatewatch("init")

    assert first.code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (second.code, "is there already" in second.err) == (2, True)
    assert profiles.read(file, None, SETTINGS, asked=True) == {}
    assert all(one.name in file.read_text("utf-8") for one in SETTINGS)


def test_a_profile_chooses_the_store(gatewatch, examples, file, tmp_path):
    stores = {name: f"sqlite:{tmp_path / name}.sqlite" for name in ("a", "b")}
    written(file, 'profile = "a"\n' + "".join(f'[profiles.{name}]\nGATEWATCH_STORE = "{store}"\n' for name, store in stores.items()))

    gatewatch("--profile", "b", "replay", examples / "records.jsonl")

    assert (tmp_path / "b.sqlite").is_file()
    assert gatewatch("alerts", "list").code == 2
    assert gatewatch("--profile=b", "alerts", "list").out
    assert "a.sqlite" in gatewatch("alerts", "list").err


def test_the_environment_wins_over_the_file(gatewatch, file, monkeypatch):
    written(file, 'profile = "a"\n[profiles.a]\nGATEWATCH_STORE = "sqlite:file.sqlite"\n')
    monkeypatch.setenv("GATEWATCH_STORE", "sqlite:variable.sqlite")

    assert "variable.sqlite" in gatewatch("alerts", "list").err


def test_the_current_folder_is_never_read(gatewatch, file, tmp_path, monkeypatch):
    (tmp_path / "settings.toml").write_text('profile = "a"\n[profiles.a]\nGATEWATCH_STORE = "sqlite:planted.sqlite"\n')
    monkeypatch.chdir(tmp_path)

    assert "planted" not in gatewatch("alerts", "list").err


def test_what_the_caller_has_read_is_not_what_a_command_line_asks_for(gatewatch, file, tmp_path):
    written(file, "[profiles.a]\n")

    def read_and_run():
        wiring.environment()
        return gatewatch("--config", str(tmp_path / "nowhere.toml"), "alerts", "list")

    ran = copy_context().run(read_and_run)  # what it reads stays in it

    assert ran.code == 2
    assert "nowhere.toml is not there" in ran.err


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        pytest.param(("--config", "nowhere.toml"), "nowhere.toml is not there: gatewatch init writes one", id="no such file"),
        pytest.param(("--profile", "prod"), "has no [profiles.prod]; it has a", id="no such profile"),
    ],
)
def test_what_was_asked_for_and_is_not_there_is_an_error(gatewatch, file, argv, hint):
    written(file, "[profiles.a]\n")

    ran = gatewatch(*argv, "alerts", "list")

    assert ran.code == 2
    assert hint in ran.err


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        pytest.param('GATEWATCH_STOR = "x"', "did you mean GATEWATCH_STORE?", id="a wrong name"),
        pytest.param("GATEWATCH_STORE = true", "must be text or a number", id="no text"),
        pytest.param(f'{SECRET} = "c2VjcmV0"', f"{SECRET} is a secret: name where it is kept", id="a secret in clear"),
        pytest.param(f'{SECRET} = {{ file = "/nowhere" }}', "/nowhere cannot be read (FileNotFoundError)", id="no such secret file"),
        pytest.param(f'{SECRET} = {{ command = ["false"] }}', "the command false failed", id="a command that fails"),
        pytest.param(f'{SECRET} = {{ command = "echo x" }}', "takes {", id="a command line for a shell"),
        pytest.param("GATEWATCH_STORE = ", "is not a TOML file", id="no TOML"),
    ],
)
def test_a_wrong_file_names_the_setting_and_the_fix(file, line, hint):
    written(file, f"[profiles.a]\n{line}\n")

    with pytest.raises(ConfigError) as raised:
        profiles.read(file, "a", SETTINGS, asked=True)

    assert hint in str(raised.value)
    assert "c2VjcmV0" not in str(raised.value)


def test_a_secret_comes_from_where_it_is_kept(file, tmp_path):
    kept = tmp_path / "key"
    kept.write_text("aWQ6a2V5\n")
    values = [
        profiles.read(written(file, f"[profiles.a]\n{SECRET} = {reference}\n"), "a", SETTINGS, asked=True)[SECRET]
        for reference in (f'{{ file = "{kept}" }}', '{ command = ["echo", "aWQ6a2V5"] }')
    ]

    assert values == ["aWQ6a2V5", "aWQ6a2V5"]


def test_windows_has_its_own_place():
    where = profiles.default_path({"APPDATA": os.path.join("C:", "Users", "dana")}, "win32")  # noqa: PTH118 - no path of this machine

    assert where.parts[-2:] == ("gatewatch", "settings.toml")
    assert "dana" in where.parts


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_every_command(gatewatch, shell):
    ran = gatewatch("completion", shell)

    assert ran.code == 0
    assert all(word in ran.out for word in ("replay", "deadletter", "redrive", "--store"))
