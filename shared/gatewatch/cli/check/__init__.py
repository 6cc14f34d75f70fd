"""`gatewatch check`: case files run through the real pipeline."""

from .command import COMMAND

__all__ = ["COMMAND"]
