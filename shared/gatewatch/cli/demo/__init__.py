"""`gatewatch demo`: one attack, played through the real runtimes where they are here, in process where not."""

from .command import COMMAND

__all__ = ["COMMAND"]
