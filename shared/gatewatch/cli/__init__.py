"""The `gatewatch` command. It imports what the command line asks for, and for `--version` nothing."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import __version__

if TYPE_CHECKING:
    from .screen import Screen

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None, screen: "Screen | None" = None) -> int:
    """Run one command: 0 done, 1 something did not do what it should, 2 usage or configuration."""
    argv = sys.argv[1:] if arguments is None else list(arguments)
    if argv == ["--version"]:
        print(f"gatewatch {__version__}")  # noqa: T201 - the result of this command
        return 0
    from .quick_imports import quick_imports  # noqa: PLC0415 - see above

    with quick_imports():
        from .program import run  # noqa: PLC0415 - same

    return run(argv, screen)
