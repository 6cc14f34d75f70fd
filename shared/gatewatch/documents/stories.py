"""What people read about a rule, by its id."""

from collections.abc import Iterable

from ..providers.catalogue import BY_ID
from ..providers.controls import controls_of
from ..providers.rule import Story


def story(rule: str) -> Story | None:
    """The story of a rule of this version; None for a rule that only a stored alert still knows."""
    found = BY_ID.get(rule)
    return None if found is None else found.story


def title(rule: str) -> str:
    """The rule's title, else its id: low in cardinality, never written by an attacker."""
    found = story(rule)
    return rule if found is None else found.title


def controls(rules: Iterable[str]) -> list[str]:
    """The CSA CCM 4.1 controls that these rules give evidence about, each once."""
    return list(dict.fromkeys(control for rule in rules for control in controls_of(rule)))
