"""The tuning: what a security team sets without changing code. Typed records, and the file that they are read from."""

from ..model.text import fold
from .entries import EVERY_RULE, AllowlistEntry, AllowlistMatch
from .tuning import Tuning

__all__ = ["EVERY_RULE", "AllowlistEntry", "AllowlistMatch", "Tuning", "fold"]
