"""The base itself: locks, layout and the import contracts hold, and a breach turns the check red."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


def lint_imports(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command; sys.argv[0] = 'lint-imports'; lint_imports_command()",
        "--no-cache",
    ]
    environment = {"PYTHONPATH": f"{checkout / 'shared'}:{checkout}", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(repository, tmp_path) -> Path:
    for folder in ("shared", "aws_lambda", "azure_function"):
        shutil.copytree(repository / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repository / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_contracts_hold(copy):
    result = lint_imports(copy)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("shared/gatewatch/model/enums.py", "import boto3", id="an SDK in the shared library"),
        pytest.param("shared/gatewatch/model/enums.py", "from gatewatch.providers import rule", id="the model looking up"),
        pytest.param("azure_function/__init__.py", "import aws_lambda", id="one cloud importing the other"),
    ],
)
def test_a_planted_breach_turns_the_contracts_red(copy, path, line):
    target = copy / path
    target.write_text(f"{target.read_text()}\n{line}\n")

    result = lint_imports(copy)

    assert result.returncode == 1
    assert "BROKEN" in result.stdout


def test_the_locks_agree_with_their_inputs(repository):
    result = subprocess.run([sys.executable, "scripts/lock.py", "--check"], cwd=repository, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


def test_every_ruff_exception_has_its_reason(repository):
    text = (repository / "pyproject.toml").read_text()
    section = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.flake8-tidy-imports")]
    codes = [line for line in section.splitlines() if line.strip().startswith('"') and "=" not in line]

    assert [line for line in codes if "#" not in line] == []


def test_the_shared_root_holds_exactly_one_package(repository):
    assert [path.name for path in (repository / "shared").iterdir() if path.is_dir() and path.name != "__pycache__"] == ["gatewatch"]


def test_the_four_promised_extras_are_there(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]

    assert {"aws", "azure", "cli", "elastic"} <= set(project["optional-dependencies"])
