"""What a security team sets without touching code: the typed tuning, and its file."""

from ..model.text import fold
from .entries import EVERY_RULE, AllowlistEntry, AllowlistMatch
from .tuning import Tuning

__all__ = ["EVERY_RULE", "AllowlistEntry", "AllowlistMatch", "Tuning", "fold"]
