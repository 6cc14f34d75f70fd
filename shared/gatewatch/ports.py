"""The ports of the pipeline: store, notifier, geography, lookup and clock. Every implementation passes the contract suite of its port."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct

from .model import Alert, AlertEvent, Evidence, GroupKey, Place, RawRecord, Response, Severity
from .providers.engine import Engine, this_engine
from .tuning import Tuning
from .tuning.policy import Policy, decode


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


class StateKey(Struct, frozen=True, order=True):
    """The name of a small document of the installation: its kind and its id."""

    kind: Literal["policy", "familiarity"]  # policy: written by people; familiarity: written by the hosts, with the engine and open jobs
    id: str


class StateDocument(Struct, frozen=True):
    """A small document as read: JSON, with the version token that the next write must present."""

    body: bytes
    version: str


class StateWrite(Struct, frozen=True):
    """A small document to write. With ``version`` None it must not exist yet; otherwise the write is a compare-and-swap."""

    key: StateKey
    body: bytes
    version: str | None


class State(Struct, frozen=True):
    """What one realtime read found: alerts by group, and small documents by key. What does not exist is absent."""

    alerts: Mapping[GroupKey, Stored]
    documents: Mapping[StateKey, StateDocument]


type Span = tuple[datetime, datetime]
"""A range of time, both ends included."""


class EvidenceContext(Struct, frozen=True):
    """The context of some subjects and addresses: evidence, distinct and ordered by id.

    ``truncated`` names the subjects and addresses that have more than the limit.
    """

    evidence: tuple[Evidence, ...]
    truncated: frozenset[str] = frozenset()
    of_addresses: tuple[Evidence, ...] = ()


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
    ``subjects`` are ``principal:...`` and ``person:...``; ``links`` are ``id:...`` and those that
    providers add; ``addresses`` are ``address:...``.
    A read that follows ``append`` or ``write_alerts`` sees what they wrote.
    """

    def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
        """Create each document whose id does not exist yet. One result for each item, in order."""
        ...

    def context(
        self, subjects: Collection[str], spans: Sequence[Span], links: Collection[str], addresses: Collection[str] = ()
    ) -> EvidenceContext:
        """Read all evidence of these subjects with a time in one of these spans, and all evidence with one of these links at any time.

        Beside it, the evidence of these source addresses (``address:...``) in the spans.
        """
        ...

    def days(self) -> list[str]:
        """The UTC days (ISO dates, in order) for which there is evidence."""
        ...

    def evidence_on(self, day: str) -> Iterator[list[Evidence]]:
        """All evidence with a time on this UTC day, in pages."""
        ...

    def read_alerts(self, keys: Collection[GroupKey]) -> dict[GroupKey, Stored]:
        """The existing alerts of these groups, in their newest state (a realtime read)."""
        ...

    def groups_on(self, day: str) -> list[GroupKey]:
        """The groups of this UTC day (ISO date) that have an alert, in whatever state."""
        ...

    def read_state(self, alerts: Collection[GroupKey], documents: Collection[StateKey]) -> State:
        """Alerts and small documents in their newest state, in one realtime read."""
        ...

    def write_state(self, writes: Sequence[StateWrite]) -> list[Written]:
        """Create or compare-and-swap each small document. One result for each item, in order."""
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

    def append_responses(self, responses: Sequence[Response]) -> list[AppendResult]:
        """Create each response whose id does not exist yet. The store writes the author: the one given is not used.

        One result for each item, in order. A read that follows sees what was created.
        """
        ...

    def responses_of(self, alert_ids: Collection[str]) -> list[Response]:
        """Every response to these alerts, by time."""
        ...

    def responses_since(self, moment: datetime) -> list[Response]:
        """Every response that was stored at this moment or later, whatever time it gives itself; by its own time."""
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


class PlainNotice(Struct, frozen=True, kw_only=True):
    """A message that is about no alert. Its texts may quote what people wrote: a channel makes them visible."""

    id: str  # equal whenever the same message is sent again
    at: datetime | None  # when what it is about happened
    subject: str
    lines: tuple[str, ...]


@runtime_checkable
class PlainNotifier(Protocol):
    """A channel that also takes messages that are about no alert. ``send_plain`` raises as ``Notifier.send``."""

    name: str

    def send_plain(self, notice: PlainNotice) -> None:
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


class PolicyMemory:
    """The last policy that this process read. A policy that cannot be read leaves the last good one in use."""

    def __init__(self) -> None:
        self.last: Policy | None = None
        self.broken = False  # whether the newest policy could not be read
        self._version = ""

    def decoded(self, version: str, body: bytes) -> Policy | None:
        """The policy of a document, decoded once a version of the document; the last good one where it is broken."""
        if version != self._version:
            policy = decode(body)
            self.broken, self._version = policy is None, version
            self.last = policy or self.last
        return self.last


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything outside the library that the pipeline uses. Only ``wiring.py`` and tests build it.

    Tuning, channels and ``urgent_from`` are the seed of an installation that has no policy yet; a step replaces them by the policy in force.
    """

    store: Store
    clock: Clock
    tuning: Tuning = field(default_factory=Tuning)
    channels: tuple[str, ...] = ()  # every channel that must be notified, by this host or the other cloud's
    urgent_from: Severity = Severity.CRITICAL  # the severity from which a finding does not wait for the store
    policy_version: int = 0  # 0: no policy was read, the seed is used
    seeds: bool = True  # whether this program is a host, whose settings seed the policy of an installation that has none
    engine: Engine = field(default_factory=this_engine)
    memory: PolicyMemory = field(default_factory=PolicyMemory)
    notifiers: Mapping[str, Notifier] = field(default_factory=dict)  # the channels of this host
    geo: Geo | None = None
    lookup: Lookup | None = None
    worker: str = "worker"  # the owner's name in notification leases
    lease: timedelta = timedelta(minutes=2)
    remaining: Callable[[], float] = lambda: math.inf  # seconds that this run may still use
    retention: timedelta = timedelta(days=365)  # a day older than the retention of evidence is never recomputed
