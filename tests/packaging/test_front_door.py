"""The built wheel, alone and outside this repository: every command that README.md and docs/cli.md show, on both Pythons and on plain terminals."""

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from gatewatch.cli.extras import EXTRAS
from tests.support.wheel import NoInterpreterError, install

pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("wheel")]

USAGE = 2
NEXT = re.compile(r"    \S*gatewatch .*--store ")
"""The commands at the end of the demo, to copy as well."""

TO_COPY = re.compile(r"gatewatch (?:pivot|prefilter|completion)\b")
"""What prints commands, queries or a script: a line that was folded could not be copied."""

NEEDS_A_SERVER = re.compile(r"gatewatch elastic (?:setup|verify|prune)")
INSTEAD = {"alice@contoso.example": "carla.reyes@example.com", "--base 3": "--base 0", "--from STORE": "--from sqlite:gatewatch.sqlite"}
"""What stands in an example for something of the reader's own."""


class Terminal(NamedTuple):
    """A Python and a terminal: its width in columns and its encoding."""

    python: str
    columns: int
    encoding: str


TERMINALS = [Terminal("3.12", 40, "cp1252"), Terminal("3.13", 80, "ascii")]


def commands(repository: Path) -> list[str]:
    """README.md's block of commands, and the example of every page of docs/cli.md."""
    block = re.search(r"## Ask it\n\n((?:    .*\n)+)", (repository / "README.md").read_text("utf-8"))
    assert block
    shown = [line.split("#")[0].strip() for line in block[1].splitlines()]
    return shown + re.findall(r"^example:\n  (gatewatch .*)$", (repository / "docs/cli.md").read_text("utf-8"), re.MULTILINE)


@pytest.fixture(scope="module", params=TERMINALS, ids=lambda t: f"{t.python}, {t.columns} columns, {t.encoding}")
def door(request, tmp_path_factory, repository: Path):
    """An environment with the wheel alone, and a folder with the reader's own files."""
    folder = tmp_path_factory.mktemp("door")
    try:
        python = install(folder, request.param.python)
    except NoInterpreterError as missing:
        pytest.skip(str(missing))
    home = folder / "home"
    shutil.copytree(repository / "examples", home / "examples")
    for name in ("cloudtrail", "logs"):
        (home / name).mkdir()
        shutil.copy(home / "examples/records.jsonl", home / name)
    shutil.copy(home / "examples/records.jsonl", home / "signins.jsonl")
    subprocess.run(["gzip", "signins.jsonl"], cwd=home, check=True)
    shutil.copy(home / "examples/tuning.toml", home / "new-tuning.toml")
    return python.parent / "gatewatch", home, request.param


# Runs inside the environment: each command line in a child that has imported the library already, on a terminal of its own.
TYPIST = """
import json, os, pty, sys
from gatewatch.cli.commands import own
from gatewatch.cli import main
own()
said = []
for argv in json.load(sys.stdin):
    child, terminal = pty.fork()
    if not child:
        code = main(argv)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    said.append((os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode(sys.stdout.encoding)))
json.dump(said, sys.stdout)
"""


def typed(door, lines: list[str]) -> list[tuple[int, str]]:
    """Run command lines on a terminal; the exit code of each, and everything that it showed."""
    command, home, terminal = door
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm", "NO_COLOR": "1", "PYTHONIOENCODING": terminal.encoding,
        "COLUMNS": str(terminal.columns), "LINES": "40",
    }  # fmt: skip
    argv = [str(command.parent / "python"), "-c", TYPIST]
    given = json.dumps([shlex.split(line)[1:] for line in lines])
    done = subprocess.run(argv, cwd=home, env=environment, input=given, capture_output=True, text=True, check=True)
    return [(code, shown) for code, shown in json.loads(done.stdout)]


def test_every_command_that_is_shown_works(door, repository: Path):
    command, home, terminal = door
    subprocess.run([str(command), "replay", "examples/records.jsonl"], cwd=home, capture_output=True, check=True)
    listed = subprocess.run([str(command), "alerts", "list"], cwd=home, capture_output=True, text=True, check=True).stdout
    alert = listed.splitlines()[1].split()[0]
    lines = []
    for line in commands(repository):
        for example, own in {**INSTEAD, "3f9a1c": alert}.items():
            line = line.replace(example, own)  # noqa: PLW2901 - an example becomes the reader's own command line
        lines.append(line)

    wrong: dict[str, object] = {}
    for line, (code, said) in zip(lines, typed(door, lines), strict=True):
        expected = USAGE if NEEDS_A_SERVER.match(line) else 0
        drawn = [re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", one) for one in re.split(r"[\r\n]+", said) if not one.startswith(("{", "["))]
        too_wide = [one for one in drawn if len(one) > terminal.columns and not TO_COPY.match(line) and not NEXT.match(one)]
        if code != expected or "Traceback" in said or too_wide:
            wrong[line] = (code, too_wide[:3], said[-300:])

    assert wrong == {}


def test_a_python_module_and_a_command_are_the_same(door):
    command, home, _ = door
    said = [
        subprocess.run([*argv, "--version"], cwd=home, capture_output=True, text=True, check=True).stdout
        for argv in ([str(command)], [str(command.parent / "python"), "-m", "gatewatch"])
    ]

    assert said[0] == said[1]
    assert re.fullmatch(r"gatewatch \d+\.\d+\.\d+\n", said[0])


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        pytest.param("gatewatch deadletter list https://sqs.eu-west-1.amazonaws.com/111122223333/dead", "aws", id="SQS"),
        pytest.param("gatewatch deadletter list https://account.queue.core.windows.net/dead", "azure", id="Azure Storage"),
    ],
)
def test_a_missing_extra_is_named_with_the_way_to_get_it(door, line, extra):
    command, home, _ = door
    done = subprocess.run([str(command), *line.split()[1:]], cwd=home, capture_output=True, text=True, check=False)

    assert done.returncode == USAGE
    assert f"pip install 'gatewatch[{extra}]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_it_says_its_version_without_importing_the_library(door):
    command, home, _ = door
    program = "import sys; from gatewatch.cli import main; main(['--version']); print(sorted(n for n in sys.modules if '.' in n))"
    said = subprocess.run(
        [str(command.parent / "python"), "-c", program], cwd=home, capture_output=True, text=True, check=True
    ).stdout.splitlines()[1]

    assert [name for name in eval(said) if name.startswith(("gatewatch.", "msgspec", "rich"))] == ["gatewatch.cli"]  # noqa: S307 - our own print


def test_every_hint_names_an_extra_that_brings_the_module(repository: Path):
    extras = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]

    for module, extra in EXTRAS.items():
        brought = " ".join(extras[extra]).replace("-", "_")
        assert module in brought or module in {"botocore", "kiota_abstractions"}, module  # what boto3 and msgraph-sdk bring
