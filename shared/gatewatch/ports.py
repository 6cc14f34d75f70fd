"""The ports of the pipeline: store, notifier, geography, lookup and clock. Every implementation passes the contract suite of its port."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from .model import Alert, AlertEvent, Event, Evidence, GroupKey, Place, RawRecord
from .tuning import Tuning


class Appended(StrEnum):
    """The result of appending one evidence document."""

    CREATED = "created"
    DUPLICATE = "duplicate"  # already stored; this is success
    REFUSED = "refused"  # the store will never accept it; it becomes a dead letter


class AppendResult(Struct, frozen=True):
    """The result for one item. ``reason`` says why the store refused it; it never quotes a value."""

    status: Appended
    reason: str = ""


class Stored(Struct, frozen=True):
    """An alert as read, with the version token that the next write must present."""

    alert: Alert
    version: str


class AlertWrite(Struct, frozen=True):
    """An alert to write. With ``version`` None the alert must not exist yet; otherwise the write is a compare-and-swap."""

    alert: Alert
    version: str | None


class Written(StrEnum):
    """The result of one alert write."""

    DONE = "done"
    CONFLICT = "conflict"
    REFUSED = "refused"


class EvidenceContext(Struct, frozen=True):
    """The context of some subjects: evidence, distinct and ordered by id. ``truncated`` names the subjects that have more than the limit."""

    evidence: tuple[Evidence, ...]
    truncated: frozenset[str] = frozenset()


class PastActivity(Struct, frozen=True, kw_only=True):
    """What is known about one principal before a given time. Empty sets mean that there is no history; then nothing is new."""

    countries: frozenset[str] = frozenset()
    asns: frozenset[int] = frozenset()
    clients: frozenset[str] = frozenset()


class AlertQuery(Struct, frozen=True, kw_only=True):
    """The filters of ``gatewatch alerts``. Results are ordered by newest activity."""

    since: datetime | None = None
    until: datetime | None = None
    statuses: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    text: str | None = None  # substring of principal, person or id
    limit: int = 100


class Store(Protocol):
    """Stores evidence, reads the context of subjects, and reads and writes alerts by compare-and-swap.

    Every method raises ``StoreUnavailable`` when the store cannot be reached. Tokens come from ``gatewatch.evidence``:
    ``subjects`` are ``principal:...`` and ``person:...``; ``links`` are ``id:...`` and those that providers add.
    A read that follows ``append`` or ``write_alerts`` sees what they wrote.
    """

    def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
        """Create each document whose id does not exist yet. One result for each item, in order."""
        ...

    def context(self, subjects: Collection[str], since: datetime, until: datetime, links: Collection[str]) -> EvidenceContext:
        """Read all evidence of these subjects with a time in [since, until], and all evidence with one of these links at any time."""
        ...

    def past(self, before: Mapping[str, datetime]) -> dict[str, PastActivity]:
        """For each principal token: what evidence before the given time says about it."""
        ...

    def read_alerts(self, keys: Collection[GroupKey]) -> dict[GroupKey, Stored]:
        """The existing alerts of these groups, in their newest state (a realtime read)."""
        ...

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """Create or compare-and-swap each alert. One result for each item, in order."""
        ...

    def pending(self, limit: int) -> list[GroupKey]:
        """At most ``limit`` groups whose alert has a pending notification, oldest first."""
        ...

    def unresolved(self, since: datetime, limit: int) -> list[str]:
        """At most ``limit`` vendor ids that events ingested since then name and that are not stored as evidence."""
        ...

    def search(self, query: AlertQuery) -> list[Alert]:
        """The alerts that match the query, to show to people."""
        ...

    def evidence_of(self, vendor_ids: Collection[str]) -> list[Evidence]:
        """Every stored version of these vendor ids."""
        ...

    def close(self) -> None:
        """Release connections and files."""
        ...


class Notice(Struct, frozen=True, kw_only=True):
    """One notification: the current alert, the reason, and the events that it is about.

    ``index_unavailable`` marks a finding that is not stored yet. Without ``news`` the notification is about all open events of the alert.
    """

    alert: Alert
    why: str  # new, raised, reopened, address
    index_unavailable: bool = False
    news: tuple[AlertEvent, ...] = ()  # the events that this channel has not been notified of, the highest first
    more: int = 0  # further ones that are only counted
    together: tuple[Alert, ...] = ()  # alerts that share events with this one, and of which this notification notifies as well
    related: tuple[Alert, ...] = ()  # other alerts that share events with this one


class Notifier(Protocol):
    """A channel. ``send`` returns when the channel has accepted the notification.

    Raises:
        NotifyUnavailable: try again later; the notification stays pending.
        NotifyError: the channel refused it; it is not sent again.
    """

    name: str

    def send(self, notice: Notice) -> None:
        """Write the message and send it."""
        ...


class Geo(Protocol):
    """Finds the location of an IP address."""

    def locate(self, ip: str) -> Place | None:
        """Country, autonomous system and other known facts of an address, or None when nothing is known."""
        ...


class Lookup(Protocol):
    """Fetches records by vendor id, for events that name a record that is not stored as evidence."""

    def records(self, vendor_ids: Collection[str]) -> list[RawRecord]:
        """The records that exist, with ``wanted`` set. The sweep asks again for the others."""
        ...


class Clock(Protocol):
    """The source of the current time."""

    def __call__(self) -> datetime:
        """The current time, timezone-aware UTC."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything outside the library that the pipeline uses. Only ``wiring.py`` and tests build it."""

    store: Store
    clock: Clock
    tuning: Tuning = field(default_factory=Tuning)
    channels: tuple[str, ...] = ()  # every channel that must be notified, by this host or the other cloud's
    notifiers: Mapping[str, Notifier] = field(default_factory=dict)  # the channels of this host
    geo: Geo | None = None
    lookup: Lookup | None = None
    known: Callable[[Event], PastActivity | None] | None = None  # history from another source; None: ask the store
    worker: str = "worker"  # the owner's name in notification leases
    lease: timedelta = timedelta(minutes=2)
    remaining: Callable[[], float] = lambda: math.inf  # seconds that this run may still use
    retention: timedelta = timedelta(days=365)  # a day older than the retention of evidence is never recomputed
