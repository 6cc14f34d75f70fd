"""`gatewatch simulate`: the records that a behaviour leaves behind, and whether somebody is notified about it."""

from .command import COMMAND

__all__ = ["COMMAND"]
