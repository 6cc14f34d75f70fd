"""What people read about a rule, by its id."""

from ..rule import Story


def story(rule: str) -> Story | None:
    """The story of a rule of this version; None for a rule that only a stored alert still knows."""
    try:
        from ..rules import BY_ID  # noqa: PLC0415
    except ImportError:
        return None
    found = BY_ID.get(rule)
    return None if found is None else found.story


def title(rule: str) -> str:
    """The rule's title, else its id: low in cardinality, never written by an attacker."""
    found = story(rule)
    return rule if found is None else found.title
