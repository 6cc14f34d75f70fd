"""Every command there is: the library's own, by hand, and those that adapters bring by entry point."""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from . import alerts, deadletter, demo, elastic, explain, person, policy, replay, respond, rules, simulate, stats, tuning
from .check import command as check
from .command import Command

GROUP = "gatewatch.commands"

OWN: tuple[Command, ...] = (
    replay.COMMAND,
    *alerts.COMMANDS,
    *respond.COMMANDS,
    *stats.COMMANDS,
    person.COMMAND,
    explain.COMMAND,
    check.COMMAND,
    rules.COMMAND,
    *tuning.COMMANDS,
    *policy.COMMANDS,
    *elastic.COMMANDS,
    *deadletter.COMMANDS,
    demo.COMMAND,
    simulate.COMMAND,
)


def available(points: Iterable[EntryPoint] | None = None) -> tuple[list[Command], dict[str, str]]:
    """All commands, and for those whose extra is not installed how to get them.

    An entry point is named after its command (``poll``) and gives one ``Command`` or several of that group.
    """
    found = list(OWN)
    missing: dict[str, str] = {}
    for point in sorted(entry_points(group=GROUP) if points is None else points, key=lambda p: p.name):
        try:
            found += _load(point)
        except ImportError as error:
            extra = point.module.partition("_")[0]  # a host's folder is named after its extra: aws_lambda, azure_function
            missing[point.name] = f"needs what is not installed ({error.name}): pip install 'gatewatch[{extra}]'"
    return found, missing


def _load(point: EntryPoint) -> tuple[Command, ...]:
    given = point.load()
    return (given,) if isinstance(given, Command) else tuple(given)
