"""Alerts: a group on a day, with the state that is its own beside the evidence."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from .evidence import Activity, ScoreComponent
from .severity import Severity


class GroupKey(Struct, frozen=True, order=True):
    """Family, account or tenant, principal and UTC day (ISO date) of the activity; one alert each."""

    family: str  # the provider's name, or that of the correlation
    account: str
    principal: str
    day: str


class AlertStatus(StrEnum):
    """Where an alert stands by its evidence; what responders did is beside it."""

    OPEN = "open"
    CLOSED = "closed"
    RETRACTED = "retracted"  # its events stopped firing
    MERGED = "merged"  # its events moved to another alert


class AlertEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of an alert, in brief. For a cross-cloud pair there is one row for the pair."""

    id: str
    time: datetime
    rule: str
    score: int
    address: str | None = None
    country: str | None = None
    closed: bool = False
    suppressed_by: str | None = None
    members: tuple[str, ...] = ()


class NotificationEntry(Struct, frozen=True, kw_only=True):
    """One line of the notification ledger."""

    occurrence: int
    at: datetime
    channel: str
    severity: Severity
    why: str  # new, raised, reopened, address
    event_ids: tuple[str, ...]
    addresses: tuple[str, ...] = ()


class Lease(Struct, frozen=True, kw_only=True):
    """A sender's claim on one channel of one opening."""

    channel: str
    occurrence: int
    owner: str
    until: datetime


class Response(Struct, frozen=True, kw_only=True):
    """What a responder set."""

    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    close_reason: str | None = None
    closed_event_ids: tuple[str, ...] = ()  # a close covers the events and the severity of that moment
    closed_severity: Severity | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """What the evidence says of one group: recomputed, never changed by people or senders."""

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
    partner: Activity | None = None  # cross-cloud: the other side of the highest pair (lead is the later)
    person: str | None = None
    suppressed: bool = False
    suppressed_by: str | None = None
    related_ids: tuple[str, ...] = ()  # failures of a window, authorizations
    data_quality: tuple[str, ...] = ()


class Alert(Struct, frozen=True, kw_only=True):
    """One group on one UTC day: its latest snapshot, and the state that the evidence does not hold."""

    id: str
    snapshot: Snapshot
    status: AlertStatus  # the snapshot's, unless a responder closed the alert or its events are gone
    truncated: bool = False  # the neighbourhood was once larger than its bound; never lowers an alert
    merged_into: str | None = None
    replaces: tuple[str, ...] = ()
    occurrence: int = 1
    notification_log: tuple[NotificationEntry, ...] = ()
    leases: tuple[Lease, ...] = ()
    pending: tuple[str, ...] = ()  # channels that still have to be told
    pending_reason: str | None = None
    response: Response = Response()
    created: datetime  # when the alert was first stored
    updated: datetime  # when it was last recomputed to something else

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
