"""What a store is given and what it answers."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from ..model import Alert, Evidence, GroupKey


class Appended(StrEnum):
    """The result of appending one evidence document."""

    CREATED = "created"
    DUPLICATE = "duplicate"  # already stored; this is success
    REFUSED = "refused"  # the store will never accept it; it becomes a dead letter


class AppendResult(Struct, frozen=True, gc=False):
    """The result for one item. ``reason`` says why the store refused it; it never quotes a value."""

    status: Appended
    reason: str = ""


class Stored(Struct, frozen=True, gc=False):
    """An alert as read, with the version token that the next write must present."""

    alert: Alert
    version: str


class AlertWrite(Struct, frozen=True, gc=False):
    """An alert to write. With ``version`` None the alert must not exist yet; otherwise the write is a compare-and-swap."""

    alert: Alert
    version: str | None


class Written(StrEnum):
    """The result of one alert write."""

    DONE = "done"
    CONFLICT = "conflict"
    REFUSED = "refused"


class StateKey(Struct, frozen=True, gc=False, order=True):
    """The name of a small document of the installation: its kind and its id."""

    kind: Literal["policy", "familiarity"]  # policy: written by people; familiarity: written by the hosts, with the engine and open jobs
    id: str


class StateDocument(Struct, frozen=True, gc=False):
    """A small document as read: JSON, with the version token that the next write must present."""

    body: bytes
    version: str


class StateWrite(Struct, frozen=True, gc=False):
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
