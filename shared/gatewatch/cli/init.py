"""`gatewatch init`: a settings file with profiles."""

from argparse import ArgumentParser, Namespace

from . import profiles, wiring
from .command import DONE, Command
from .screen import Screen


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--print", action="store_true", help="show the file instead of writing it")


def _run(options: Namespace, screen: Screen) -> int:
    text = profiles.template(wiring.SETTINGS)
    if options.print:
        screen.text(text)
        return DONE
    file = wiring.settings_file()
    profiles.write(file, text)
    screen.line(f"wrote {file}: uncomment what you need")
    return DONE


COMMAND = Command(
    "init", "write a settings file with profiles, into your own configuration folder", "gatewatch init --print", _arguments, _run
)
