"""`make demo` needs nothing under tests/."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import copy_without_tests, make

FOLDERS = ("shared", "aws_lambda", "azure_function", "scripts")


def imported(file: Path) -> set[str]:
    """The top-level names that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


@pytest.fixture
def offline(repository, tmp_path) -> Path:
    """A copy without tests whose set-up script can fetch nothing."""
    checkout = copy_without_tests(repository, tmp_path / "checkout")
    (checkout / "scripts" / "setup.sh").write_text("#!/bin/sh\necho 'no network here' >&2\nexit 1\n")
    return checkout


def test_the_story_is_told_without_tests_and_without_a_network(offline):
    done = make(offline, "demo", path="")

    assert done.returncode == 0, done.stderr
    assert "not on the real runtime: the Lambda runtime did not start: .venv-sam could not be made: no network here" in done.stdout
    assert "not on the real runtime: Node and npm are not installed" in done.stdout
    assert "CRITICAL 92  xcloud_entra_risk_then_aws" in done.stdout
    assert (offline / "build/demo/gatewatch.sqlite").is_file()


def test_what_the_demo_says_to_type_next_can_be_typed(repository, offline):
    shown = make(offline, "demo", path="").stdout.partition("Look at it:\n")[2].splitlines()

    assert len(shown) == 3
    beside = str(Path(sys.executable).with_name("gatewatch"))
    assert "\n".join(shown).replace(beside, ".venv/bin/gatewatch") in (repository / "README.md").read_text("utf-8")
    for line in shown:
        done = subprocess.run(line.strip(), shell=True, cwd=offline, capture_output=True, text=True, check=False)  # noqa: S602 - as people do
        assert done.returncode == 0, done.stderr
        assert done.stdout or "gatewatch-report.html" in done.stderr


def test_nothing_outside_tests_imports_them(repository):
    matrix = repository / "scripts/prove/matrix"  # a campaign of the tests' own real parts, which the demo never runs
    files = [file for folder in FOLDERS for file in (repository / folder).rglob("*.py") if matrix not in file.parents]

    assert len(files) > 100
    assert [str(file.relative_to(repository)) for file in files if "tests" in imported(file)] == []
