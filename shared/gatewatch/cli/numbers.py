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


def _days(text: str) -> int:
    """Days from 1 to a hundred years: what a date can carry."""
    found = ONE_OR_MORE(text)
    if found > _CENTURY_DAYS:
        raise ArgumentTypeError(f"{text!r} is more than {_CENTURY_DAYS} days")
    return found


_CENTURY_DAYS = 36_500
ANY = at_least(0)
ONE_OR_MORE = at_least(1)
DAYS = _days
