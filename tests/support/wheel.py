"""A virtual environment of one Python version with the built wheel, where this machine has that interpreter."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class NoInterpreterError(Exception):
    """The asked Python was not found; nothing is downloaded for a test."""


def interpreter(version: str) -> str:
    """The first Python of this version that runs: the one of these tests, on the path, of pyenv, of uv."""
    for found in _candidates(version):
        program = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
        done = subprocess.run([found, "-c", program], capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return found
    raise NoInterpreterError(f"no Python {version} is installed here")


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    for root in (os.environ.get("PYENV_ROOT"), Path.home() / ".pyenv"):
        yield from map(str, sorted(Path(root or "").glob(f"versions/{version}*/bin/python{version}")))
    done = subprocess.run(
        [uv(), "python", "find", "--no-project", "--system", "--no-python-downloads", version], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        yield done.stdout.strip()


def uv() -> str:
    """The installer that `make setup` found or fetched."""
    return shutil.which("uv") or str(ROOT / ".venv-uv" / "bin" / "uv")


def build(folder: Path) -> Path:
    """The wheel of this checkout, built into a folder."""
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(argv, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("gatewatch-*.whl")
    return wheel


def install(folder: Path, version: str) -> Path:
    """Build the wheel, install it alone at the locked versions, and return the environment's interpreter."""
    python = interpreter(version)
    wheel = build(folder)
    subprocess.run([uv(), "venv", "--quiet", "--no-project", "--python", python, str(folder / "venv")], check=True)
    inside = folder / "venv" / "bin" / "python"
    argv = ["--constraint", "requirements/dev.txt", f"gatewatch @ {wheel.as_uri()}"]
    subprocess.run([uv(), "pip", "install", "--quiet", "--no-config", "--python", str(inside), *argv], cwd=ROOT, check=True)
    return inside
