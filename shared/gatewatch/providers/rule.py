"""What a detection is: one pure function of an activity and what surrounds it, with its story, its proof and its references."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from ..model import Activity, Assessment, Detail
from ..tuning import Tuning

IDENTITY_RISK = "identity_risk"
"""The part of a rule by which an identity provider doubts a person."""

CLOUD_CLI = "cloud_cli"
"""The part of a rule that sees a cloud command line authenticate on a host."""


class Modifier(Struct, frozen=True):
    """Points that a finding or a circumstance adds (or takes away), with the reason people read."""

    name: str
    points: int
    reason: str


class Finding(Struct, frozen=True):
    """A rule's hit: its base points, one sentence, and the modifiers only this rule knows."""

    points: int
    reason: str
    modifiers: tuple[Modifier, ...] = ()


class Window(Struct, frozen=True):
    """What the same principal did in [t - reach, t], the same second included, the activity itself left out."""

    activities: tuple[Activity, ...] = ()

    def since(self, moment: datetime) -> "Window":
        """The part of it from this moment on."""
        return Window(tuple(activity for activity in self.activities if activity.time >= moment))


class Trigger(Struct, frozen=True):
    """Events that a rule can match: those with a detail of this type and, unless ``actions`` is None, with one of these actions."""

    detail: type[Detail]
    actions: frozenset[str] | None = None


class Scored(Struct, frozen=True):
    """One side of a cross-cloud pair; ``parts`` are those that its matched rules play in pairs."""

    activity: Activity
    assessment: Assessment | None
    parts: frozenset[str] = frozenset()


class Example(Struct, frozen=True):
    """A named activity with the points the rule must give it; None is a miss. ``window`` is what came before."""

    name: str
    activity: Activity
    points: int | None
    window: tuple[Activity, ...] = ()
    tuning: Tuning = Tuning()


class PairExample(Struct, frozen=True):
    """Two scored activities with the points the pair rule must give them."""

    name: str
    first: Scored
    second: Scored
    points: int | None
    tuning: Tuning = Tuning()


class RuleMetadata(Struct, frozen=True, kw_only=True):
    """What people read about a rule."""

    id: str
    title: str
    meaning: str  # one plain sentence for a responder
    family: str  # the provider's name, or that of the correlation
    tier: Literal[1, 2]
    attack: tuple[str, ...]  # ATT&CK technique ids
    controls: tuple[str, ...]  # CSA CCM controls that a hit gives evidence about
    references: tuple[str, ...]
    false_positives: tuple[str, ...]
    first_steps: tuple[str, ...] = ()  # what a responder does first; empty: the provider's own
    tag: str = ""  # what a message says of the person beside the name ("BREAK-GLASS")


class Rule(Struct, frozen=True, kw_only=True):
    """A detection on one activity.

    It is only asked about events that fit one of its triggers, and sees what surrounds them as far back as its ``reach``.
    """

    metadata: RuleMetadata
    on: tuple[Trigger, ...]
    match: Callable[[Activity, Window, Tuning], Finding | None]
    examples: tuple[Example, ...]
    reach: timedelta = timedelta()
    cancelled_by_closing: bool = False  # the vendor's own closing (dismissed, remediated) takes the finding back
    silenced_by_wildcard: bool = True  # an allowlist entry with rules = "*" may silence it
    pairs_as: str = ""  # the part it plays in a pair rule

    @property
    def id(self) -> str:
        """The rule id everywhere: documents, command line, playbooks, tuning, file name."""
        return self.metadata.id


class PairRule(Struct, frozen=True, kw_only=True):
    """A detection on two activities of one person; the two come in order of time."""

    metadata: RuleMetadata
    match: Callable[[Scored, Scored, Tuning], Finding | None]
    examples: tuple[PairExample, ...]
    reach: timedelta  # the longest time between the two activities

    @property
    def id(self) -> str:
        """The rule id everywhere."""
        return self.metadata.id
