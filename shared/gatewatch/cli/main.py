"""One parser, one place that turns an error into a message with its fix and an exit code."""

import argparse
import sys
from collections.abc import Sequence

from gatewatch import __version__

USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 done, 1 a check failed, 2 usage or configuration."""
    parser = argparse.ArgumentParser(
        prog="gatewatch", description="Sees valid identities entering cloud control planes, and explains why it minds."
    )
    parser.add_argument("--version", action="version", version=f"gatewatch {__version__}")
    parser.parse_args(arguments)
    parser.print_usage(sys.stderr)
    return USAGE
