"""Every command of this checkout: the library's and those that pyproject.toml lists for the hosts, whatever the environment was installed from."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

from gatewatch.cli.command import Command
from gatewatch.cli.commands import GROUP, available

ROOT = Path(__file__).resolve().parents[2]


def commands() -> list[Command]:
    """All of them."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][GROUP]
    return available(None, [EntryPoint(name, value, GROUP) for name, value in listed.items()])[0]
