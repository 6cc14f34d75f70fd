"""Alerts: one group on one UTC day, with the state that evidence does not hold (notifications, leases, responses)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from .evidence import Activity, ScoreComponent
from .group_key import GroupKey
from .responses import Response, ResponseKind
from .severity import Severity, severity_of


class AlertStatus(StrEnum):
    """The status of an alert, by its evidence and by the responses that cover it."""

    OPEN = "open"
    CLOSED = "closed"
    RETRACTED = "retracted"  # its events no longer match a rule
    MERGED = "merged"  # its events belong to another alert now


class Link(Struct, frozen=True, gc=False):
    """A label and an https address that a responder may open."""

    label: str
    url: str


class EventText(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One event as its provider describes it to people. Values are raw and bounded; whoever shows them escapes them."""

    id: str  # vendor id
    time: datetime
    name: str = ""  # who acted: the name that people know
    role: str = ""  # kind of identity
    identity: str = ""  # ARN or object id
    display_name: str = ""  # only where it differs from the name
    account: str = ""  # with the provider's label for it
    address: str = ""  # source address as written; empty where the place of an event is its host
    place: str = ""  # town, country and network, as far as they are known
    used: str = ""  # console, command line or application, with its Region, resource or host
    client: str = ""  # user agent
    device: str = ""
    outcome: str = ""
    mfa: str = ""
    reported_risk: str = ""  # by the provider
    lookups: tuple[str, ...] = ()  # commands or requests that show the record
    links: tuple[Link, ...] = ()  # the record's own pages


class AlertEvent(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One event of an alert, in brief. A cross-cloud pair has one row for both of its activities."""

    id: str
    time: datetime
    rule: str
    score: int
    address: str | None = None
    country: str | None = None
    closed: bool = False
    suppressed_by: str | None = None
    members: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    reason: str = ""
    components: tuple[ScoreComponent, ...] = ()
    texts: tuple[EventText, ...] = ()  # of the event; for a pair, of both of its activities, the earlier one first
    context: tuple[str, ...] = ()  # what its person did around it that gives no points, a line each; raw, but bounded

    @property
    def open(self) -> bool:
        """Whether it may be the reason of a notification: neither closed by its provider nor suppressed."""
        return not self.closed and self.suppressed_by is None

    @property
    def severity(self) -> Severity:
        """The severity of its own score."""
        return severity_of(self.score)

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The vendor ids that it counts: one, or both sides of a pair."""
        return tuple(text.id for text in self.texts) or (self.id,)

    @property
    def sources(self) -> frozenset[str]:
        """The source addresses of its activities."""
        return frozenset(text.address for text in self.texts if text.address) or frozenset({self.address} if self.address else ())


class NotificationEntry(Struct, frozen=True, gc=False, kw_only=True):
    """One entry of the notification log: a notification that was sent."""

    occurrence: int
    at: datetime
    channel: str
    severity: Severity
    why: str  # new, raised, reopened, address
    event_ids: tuple[str, ...]  # the events that it described, and those that it counted
    addresses: tuple[str, ...] = ()
    notified_by: str | None = None  # id of the alert whose message named this one; None: a message of its own


class Announcement(Struct, frozen=True, gc=False, kw_only=True):
    """A notification that was sent before the log of its alert could take it, as its host remembers it until then.

    Without a channel it says that the alert was written, so that nobody calls it not stored while the store is away.
    """

    key: GroupKey
    at: Annotated[datetime, Meta(tz=True)]
    channel: str
    severity: Severity
    why: str
    event_ids: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    members: tuple[str, ...] = ()  # the vendor ids of the records that it is about


class Lease(Struct, frozen=True, gc=False, kw_only=True):
    """A sender's claim on one channel of one occurrence, until a given time."""

    channel: str
    occurrence: int
    owner: str
    until: datetime


class Snapshot(Struct, frozen=True, gc=False, kw_only=True):
    """What the evidence says about one group. It is recomputed; people and senders never change it."""

    key: GroupKey
    open: bool  # its provider has not closed every event
    rule: str
    rules: tuple[str, ...]
    score: int
    severity: Severity
    components: tuple[ScoreComponent, ...]
    reason: str
    first_seen: datetime
    last_seen: datetime
    event_count: int
    event_ids: tuple[str, ...]
    events: tuple[AlertEvent, ...]  # highest first, bounded
    addresses: tuple[str, ...]
    countries: tuple[str, ...]
    lead: Activity  # the highest event
    partner: Activity | None = None  # for a cross-cloud pair: the other side of the highest pair (lead is the later one)
    person: str | None = None
    suppressed: bool = False
    suppressed_by: str | None = None
    related_ids: tuple[str, ...] = ()  # related evidence: failures in a window, authorizations
    shared_with: tuple[GroupKey, ...] = ()  # groups that have an event of this one too: a pair and its two sides
    data_quality: tuple[str, ...] = ()


class Alert(Struct, frozen=True, gc=False, kw_only=True):
    """One group on one UTC day: its latest snapshot, and the state that evidence does not hold."""

    id: str
    snapshot: Snapshot
    status: AlertStatus  # from the snapshot, unless a responder closed the alert or it has no events left
    truncated: bool = False  # a read of the context exceeded its limit; a truncated read never lowers an alert
    merged_into: str | None = None
    replaces: tuple[str, ...] = ()
    occurrence: int = 1
    notification_log: tuple[NotificationEntry, ...] = ()
    leases: tuple[Lease, ...] = ()
    pending: tuple[str, ...] = ()  # channels where a notification is pending
    pending_reason: str | None = None
    responses: tuple[Response, ...] = ()  # in the order of their times
    policy_version: int = 0  # the version of the policy under which it was computed
    engine: str = ""  # the engine that computed it: number and digest
    created: datetime  # when the alert was first stored
    updated: datetime  # when a recomputation last changed it

    @property
    def key(self) -> GroupKey:
        """The group."""
        return self.snapshot.key

    @property
    def rule(self) -> str:
        """The rule of the highest event."""
        return self.snapshot.rule

    @property
    def score(self) -> int:
        """The score of the highest event."""
        return self.snapshot.score

    @property
    def severity(self) -> Severity:
        """The severity of the score."""
        return self.snapshot.severity

    @property
    def lead(self) -> Activity:
        """The highest event."""
        return self.snapshot.lead

    @property
    def acknowledgement(self) -> Response | None:
        """The newest acknowledgement."""
        return next((response for response in reversed(self.responses) if response.kind is ResponseKind.ACKNOWLEDGE), None)

    @property
    def closing(self) -> Response | None:
        """The newest close of a closed alert that nobody took back. None while the alert is open."""
        decided = (response for response in reversed(self.responses) if response.kind in {ResponseKind.CLOSE, ResponseKind.REOPEN})
        newest = next(decided, None)
        closed = newest is not None and newest.kind is ResponseKind.CLOSE and self.status is not AlertStatus.OPEN
        return newest if closed else None
