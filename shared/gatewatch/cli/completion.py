"""`gatewatch completion`: the words and options of every command for a shell."""

from argparse import ArgumentParser, Namespace

from .command import DONE, Command
from .screen import Screen

SHELLS = ("bash", "zsh")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help='bash: add  eval "$(gatewatch completion bash)"  to ~/.bashrc')


def _run(options: Namespace, screen: Screen) -> int:
    import shtab  # noqa: PLC0415 - only this command needs it

    from .commands import available  # noqa: PLC0415 - this module is one of them
    from .program import parser  # noqa: PLC0415 - same

    screen.out.write(shtab.complete(parser(available()[0]), options.shell) + "\n")
    return DONE


COMMAND = Command("completion", "print what completes commands and options in a shell", "gatewatch completion bash", _arguments, _run)
