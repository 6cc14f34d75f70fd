"""The starter of the real server: what it looks for, what it chooses, and what it says when there is nothing."""

import os
import subprocess

import pytest

from tests.elastic_server import distribution as d
from tests.elastic_server.distribution import CannotStart, distribution, jdk, major, wanted_version
from tests.elastic_server.fixtures import elastic_server as fixture
from tests.elastic_server.server import _forget_the_dead, _own


def fake_jdk(folder, version, *, compiler=True):
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{version}"\nOS_ARCH="x86_64"\n')
    if compiler:
        (folder / "bin/javac").touch()
    return folder


@pytest.fixture
def nowhere(monkeypatch):
    """No JDK but those that the environment names."""
    monkeypatch.setattr(d, "JDK_FOLDERS", ())


@pytest.mark.parametrize(
    ("version", "release"),
    [("25.0.1", 25), ("17", 17), ("1.8.0_402", 1), ("21-ea", 0), ("", 0)],
    ids=["three parts", "one", "eight", "early", "none"],
)
def test_the_feature_release_of_a_jdk(tmp_path, version, release):
    assert major(fake_jdk(tmp_path / "jdk", version)) == release


def test_a_runtime_without_compiler_is_no_jdk(tmp_path):
    assert major(fake_jdk(tmp_path / "jre", "25", compiler=False)) == 0


def test_a_folder_that_is_not_there_is_no_jdk(tmp_path):
    assert major(tmp_path / "absent") == 0


@pytest.mark.usefixtures("nowhere")
def test_the_first_that_is_new_enough(tmp_path):
    old, new = fake_jdk(tmp_path / "old", "17.0.1"), fake_jdk(tmp_path / "new", "25.0.1")
    environment = {"ES_JAVA_HOME": str(old), "JAVA_HOME": str(new)}
    assert (jdk(17, environment), jdk(21, environment)) == (old, new)


@pytest.mark.usefixtures("nowhere")
def test_without_a_jdk_it_says_what_to_set():
    with pytest.raises(CannotStart, match="ES_JAVA_HOME"):
        jdk(17, {})


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("release", "named", "version"),
    [
        pytest.param("25.0.1", None, "9.2.0", id="9.2 where it can"),
        pytest.param("17.0.1", None, "8.19.21", id="8.19 where only an older JDK is found"),
        pytest.param("17.0.1", "opensearch-3.4.0", "opensearch-3.4.0", id="the one that is named"),
    ],
)
def test_which_version(tmp_path, release, named, version):
    environment = {"JAVA_HOME": str(fake_jdk(tmp_path / "jdk", release)), **({"ELASTIC_VERSION": named} if named else {})}
    assert wanted_version(environment) == version


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as nobody")
def test_a_cache_that_nobody_can_enter_is_named(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    environment = {"JAVA_HOME": str(fake_jdk(tmp_path / "jdk", "99")), "GATEWATCH_CACHE": str(closed / "cache")}
    with pytest.raises(CannotStart, match="GATEWATCH_CACHE"):
        distribution("9.2.0", environment)


def test_without_maven_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(d, "_traversable", lambda cache: None)
    environment = {"JAVA_HOME": str(fake_jdk(tmp_path / "jdk", "99")), "GATEWATCH_CACHE": str(tmp_path)}
    with pytest.raises(CannotStart, match="Maven"):
        distribution("9.2.0", environment)


def test_a_server_of_your_own_shows_no_secret():
    own = _own({"ELASTIC_URL": "https://es.example/", "ELASTIC_API_KEY": "hunter2", "ELASTIC_CA_FILE": "ca.pem"})
    assert (own.url, str(own.ca), own.key({}), own.credentials) == ("https://es.example", "ca.pem", "hunter2", "ApiKey hunter2")
    assert "hunter2" not in repr(own)


def no_server():
    raise CannotStart("no JDK 21 or newer")


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)], ids=["in CI a failure", "else a skip"]
)
def test_no_server_is_said_with_its_reason(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("tests.elastic_server.fixtures.prepared", no_server)
    with pytest.raises(outcome, match="no JDK 21"):
        fixture.__wrapped__() if hasattr(fixture, "__wrapped__") else fixture._get_wrapped_function()()


def test_what_killed_runs_left_is_removed_and_nothing_else(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    owners = {"run-dead": str(ended.pid), "run-alive": str(os.getpid()), "run-odd": "not a number", "other": str(ended.pid)}
    for name, owner in owners.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "owner").write_text(owner)
    (tmp_path / "run-unowned").mkdir()
    _forget_the_dead(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "run-alive", "run-unowned"]
