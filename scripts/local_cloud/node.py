"""The Node tools of this repository: installed from the lock when missing, skipped visibly where there is no Node."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"
MARK = MODULES / ".package-lock.json"


class NodeMissing(Exception):  # noqa: N818 - named for the state, as callers read it
    """Node or npm is not there, or npm could not install; says what was missing."""


def tool(name: str) -> list[str]:
    """The command of an installed tool. Raises ``NodeMissing``."""
    node = install()
    return [node, str((MODULES / ".bin" / name).resolve())]


def install() -> str:
    """Node's path, with node_modules as the lock says; one process installs, the others wait."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NodeMissing("Node and npm are not installed")
    lock = ROOT / "package-lock.json"
    if MARK.is_file() and MARK.stat().st_mtime >= lock.stat().st_mtime:
        return node
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with (build / ".npm-lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (MARK.is_file() and MARK.stat().st_mtime >= lock.stat().st_mtime):
            argv = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode != 0:  # what an interrupted installation left behind is in the way of the next one
                shutil.rmtree(MODULES, ignore_errors=True)
                done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise NodeMissing(f"npm ci failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
            os.utime(MARK)
    return node


if __name__ == "__main__":
    try:
        install()
    except NodeMissing as missing:
        sys.stderr.write(f"tests that need Node will be skipped: {missing}\n")
