"""Evidence as stored, and what it tells: activities and their explained scores."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from .enums import Fact
from .events import Event
from .severity import Severity


class HistoryFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Looked up once, when the first version of an event enters; no history means not new."""

    new_country: bool = False
    new_asn: bool = False
    new_client: bool = False


class Evidence(Struct, frozen=True, kw_only=True):
    """One immutable record version as stored."""

    id: str  # sha256 hex of vendor id, normalised fields and order time
    event: Event
    ingested: datetime  # when this version was first written
    fetched: datetime | None = None  # stamped once at the edge; orders versions that carry no lastUpdatedDateTime
    facts: HistoryFacts | None = None  # only on the first version of a vendor id


class Activity(Struct, frozen=True, kw_only=True):
    """One thing that happened, as the evidence tells it now: newest version, linked risk detections, history.

    ``event`` is a sign-in, login or process; for a user-level risk detection it is the detection itself.
    ``detections`` holds the risk detections that belong to a sign-in (or the user-level detection itself).
    """

    id: str  # the vendor id that names it
    time: datetime
    event: Event
    detections: tuple[Event, ...] = ()
    members: tuple[str, ...] = ()  # every vendor id in it, itself included
    closed: bool = False  # remediated, dismissed or confirmed safe: cancels entra_* rules
    seen_open: bool = True  # False when no stored version was ever open: such an event makes no alert
    facts: HistoryFacts = HistoryFacts()
    mfa_verdict: Fact | None = None  # federated AWS logins: the Entra sign-in of the same person (present = satisfied)
    mfa_source: str | None = None  # vendor id of that sign-in


class ScoreComponent(Struct, frozen=True, kw_only=True):
    """One line of the arithmetic: ``kind`` base, corroboration, modifier, correlation or clamp."""

    kind: Literal["base", "corroboration", "modifier", "correlation", "clamp"]
    name: str
    points: int
    reason: str


class Assessment(Struct, frozen=True, kw_only=True):
    """The explained score of one activity (or of one cross-cloud pair)."""

    activity_id: str
    rule: str  # the rule that names it: highest base, ties by catalogue order
    rules: tuple[str, ...]  # every rule that matched, in catalogue order
    score: int
    severity: Severity
    components: tuple[ScoreComponent, ...]
    reason: str  # one sentence; may quote attacker-written strings, so it is data, never markup
    suppressed_by: str | None = None  # allowlist entry id
