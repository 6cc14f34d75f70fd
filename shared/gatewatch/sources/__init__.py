"""Raw records in, typed events out: the only code that knows what vendors write."""

from .detect import decode, event

__all__ = ["decode", "event"]
