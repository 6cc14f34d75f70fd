"""Stored evidence, the activities that it describes, and their explained scores."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from .enums import Fact
from .events import Event
from .severity import Severity


class Evidence(Struct, frozen=True, gc=False, kw_only=True):
    """One version of one record, as stored. It never changes."""

    id: str  # sha256 hex of vendor id, normalised fields and order time
    event: Event
    ingested: datetime  # when this version was first written
    fetched: datetime | None = None  # when the record was fetched; orders versions that have no lastUpdatedDateTime


class Prepared(Struct, frozen=True, gc=False, kw_only=True):
    """One piece of evidence as a store writes it, with everything by which it is found: made without the store, in any process."""

    id: str
    time: int  # microseconds since the epoch: when it happened, as stores order evidence
    ingested: int  # microseconds since the epoch
    wants: str | None  # the vendor id of the record that it names and that must be evidence too
    success: bool  # which of two piles it belongs to
    tokens: tuple[str, ...]
    body: bytes | None  # the evidence as JSON; None where no JSON holds its text


class Activity(Struct, frozen=True, gc=False, kw_only=True):
    """One thing that happened, as the current evidence describes it: newest version, linked risk detections, what is first.

    ``event`` is a sign-in, login or process; for a user-level risk detection it is the detection itself.
    ``detections`` holds the risk detections that belong to a sign-in (or the user-level detection itself).
    """

    id: str  # the vendor id of its event
    time: datetime
    event: Event
    detections: tuple[Event, ...] = ()
    members: tuple[str, ...] = ()  # every vendor id in it, its own included
    closed: bool = False  # remediated, dismissed or confirmed safe: cancels the rules with cancelled_by_closing
    seen_open: bool = True  # False when no stored version was ever open; such an event makes no alert
    firsts: tuple[str, ...] = ()  # names of the features whose value is first for this record, sorted
    strange: tuple[str, ...] = ()  # features whose value familiarity does not hold, although it holds others
    usual: bool = False  # every value of it was in use before it
    mfa_verdict: Fact | None = None  # federated AWS logins: what the sign-in of the same person elsewhere says (present = satisfied)
    mfa_source: str | None = None  # vendor id of that sign-in
    mfa_note: str | None = None  # how that sign-in was found, for people, if no id joins the two
    unexplained: bool = False  # a federated AWS login that no sign-in of the person at the identity provider explains


class ScoreComponent(Struct, frozen=True, gc=False, kw_only=True):
    """One score component: a line of the score's arithmetic with its points and reason."""

    kind: Literal["base", "corroboration", "modifier", "correlation", "clamp"]
    name: str
    points: int
    reason: str


class Assessment(Struct, frozen=True, gc=False, kw_only=True):
    """The explained score of one activity or of one cross-cloud pair."""

    activity_id: str
    rule: str  # the rule that names it: the highest base points, ties by catalogue order
    rules: tuple[str, ...]  # every rule that matched, in catalogue order
    score: int
    severity: Severity
    components: tuple[ScoreComponent, ...]
    reason: str  # one sentence; may quote attacker-written strings, so it is data, never markup
    suppressed_by: str | None = None  # allowlist entry id
