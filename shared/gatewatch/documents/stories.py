"""What people read about a rule, by its id."""

from ..rule import Story
from ..rules import BY_ID


def story(rule: str) -> Story | None:
    """The story of a rule of this version; None for a rule that only a stored alert still knows."""
    found = BY_ID.get(rule)
    return None if found is None else found.story


def title(rule: str) -> str:
    """The rule's title, else its id: low in cardinality, never written by an attacker."""
    found = story(rule)
    return rule if found is None else found.title
