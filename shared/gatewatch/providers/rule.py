"""The form of a rule: one pure function of an activity and its window, with metadata for people, references and examples."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from ..model import Activity, Assessment, Detail, Outcome
from ..tuning import Tuning
from .window import Window as Window  # noqa: PLC0414 - rules get it from here

IDENTITY_RISK = "identity_risk"
"""The part of a rule that matches a risk reported by an identity provider."""

CLOUD_CLI = "cloud_cli"
"""The part of a rule that matches the authentication of a cloud command line on a host."""

NEW_COUNTRY = "new country"
"""The name of the modifier for a country that is first. A rule that counts it in its points lists it in ``counts``."""

NEW_NETWORK_OR_CLIENT = "new ASN or client"
"""The same for a network or a client that is first."""


class Modifier(Struct, frozen=True, gc=False):
    """Points that a finding or a circumstance adds to or takes from the score, with the reason that people read."""

    name: str
    points: int
    reason: str


class Finding(Struct, frozen=True, gc=False):
    """What a rule returns when it matches: base points, a reason of one sentence, and modifiers of this rule."""

    points: int
    reason: str
    modifiers: tuple[Modifier, ...] = ()


class Trigger(Struct, frozen=True):
    """Which activities a rule can match: a detail of this type, one of these actions, this outcome and one of these subjects (None: any).

    With ``first`` one feature of them at least is first.
    """

    detail: type[Detail]
    actions: frozenset[str] | None = None
    outcome: Outcome | None = None
    subjects: frozenset[str] | None = None
    first: bool = False


class Scored(Struct, frozen=True, gc=False):
    """One side of a pair. ``parts`` are the parts of its matched rules in pair rules; ``assessment`` is None when no rule matched."""

    activity: Activity
    assessment: Assessment | None
    parts: frozenset[str] = frozenset()


class Example(Struct, frozen=True):
    """A named activity with the base points that the rule must give; None means that the rule must not match."""

    name: str
    activity: Activity
    points: int | None
    window: Iterable[Activity] = ()  # may be read several times
    tuning: Tuning = Tuning()


class PairExample(Struct, frozen=True):
    """Two scored activities with the points that the pair rule must give; None means that it must not match."""

    name: str
    first: Scored
    second: Scored
    points: int | None
    tuning: Tuning = Tuning()


class RuleMetadata(Struct, frozen=True, kw_only=True):
    """The metadata of a rule, for people."""

    id: str
    title: str
    meaning: str  # one or two plain sentences for a responder
    family: str  # the provider's name, or that of the correlation
    tier: Literal[1, 2]
    attack: tuple[str, ...]  # ATT&CK technique ids
    controls: tuple[str, ...]  # CSA CCM controls that a hit gives evidence about
    references: tuple[str, ...]
    false_positives: tuple[str, ...]
    first_steps: tuple[str, ...] = ()  # what a responder does first; empty: those of the provider
    needs: tuple[str, ...] = ()  # it matches only records that have one of these fields of the vendor; not every source has them
    tag: str = ""  # a word that messages show beside the person's name ("BREAK-GLASS")


class Rule(Struct, frozen=True, kw_only=True):
    """A detection on one activity.

    ``match`` is called only for activities that fit a trigger in ``on``. Its window goes back as far as ``reach``. With scope "address" the
    window holds the activities of every principal from the same source address in the same account, and a match belongs to the alert
    of the address.
    """

    metadata: RuleMetadata
    on: tuple[Trigger, ...]
    match: Callable[[Activity, Window, Tuning], Finding | None]
    examples: tuple[Example, ...]
    reach: timedelta = timedelta()
    cancelled_by_closing: bool = False  # the rule does not match when the vendor has closed the risk (dismissed, remediated)
    silenced_by_wildcard: bool = True  # an allowlist entry with rules = "*" may suppress it
    pairs_as: str = ""  # its part in pair rules
    published: bool = False  # one of the published patterns: at least medium under the profile "published"
    counts: frozenset[str] = frozenset()  # names of modifiers that its points include: such a modifier is not added to them again
    scope: Literal["principal", "address"] = "principal"  # whose activities its window holds, and whose alert a match belongs to
    crowd: int = 1  # with scope "address": of how many principals failures are among the activity and its window in every match

    @property
    def id(self) -> str:
        """The rule id in documents, commands, playbooks, tuning and file names."""
        return self.metadata.id


class PairRule(Struct, frozen=True, kw_only=True):
    """A detection on two activities. ``match`` gets the earlier one first.

    With scope "person" the two belong to one person and to different providers, and the match has an alert of its own. With scope
    "principal" they belong to one principal of one provider, both matched a rule, and the match belongs to the alert of the principal.
    """

    metadata: RuleMetadata
    match: Callable[[Scored, Scored, Tuning], Finding | None]
    examples: tuple[PairExample, ...]
    reach: timedelta  # the longest time between the two activities
    parts: frozenset[str]  # in every match one of the two has one of these parts (``Rule.pairs_as``)
    scope: Literal["person", "principal"] = "person"

    @property
    def id(self) -> str:
        """The rule id in documents, commands, playbooks and tuning."""
        return self.metadata.id
