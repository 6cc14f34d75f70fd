"""What people read about a rule, by its id."""

from collections.abc import Iterable

from ..providers.catalogue import BY_ID, CORRELATION, provider_named
from ..providers.rule import RuleMetadata


def metadata_of(rule: str) -> RuleMetadata | None:
    """The story of a rule of this version; None for a rule that only a stored alert still knows."""
    found = BY_ID.get(rule)
    return None if found is None else found.metadata


def title(rule: str) -> str:
    """The rule's title, else its id: low in cardinality, never written by an attacker."""
    found = metadata_of(rule)
    return rule if found is None else found.title


def controls(rules: Iterable[str]) -> list[str]:
    """The CSA CCM 4.1 controls that these rules give evidence about, each once; a rule that is gone names none."""
    return list(dict.fromkeys(control for rule in rules if (found := metadata_of(rule)) is not None for control in found.controls))


def first_steps(rule: str, family: str) -> tuple[str, ...]:
    """What a responder does first: the rule's own steps, else those of the alert's family: its provider's, or those for pairs."""
    found = metadata_of(rule)
    if found is not None and found.first_steps:
        return found.first_steps
    provider = provider_named(family)
    return provider.first_steps if provider is not None else CORRELATION.first_steps
