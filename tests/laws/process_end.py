"""How a process ends in the middle of its work."""

from typing import NamedTuple


class KilledError(BaseException):
    """The process ended here: nothing in it runs any more, and nothing catches it."""


class Kill(NamedTuple):
    """Where a process ends: at which of its calls to the world, and whether that call still took effect."""

    call: int
    after: bool
