"""Writes and checks the hash-pinned locks: `make lock` (needs a package index), `scripts/lock.py --check` (needs no network).

Each lock says in its first line which inputs it was made from; the check recomputes that, so a changed dependency without a new lock fails
offline. A lock names packages, versions and hashes only: never an index, a host or a path.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Made by `make lock`; inputs {digest}. Names no index: hashes decide what is installed.\n"
LAMBDA_RUNTIME = ("boto3", "botocore", "python-dateutil", "s3transfer", "six")
COMMAND_LINE = ("jinja2", "rich", "markdown-it-py", "mdurl", "pygments", "shtab", "zstandard")
"""What only the command line uses: no host ships it."""
OF_TEMPLATES = ("markupsafe",)
"""What templates bring along; azure-functions needs it too."""
FORBIDDEN = re.compile(r"--(?:index|extra-index|find-links)|https?://|file:|(?<![\w.])/(?:\w+/)")


class Lock(NamedTuple):
    """One lock: where it is written, what it is made from, and which part of pyproject.toml decides it."""

    output: str
    arguments: tuple[str, ...]
    source: str = "pyproject.toml"
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def locks() -> list[Lock]:
    """Every lock of this repository: the tools that pin boto3 have their own (`requirements/*.in`), all else is one."""
    every = tuple(_project()["optional-dependencies"])
    found = [Lock("requirements/dev.txt", ("--all-extras", "--group", "dev"), extras=every, groups=("dev",))]
    found += [
        Lock(f"requirements/{source.stem}.txt", (), source=f"requirements/{source.name}")
        for source in sorted((ROOT / "requirements").glob("*.in"))
    ]
    found.append(Lock("requirements/command-line.txt", ("--constraint", "requirements/dev.txt", "--no-annotate")))
    shipped = ("--constraint", "requirements/dev.txt", "--no-annotate")
    # The Lambda runtime brings boto3 (17 MB): the artifact leaves it, and what only it needs, out.
    found.append(
        Lock(
            "aws_lambda/requirements.txt",
            ("--extra", "aws", *shipped, *without(*LAMBDA_RUNTIME, *COMMAND_LINE, *OF_TEMPLATES)),
            extras=("aws",),
        )
    )
    found.append(Lock("azure_function/requirements.txt", ("--extra", "azure", *shipped, *without(*COMMAND_LINE)), extras=("azure",)))
    return found


def without(*names: str) -> tuple[str, ...]:
    """The arguments that keep these packages out of a lock."""
    return tuple(part for name in names for part in ("--no-emit-package", name))


def _pyproject() -> dict[str, dict]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _project() -> dict[str, dict]:
    return _pyproject()["project"]


def digest(lock: Lock) -> str:
    """Sixteen hex digits over everything that decides the lock."""
    if lock.source != "pyproject.toml":
        inputs: object = (ROOT / lock.source).read_text("utf-8").split()
    else:
        whole = _pyproject()
        extras = {name: whole["project"]["optional-dependencies"][name] for name in lock.extras}
        groups = {name: whole["dependency-groups"][name] for name in lock.groups}
        inputs = [whole["project"]["dependencies"], whole["project"]["requires-python"], extras, groups, lock.arguments]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]


def write(lock: Lock, uv: str, *, upgrade: bool) -> None:
    """Resolve one lock for every platform and stamp it."""
    target = ROOT / lock.output
    command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--python-version", "3.13"]
    command += [*lock.arguments, "--output-file", lock.output, lock.source]
    subprocess.run([*command, *(["--upgrade"] if upgrade else [])], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    target.write_text(HEADER.format(digest=digest(lock)) + target.read_text("utf-8"), "utf-8")
    print(f"locked {lock.output}")


def problems(lock: Lock) -> list[str]:
    """What is wrong with a committed lock; empty when it is what its inputs ask for."""
    target = ROOT / lock.output
    if not target.is_file():
        return [f"{lock.output} is missing: run make lock"]
    first, _, body = target.read_text("utf-8").partition("\n")
    found = []
    if first + "\n" != HEADER.format(digest=digest(lock)):
        found.append(f"{lock.output} was made from other inputs than {lock.source} has now: run make lock")
    found += [f"{lock.output} names an index, an address or a path: {line.strip()}" for line in body.splitlines() if FORBIDDEN.search(line)]
    pins = [block for block in re.split(r"\n(?=\S)", body) if block and not block.startswith("#")]
    found += [f"{lock.output} has an entry without a hash: {pin.split()[0]}" for pin in pins if "--hash=sha256:" not in pin]
    return found


def _find_uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=os.fspath(ROOT / ".venv-uv" / "bin"))
    if found is None:
        sys.exit("lock: uv was not found; `make setup` brings it")
    return found


def main() -> int:
    """0 when the locks are written or right, 1 when a check found a problem."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare the committed locks with their inputs, offline")
    parser.add_argument("--upgrade", action="store_true", help="take newer versions where the inputs allow them")
    parser.add_argument("--only", default="", help="one output file, such as requirements/dev.txt")
    options = parser.parse_args()
    chosen = [lock for lock in locks() if options.only in {"", lock.output}]
    if options.check:
        found = [problem for lock in chosen for problem in problems(lock)]
        print("\n".join(found) or f"{len(chosen)} locks agree with their inputs", file=sys.stderr if found else sys.stdout)
        return 1 if found else 0
    uv = _find_uv()
    for lock in chosen:
        write(lock, uv, upgrade=options.upgrade)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
