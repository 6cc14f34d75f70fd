"""A virtual environment of Python 3.12 with the built wheel, where this machine has that interpreter."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = "3.12"


class NoInterpreterError(Exception):
    """No Python 3.12 was found; nothing is downloaded for a test."""


def interpreter() -> str:
    """The first Python 3.12 that runs: on the path, of pyenv, of uv."""
    for found in _candidates():
        done = subprocess.run(
            [found, "-c", "import sys; print(sys.version_info[:2] == (3, 12))"], capture_output=True, text=True, check=False
        )
        if done.stdout.strip() == "True":
            return found
    raise NoInterpreterError(f"no Python {VERSION} is installed here")


def _candidates() -> Iterator[str]:
    if on_path := shutil.which(f"python{VERSION}"):
        yield on_path
    for root in (os.environ.get("PYENV_ROOT"), Path.home() / ".pyenv"):
        yield from map(str, sorted(Path(root or "").glob(f"versions/{VERSION}*/bin/python{VERSION}")))
    done = subprocess.run(
        [uv(), "python", "find", "--no-project", "--system", "--no-python-downloads", VERSION], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        yield done.stdout.strip()


def uv() -> str:
    """The installer that `make setup` found or fetched."""
    return shutil.which("uv") or str(ROOT / ".venv-uv" / "bin" / "uv")


def install(folder: Path, extras: str) -> Path:
    """Build the wheel, install it with these extras at the locked versions, and return the environment's interpreter."""
    python = interpreter()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = folder.glob("gatewatch-*.whl")
    subprocess.run([uv(), "venv", "--quiet", "--no-project", "--python", python, str(folder / "venv")], check=True)
    inside = folder / "venv" / "bin" / "python"
    argv = ["--constraint", "requirements/dev.txt", f"gatewatch[{extras}] @ {wheel.as_uri()}"]
    subprocess.run([uv(), "pip", "install", "--quiet", "--no-config", "--python", str(inside), *argv], cwd=ROOT, check=True)
    return inside
