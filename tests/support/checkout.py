"""A copy of this repository without its tests, as somebody who only wants to run it may have it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LEFT_OUT = ("tests", ".git", ".venv*", "node_modules", "build", "dist", ".aws-sam", ".cache", ".*_cache", ".hypothesis", "__pycache__")


def copy_without_tests(repository: Path, target: Path) -> Path:
    """Copy what is published; times are kept, so that what is linked from the repository counts as up to date."""
    return Path(shutil.copytree(repository, target, ignore=shutil.ignore_patterns(*LEFT_OUT)))


def make(checkout: Path, goal: str, *, path: str) -> subprocess.CompletedProcess[str]:
    """Run one goal of the copy's Makefile with this interpreter and the copy's own modules."""
    program = shutil.which("make")
    assert program, "make is not installed"
    argv = [program, "--old-file=.venv/.ready", f"PY={sys.executable}", goal]
    modules = f"{checkout / 'shared'}{os.pathsep}{checkout}"
    environment = {"PATH": path, "HOME": os.environ["HOME"], "PYTHONPATH": modules, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(argv, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
