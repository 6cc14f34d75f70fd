"""What a security team sets without touching code: the typed tuning, and its file."""

from .tuning import AllowlistEntry, Match, Tuning, fold

__all__ = ["AllowlistEntry", "Match", "Tuning", "fold"]
