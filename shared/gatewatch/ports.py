"""What the pipeline needs from the world. Each port has one contract suite that every implementation passes."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from .model import Alert, Event, Evidence, GroupKey, Place, RawRecord
from .tuning import Tuning


class Appended(StrEnum):
    """What became of one appended evidence document."""

    CREATED = "created"
    DUPLICATE = "duplicate"  # already there: success
    REFUSED = "refused"  # the store will never take it: dead letter


class AppendResult(Struct, frozen=True):
    """Per item, in the order given; ``reason`` names the refusal (never quotes a value)."""

    status: Appended
    reason: str = ""


class Stored(Struct, frozen=True):
    """An alert as read, with the token that its next write must present."""

    alert: Alert
    version: str


class AlertWrite(Struct, frozen=True):
    """``version`` None creates and must not exist; else compare-and-swap."""

    alert: Alert
    version: str | None


class Written(StrEnum):
    """What became of one alert write."""

    DONE = "done"
    CONFLICT = "conflict"
    REFUSED = "refused"


class EvidenceContext(Struct, frozen=True):
    """Evidence, distinct by id, ordered by id; ``truncated`` names the subjects whose bound was hit."""

    evidence: tuple[Evidence, ...]
    truncated: frozenset[str] = frozenset()


class PastActivity(Struct, frozen=True, kw_only=True):
    """What is known of one principal before a moment; empty sets mean no history, and nothing is new."""

    countries: frozenset[str] = frozenset()
    asns: frozenset[int] = frozenset()
    clients: frozenset[str] = frozenset()


class AlertQuery(Struct, frozen=True, kw_only=True):
    """What ``gatewatch alerts`` asks for; newest activity first."""

    since: datetime | None = None
    until: datetime | None = None
    statuses: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    text: str | None = None  # substring of principal, person or id
    limit: int = 100


class Store(Protocol):
    """Evidence in, neighbourhoods out, alerts by compare-and-swap. Every method raises ``StoreUnavailable`` when the store is away.

    Tokens: ``subjects`` are ``principal:...`` and ``person:...``, ``links`` are ``id:...`` and what providers add
    (``gatewatch.evidence`` makes them). Reads after ``append`` and ``write_alerts`` see what those wrote.
    """

    def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
        """Create each document unless its id exists."""
        ...

    def context(self, subjects: Collection[str], since: datetime, until: datetime, links: Collection[str]) -> EvidenceContext:
        """All evidence of these subjects with time in [since, until], and all evidence that carries one of these links at any time."""
        ...

    def past(self, before: Mapping[str, datetime]) -> dict[str, PastActivity]:
        """What evidence earlier than the given moment says of each principal subject."""
        ...

    def read_alerts(self, keys: Collection[GroupKey]) -> dict[GroupKey, Stored]:
        """The alerts of these groups that exist, realtime."""
        ...

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """Create or compare-and-swap each; per item, in order."""
        ...

    def pending(self, limit: int) -> list[GroupKey]:
        """Groups whose alert still owes a notification, oldest first."""
        ...

    def unresolved(self, since: datetime, limit: int) -> list[str]:
        """Vendor ids that events ingested since then name and that are not in the evidence."""
        ...

    def search(self, query: AlertQuery) -> list[Alert]:
        """Alerts for people to list."""
        ...

    def evidence_of(self, vendor_ids: Collection[str]) -> list[Evidence]:
        """Every stored version of these vendor ids."""
        ...

    def close(self) -> None:
        """Release connections and files."""
        ...


class Notice(Struct, frozen=True, kw_only=True):
    """One thing to tell people: the alert as it stands, and why now. ``index_unavailable`` marks a finding that is not stored yet."""

    alert: Alert
    why: str  # new, raised, reopened, address
    index_unavailable: bool = False


class Notifier(Protocol):
    """A channel. ``send`` returns when the channel has accepted; raises ``NotifyUnavailable`` (stays owed) or ``NotifyError`` (given up)."""

    name: str

    def send(self, notice: Notice) -> None:
        """Render and send."""
        ...


class Geo(Protocol):
    """Where an address is; unknown stays unknown."""

    def locate(self, ip: str) -> Place | None:
        """Country and autonomous system of an address, or None."""
        ...


class Lookup(Protocol):
    """Records by vendor id, for events that name one that is not in the evidence."""

    def records(self, vendor_ids: Collection[str]) -> list[RawRecord]:
        """Those that exist, ``wanted`` set; the rest is tried again by the sweep."""
        ...


class Clock(Protocol):
    """The time, injected."""

    def __call__(self) -> datetime:
        """Now, timezone-aware UTC."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything the pipeline needs from the world, in one bundle that only ``wiring.py`` and tests build."""

    store: Store
    clock: Clock
    tuning: Tuning = field(default_factory=Tuning)
    channels: tuple[str, ...] = ()  # every channel that must be told, wired here or in the other cloud
    notifiers: Mapping[str, Notifier] = field(default_factory=dict)  # the channels wired here
    geo: Geo | None = None
    lookup: Lookup | None = None
    known: Callable[[Event], PastActivity | None] | None = None  # history from elsewhere; None asks the store
    worker: str = "worker"  # owner name of notification leases
    lease: timedelta = timedelta(minutes=2)
    remaining: Callable[[], float] = lambda: math.inf  # seconds that this run may still use
    retention: timedelta = timedelta(days=365)  # a day older than the evidence's retention is never recomputed
