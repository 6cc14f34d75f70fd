"""The artifact as `sam build` makes it, for this machine, rebuilt when a source changed. Nothing here touches `.aws-sam`."""

import fcntl
import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "template.yaml",
    "aws_lambda",
    "shared/gatewatch",
    "requirements/sam.txt",
    "scripts/package_aws.sh",
    "scripts/bundle_byte_code.py",
)


class Artifact(NamedTuple):
    """What Lambda would unpack: the function at /var/task, the layer at /opt."""

    function: Path
    layer: Path
    template: Path

    @property
    def path(self) -> str:
        """The import path of the Lambda runtime, without the runtime's own."""
        return f"{self.function}{os.pathsep}{self.layer / 'python'}"


class CannotBuildError(Exception):
    """The artifact cannot be built here; the message says why."""


def architecture() -> str:
    """This machine, in AWS's words."""
    return {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")


def environment(name: str, lock: str) -> Path:
    """A virtual environment of the repository's own, made from its lock when it is missing or older than that."""
    venv = ROOT / name
    ready, wanted = venv / ".ready", ROOT / lock
    (ROOT / "build").mkdir(exist_ok=True)
    with _locked(ROOT / "build" / f"{name[1:]}.lock"):
        if not ready.is_file() or ready.stat().st_mtime < wanted.stat().st_mtime:
            done = subprocess.run(["scripts/setup.sh", name, lock], cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode:
                raise CannotBuildError(f"{name} could not be made: {done.stderr.strip()[-500:]}")
    return venv


def build(arch: str | None = None) -> Artifact:
    """The built artifact, with byte code in it, as `make package-aws` ships it."""
    arch = arch or architecture()
    target = ROOT / "build" / f"lambda-{arch}"
    target.mkdir(parents=True, exist_ok=True)
    stamp = target / "inputs.txt"
    with _locked(target / "lock"):
        wanted = _digest()
        if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
            stamp.unlink(missing_ok=True)
            _sam_build(arch, target)
            stamp.write_text(wanted, "utf-8")
    return Artifact(target / "out" / "Detector", target / "out" / "SharedLayer", target / "out" / "template.yaml")


def _sam_build(arch: str, target: Path) -> None:
    venv = environment(".venv-sam", "requirements/sam.txt")
    done = subprocess.run(
        ["scripts/package_aws.sh", str(target), arch],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SAM_VENV": str(venv)},
    )
    if done.returncode:
        raise CannotBuildError(f"sam build failed: {done.stderr.strip()[-1500:]}")


def _digest() -> str:
    whole = hashlib.sha256(sys.version.encode())
    for file in _sources():
        whole.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return whole.hexdigest()


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        place = ROOT / name
        if place.is_file():
            yield place
        else:
            yield from sorted(f for f in place.rglob("*") if f.is_file() and "__pycache__" not in f.parts)


class _locked:  # noqa: N801 - reads as a statement
    """Only one process builds at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> None:
        self._handle = self._file.open("w")
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._handle.close()
