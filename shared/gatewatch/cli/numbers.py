"""Whole numbers on a command line, refused with the reason when they are too small."""

from argparse import ArgumentTypeError
from collections.abc import Callable


def at_least(least: int) -> Callable[[str], int]:
    """What argparse takes as ``type``: a whole number from ``least`` on."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.removeprefix("-").isdigit()) or int(text) < least:
            raise ArgumentTypeError(f"{text!r} is no whole number from {least} on")
        return int(text)

    return parse


ANY = at_least(0)
ONE_OR_MORE = at_least(1)
