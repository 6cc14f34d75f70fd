"""Every detection, provider by provider. Tier, then the place in its provider's list, breaks ties of which rule names an alert."""

from .aws.rules import RULES as AWS
from .cross.rules import PAIR_RULES
from .cross.rules import RULES as CROSS
from .endpoint.rules import RULES as ENDPOINT
from .entra.rules import RULES as ENTRA
from .rule import PairRule, Rule

__all__ = ["BY_ID", "CANCELLED_BY_CLOSING", "CATALOGUE_ORDER", "PAIR_RULES", "RULES"]

RULES: tuple[Rule, ...] = tuple(sorted((*AWS, *ENTRA, *ENDPOINT, *CROSS), key=lambda rule: rule.story.tier))

_ALL: tuple[Rule | PairRule, ...] = (*RULES, *PAIR_RULES)

BY_ID: dict[str, Rule | PairRule] = {rule.id: rule for rule in _ALL}

CATALOGUE_ORDER: dict[str, int] = {rule_id: place for place, rule_id in enumerate(BY_ID)}

# Entra's own closing (remediated, dismissed, confirmed safe) takes these back; a break-glass sign-in stays one.
CANCELLED_BY_CLOSING: frozenset[str] = frozenset(rule.id for rule in RULES if rule.id.startswith("entra_"))
