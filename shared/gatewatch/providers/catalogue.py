"""The list of all providers and rules. A provider is one line here. Generic rooms use this catalogue and never name a provider."""

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from ..model import Detail, Event
from ..reading.fields import Fields
from .aws.provider import PROVIDER as AWS
from .cross.correlation import CORRELATION
from .dialect import Dialect, by_columns
from .endpoint.provider import PROVIDER as ENDPOINT
from .entra.provider import PROVIDER as ENTRA
from .provider import Provider
from .rule import PairRule, Rule

__all__ = [
    "ADDRESS_PROVIDERS",
    "BY_ID",
    "CANCELLED_BY_CLOSING",
    "CATALOGUE_ORDER",
    "CHAIN_REACH",
    "CONTEXT",
    "CORRELATION",
    "DETAILS",
    "DIALECTS",
    "KINDS",
    "NEVER_BY_WILDCARD",
    "PAIR_PARTS",
    "PAIR_REACH",
    "PAIR_RULES",
    "PROVIDERS",
    "RULES",
    "dialect_of",
    "dialect_of_columns",
    "has_part",
    "parts_of",
    "provider_named",
    "provider_of",
    "provider_of_kind",
]

PROVIDERS: tuple[Provider, ...] = (
    AWS,
    ENTRA,
    ENDPOINT,
)

_BY_NAME: dict[str, Provider] = {provider.name: provider for provider in PROVIDERS}
_BY_DETAIL: dict[type[Detail], Provider] = {detail: provider for provider in PROVIDERS for detail in provider.details}
_BY_KIND: dict[str, Provider] = {detail.kind(): provider for detail, provider in _BY_DETAIL.items()}

DETAILS: tuple[type[Detail], ...] = tuple(_BY_DETAIL)
"""The members of the tagged union ``Event.detail``."""

KINDS: frozenset[str] = frozenset(_BY_KIND)
"""The names of all kinds of events, as documents and case files write them."""

DIALECTS: tuple[Dialect, ...] = tuple(dialect for provider in PROVIDERS for dialect in provider.dialects)
"""Every dialect, in the order in which records are compared with them."""

_MARKS: frozenset[str] = frozenset(mark for dialect in DIALECTS for mark in dialect.marks)
_BY_MARK: dict[str, tuple[int, ...]] = {mark: tuple(place for place, one in enumerate(DIALECTS) if mark in one.marks) for mark in _MARKS}

# If two rules have equal points, the first in this list names the alert. Order of the specification's tables: by tier, then as each
# provider lists its rules.
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for rules in (*(p.rules for p in PROVIDERS), CORRELATION.rules) for rule in rules), key=lambda rule: rule.metadata.tier)
)
PAIR_RULES: tuple[PairRule, ...] = (*CORRELATION.pair_rules, *(rule for provider in PROVIDERS for rule in provider.pair_rules))

_ALL: tuple[Rule | PairRule, ...] = (*RULES, *PAIR_RULES)

BY_ID: dict[str, Rule | PairRule] = {rule.id: rule for rule in _ALL}

CATALOGUE_ORDER: dict[str, int] = {rule_id: place for place, rule_id in enumerate(BY_ID)}

# Rules that no longer match when the vendor closes the risk (remediated, dismissed, confirmed safe).
CANCELLED_BY_CLOSING: frozenset[str] = frozenset(rule.id for rule in RULES if rule.cancelled_by_closing)

# Rules that an allowlist entry with rules = "*" never suppresses, at any score.
NEVER_BY_WILDCARD: frozenset[str] = frozenset(rule.id for rule in RULES if not rule.silenced_by_wildcard)

_PARTS: dict[str, str] = {rule.id: rule.pairs_as for rule in RULES}

PAIR_REACH: dict[str, timedelta] = {
    scope: max((rule.reach for rule in PAIR_RULES if rule.scope == scope), default=timedelta()) for scope in ("person", "principal")
}
"""The longest time between the two activities of a pair, by the scope of pair rules."""

PAIR_PARTS: dict[str, frozenset[str]] = {
    scope: frozenset(part for rule in PAIR_RULES if rule.scope == scope for part in rule.parts) for scope in PAIR_REACH
}
"""The parts of which one side of a pair has one at least, by the scope of pair rules."""

CONTEXT = {detail: provider.context for provider in PROVIDERS if provider.context is not None for detail in provider.context.details}
"""The kinds of events that are only shown beside alerts."""

CHAIN_REACH: timedelta = max(
    max(provider.linking_reach for provider in PROVIDERS)
    + max(provider.related_after for provider in PROVIDERS)
    + CORRELATION.reach
    + max(PAIR_REACH.values())
    + max(rule.reach for rule in RULES),
    max(PAIR_REACH.values()) + max((part.before for part in CONTEXT.values()), default=timedelta()),
    max((part.after for part in CONTEXT.values()), default=timedelta()),
)
"""The longest time between pieces of evidence that decide one alert: the reaches of rules and providers, added up.

What is only shown stands before the earlier side of a pair or after the later one and decides nothing: nothing is added to its reach.
"""

ADDRESS_PROVIDERS: frozenset[str] = frozenset(rule.metadata.family for rule in RULES if rule.scope == "address")
"""The providers with rules on source addresses."""


def dialect_of(record: Fields) -> Dialect | None:
    """The dialect in which this record is written, or None: it is in a vendor's own form, or of no vendor."""
    if _MARKS.isdisjoint(record.data):
        return None
    places = {place for mark in _MARKS.intersection(record.data) for place in _BY_MARK[mark]}
    return next((DIALECTS[place] for place in sorted(places) if DIALECTS[place].recognise(record)), None)


def dialect_of_columns(header: Iterable[str]) -> Dialect | None:
    """The dialect of a CSV with this header, or None: then it is not known what its columns mean, and its rows are not guessed at."""
    return by_columns(DIALECTS, header)


def provider_of(event: Event) -> Provider:
    """The provider that made this event."""
    return _BY_DETAIL[type(event.detail)]


def provider_of_kind(kind: str) -> Provider | None:
    """The provider that makes this kind of event, or None."""
    return _BY_KIND.get(kind)


@lru_cache(maxsize=1_024)
def parts_of(rules: tuple[str, ...]) -> frozenset[str]:
    """The parts of these rules in pair rules (``Rule.pairs_as``)."""
    return frozenset(part for rule in rules if (part := _PARTS.get(rule, "")))


@lru_cache(maxsize=1_024)
def has_part(rules: tuple[str, ...], scope: str) -> bool:
    """Whether one of these rules has a part in pairs of this scope."""
    return not PAIR_PARTS[scope].isdisjoint(parts_of(rules))


def provider_named(name: str) -> Provider | None:
    """The provider with this name. None for the family of pairs, and for a removed provider that stored alerts still name."""
    return _BY_NAME.get(name)
