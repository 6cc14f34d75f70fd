"""One parser, one place that turns an error into a message with its fix and an exit code."""

import argparse
import errno
import re
import sys
from collections.abc import Iterable, Sequence
from contextvars import copy_context

from .. import __version__
from ..errors import ConfigError, GatewatchError
from .command import USAGE, Command
from .commands import available
from .extras import how_to_install
from .profiles import Choice, choose
from .quick_imports import quick_imports
from .screen import Screen

_GLOBAL = frozenset({"--config", "--profile"})
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")  # what the system makes of bytes that are no UTF-8
_SHOWN_CHARS = 120
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
DESCRIPTION = "Sees the moment a valid identity enters a cloud control plane, and explains why it minds."


def run(argv: Sequence[str], screen: Screen | None = None) -> int:
    """Run one command: 0 done, 1 something did not do what it should, 2 usage or configuration."""
    where = Screen.standard() if screen is None else screen
    asked = _line(argv)
    with quick_imports():
        commands, missing = available(asked[0] if asked else None)
    for name, how in missing.items():
        if name.split() == asked[: len(name.split())]:
            where.note(f"gatewatch {name}: {how}")
            return USAGE
    try:
        options = parser(commands).parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    context = copy_context()
    context.run(choose, Choice(options.config, options.profile_name))
    try:
        return context.run(_run, options, where)
    except ValueError:
        unreadable = next((word for word in argv if _NO_TEXT.search(word)), None)
        if unreadable is None:
            raise
        where.note(f"gatewatch {options.command.name}: {unreadable[:_SHOWN_CHARS]!a} holds bytes that are no UTF-8 text")
        return USAGE


def _line(argv: Sequence[str]) -> list[str]:
    """The command line from the first word of the command on: what follows the options that stand before it."""
    left = iter(argv)
    for word in left:
        if not word.startswith("-"):
            return [word, *left]
        if word in _GLOBAL:
            next(left, None)
    return []


def _run(options: argparse.Namespace, screen: Screen) -> int:
    command: Command = options.command
    try:
        return command.run(options, screen)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has left: not a fault, and nothing more to say
        return 0
    except KeyboardInterrupt:
        screen.note("interrupted; nothing that was written is lost, run the same command again")
        return 130
    except (GatewatchError, OSError, ModuleNotFoundError) as error:
        said = _said(error)
        if not said:
            raise
        for line in said:
            screen.note(f"gatewatch {command.name}: {line}")
    return USAGE


def _said(error: Exception) -> list[str]:
    """What a person reads instead of a traceback, with the fix; empty for what is a fault of this program."""
    match error:
        case ConfigError():
            return list(error.problems)
        case GatewatchError():
            return [str(error)]
        case ModuleNotFoundError():
            hint = how_to_install(error.name)
            return [hint] if hint else []
        case FileNotFoundError():
            return [f"{error.filename}: there is no such file or folder"]
        case IsADirectoryError():
            return [f"{error.filename} is a folder; name a file in it"]
        case PermissionError():
            return [f"{error.filename}: may not be read or written by this user"]
        case OSError() if error.filename is not None or error.errno in _FULL:
            return [f"{str(error.filename or 'the disk')[:_SHOWN_CHARS]}: {error.strerror}"]
        case _:
            return []


def parser(commands: Iterable[Command]) -> argparse.ArgumentParser:
    """The whole command line, every command with its summary and example."""
    top = argparse.ArgumentParser(prog="gatewatch", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action="version", version=f"gatewatch {__version__}")
    top.add_argument("--config", metavar="FILE", help="a settings file (default: the one that gatewatch init writes)")
    top.add_argument("--profile", metavar="NAME", dest="profile_name", help="a profile of the settings file")
    subcommands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {"": subcommands}
    for command in commands:
        *parents, name = command.name.split()
        for depth in range(1, len(parents) + 1):
            group = " ".join(parents[:depth])
            if group not in groups:
                groups[group] = _group(groups[" ".join(parents[: depth - 1])], group)
        _add(groups[" ".join(parents)], name, command)
    return top


def find(top: argparse.ArgumentParser, name: str) -> argparse.ArgumentParser:
    """The parser of one command, by its name of one or more words."""
    found = top
    for word in name.split():
        (action,) = (a for a in found._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001 - argparse has no other way in
        found = action.choices[word]
    return found


def _group(
    subcommands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    summary = f"commands on {name}"
    return subcommands.add_parser(name.rsplit(maxsplit=1)[-1], help=summary, description=summary).add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )


def _add(home: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, command: Command) -> None:
    made = home.add_parser(
        name,
        help=command.summary,
        description=command.summary,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(made)
    made.epilog = "\n\n".join(part for part in (made.epilog, f"example:\n  {command.example}") if part)
    made.set_defaults(command=command)
