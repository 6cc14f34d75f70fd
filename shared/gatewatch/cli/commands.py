"""Every command there is: the library's own, by word, and those that hosts and others bring by entry point. Only what is asked for is imported."""

from collections.abc import Iterable
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING

from .command import Command

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from types import ModuleType

GROUP = "gatewatch.commands"

MODULES: dict[str, tuple[str, ...]] = {
    "replay": ("replay",),
    "prefilter": ("prefilter",),
    "alerts": ("alerts", "respond", "stats"),
    "pivot": ("pivot",),
    "case": ("case",),
    "report": ("report",),
    "person": ("person",),
    "explain": ("explain",),
    "check": ("check",),
    "rules": ("rules",),
    "tuning": ("tuning", "policy"),
    "elastic": ("elastic", "elastic_kibana"),
    "deadletter": ("deadletter",),
    "demo": ("demo",),
    "init": ("init",),
    "completion": ("completion",),
    "simulate": ("simulate",),
}
"""The first word of a command line, and the modules of this package that hold its commands (``COMMAND`` or ``COMMANDS``)."""


def own(word: str | None = None) -> list[Command]:
    """The library's commands that begin with this word; all of them for None."""
    modules = chain.from_iterable(MODULES.values()) if word is None else MODULES.get(word, ())
    return [command for name in modules for command in _commands(import_module(f".{name}", __package__))]


def available(word: str | None = None, points: "Iterable[EntryPoint] | None" = None) -> tuple[list[Command], dict[str, str]]:
    """The commands that begin with this word (all for None), and for those whose extra is not installed how to get them.

    An entry point is named after its command, with dashes between the words (``poll``, ``doctor-azure``), or after the first word of
    several. A word that no command has gives all of them.
    """
    found = own(word)
    if word in MODULES and points is None:
        return found, {}
    missing: dict[str, str] = {}
    for point in sorted(_points() if points is None else points, key=lambda p: p.name):
        if word in {None, point.name.partition("-")[0]}:
            try:
                found += _given(point.load())
            except ImportError as error:
                missing[point.name.replace("-", " ")] = (
                    f"needs what is not installed ({error.name}): pip install 'gatewatch[{_extra(point)}]'"
                )
    return (found, missing) if found or missing else available(None, points)


def _points() -> "Iterable[EntryPoint]":
    from importlib.metadata import entry_points  # noqa: PLC0415 - most command lines name a command of this package

    return entry_points(group=GROUP)


def _extra(point: "EntryPoint") -> str:
    """A host's folder is named after its extra: aws_lambda, azure_function."""
    return point.module.removeprefix("gatewatch.hosts.").partition("_")[0]


def _commands(module: "ModuleType") -> tuple[Command, ...]:
    return _given(module.COMMANDS if hasattr(module, "COMMANDS") else module.COMMAND)


def _given(commands: Command | Iterable[Command]) -> tuple[Command, ...]:
    return (commands,) if isinstance(commands, Command) else tuple(commands)
