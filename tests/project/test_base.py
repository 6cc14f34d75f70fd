"""The base itself: locks, layout and the exceptions of the linter."""

import subprocess
import sys
import tomllib


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


def test_the_extras_of_both_hosts_are_there(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]

    assert {"aws", "azure"} <= set(project["optional-dependencies"])
