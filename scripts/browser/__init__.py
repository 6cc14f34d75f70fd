"""A real browser for pages of ours: Chromium of the system, driven by the Node tools of this repository."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from scripts.local_cloud.node import NodeMissing, install

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
VISIT = Path(__file__).with_name("visit.mjs")
SECONDS = 180
ROOT = 0


class BrowserMissing(Exception):  # noqa: N818 - named for the state, as callers read it
    """There is no Chromium, or no Node to drive it; says which."""


def executable() -> str:
    """The browser. In CI one that is missing is installed from the system's packages.

    Raises:
        BrowserMissing: there is none.
    """
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI") and os.geteuid() == ROOT and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium", "fonts-inter", "fonts-jetbrains-mono"]):
            subprocess.run(["apt-get", "--quiet", *arguments], env=quiet, check=False, capture_output=True)
        found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise BrowserMissing("no Chromium: apt-get install chromium")
    return found


def visit(page: Path, *steps: dict[str, Any], **options: int | str) -> dict[str, Any]:
    """Open a file and do these steps; ``opened`` (milliseconds), ``console``, ``requests`` and a result for each step.

    Raises:
        BrowserMissing: there is no browser, or nothing to drive it.
        RuntimeError: a step failed; says how.
    """
    try:
        node = install()
    except NodeMissing as missing:
        raise BrowserMissing(str(missing)) from missing
    job = {"executable": executable(), "url": page.resolve().as_uri(), "steps": steps, **options}
    done = subprocess.run([node, VISIT], input=json.dumps(job), capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found
