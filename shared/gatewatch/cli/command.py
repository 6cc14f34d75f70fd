"""What a command is. Commands of the library are listed in `commands.py`; an adapter adds its own through `gatewatch.commands`."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import NamedTuple

from .screen import Screen

DONE = 0
FAILED = 1  # a case or a record did not do what it should
USAGE = 2  # wrong arguments, settings or files


class Command(NamedTuple):
    """One command, one file. ``name`` may be two words ("alerts list"); ``example`` is a whole command line and is run by a test."""

    name: str
    summary: str
    example: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Screen], int]
