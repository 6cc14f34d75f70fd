"""What the doctor reads, as plain records, and the functions that read it. Every function raises ``CannotLook`` where AWS does not answer."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from gatewatch.doctor.findings import Diagnosis

from ..forwarders import Forwarder

Place = Forwarder
"""An account and a Region."""


class Resource(Struct, frozen=True):
    """One resource of the home stack."""

    type: str
    name: str  # the physical id


class WantedRule(Struct, frozen=True):
    """A rule as the stack's own template has it; without a pattern where that could not be read, or where the rule is a schedule."""

    state: str = "ENABLED"
    pattern: Mapping[str, Any] | None = None
    central: bool = False  # on the central bus


class HomeStack(Struct, frozen=True, kw_only=True):
    """The stack of the detector."""

    name: str
    region: str
    account: str
    partition: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    resources: Mapping[str, Resource]  # by logical id; what was not created is absent
    rules: Mapping[str, WantedRule]  # by logical id

    def of_type(self, kind: str) -> dict[str, str]:
        """Logical id to physical id of the resources of one type."""
        return {name: one.name for name, one in self.resources.items() if one.type == kind}

    def arn(self, service: str, rest: str) -> str:
        """An ARN of the home account and Region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"


class Trail(Struct, frozen=True, kw_only=True):
    """A trail that records this account."""

    name: str
    arn: str
    home_region: str
    logging: bool
    multi_region: bool
    global_events: bool
    organization: bool
    all_management_events: bool  # read and write, of every service
    delivery_error: str = ""
    selectors_unread: str = ""  # why it is unknown which events it takes; all of them are assumed then


class EventRule(Struct, frozen=True):
    """An event rule as it is."""

    state: str
    pattern: Mapping[str, Any]
    targets: tuple[str, ...]  # ARNs


class Bus(Struct, frozen=True):
    """The central bus; ``statements`` of its policy."""

    arn: str
    statements: tuple[Mapping[str, Any], ...]


class Queue(Struct, frozen=True):
    """A queue: messages (also those that are being read), the statements of its policy, and what decides what it loses."""

    url: str
    messages: int
    statements: tuple[Mapping[str, Any], ...]
    visibility: int  # seconds
    retention: int  # seconds
    gives_up_to: str  # ARN of its dead-letter queue; "" for none


class SourceMapping(Struct, frozen=True):
    """An event source mapping of the function."""

    uuid: str
    source: str  # the queue's ARN
    state: str
    filtered: bool


class FunctionState(Struct, frozen=True):
    """The function."""

    state: str
    reserved: int | None  # concurrency


class Topic(Struct, frozen=True):
    """A topic and its subscriptions."""

    arn: str
    confirmed: int
    pending: int


class SecretState(Struct, frozen=True):
    """A secret: when its value last changed."""

    changed: datetime | None
    deleted: bool


class Alarm(Struct, frozen=True):
    """An alarm of the stack."""

    name: str
    notifies: bool  # actions are enabled and there is one


class Instance(Struct, frozen=True):
    """One forwarder as its StackSet knows it."""

    place: Place
    status: str  # CURRENT, OUTDATED, INOPERABLE
    detailed: str  # SUCCEEDED, FAILED, CANCELLED, ...
    drift: str  # DRIFTED, IN_SYNC, NOT_CHECKED, UNKNOWN
    checked: datetime | None  # when drift was looked for


class ForwarderBacklog(Struct, frozen=True):
    """The dead letters of forwarders."""

    number: Mapping[Place, int]
    unreadable: Mapping[Place, str]  # why


class Sight(Struct, frozen=True):
    """What the index knows."""

    canary: datetime | None
    silent: Mapping[str, int]  # ACCOUNT/REGION ("*" is every account) -> hours since the last sign-in event


class World(Struct, frozen=True, kw_only=True):
    """Everything that a look needs. A missing thing is None or absent; an answer that AWS refuses is ``CannotLook``."""

    now: datetime
    stack_set: str | None
    beside: tuple[Place, ...]
    stack: Callable[[], HomeStack]
    trails: Callable[[], list[Trail]]
    rule: Callable[[str, str | None], EventRule | None]  # name, bus
    bus: Callable[[], Bus | None]
    queue: Callable[[str], Queue | None]  # by address
    function: Callable[[str], FunctionState | None]  # by name
    mappings: Callable[[str], list[SourceMapping]]  # of a function
    schedule: Callable[[str], str | None]  # name -> state
    topic: Callable[[str], Topic | None]  # by ARN
    secret: Callable[[str], SecretState | None]  # by ARN
    parameter: Callable[[str], bool]  # of SSM, by name: whether it is there
    alarms: Callable[[], list[Alarm]]
    regions: Callable[[], list[str]]  # enabled in the home account
    forwards: Callable[[str], list[str]]  # Region -> states of the home account's rules that forward sign-ins
    accounts: Callable[[], list[str]]  # active ones of the organisation
    instances: Callable[[], list[Instance]]
    heartbeats: Callable[[], set[Place]]  # of the last two hours
    dead_letters: Callable[[], ForwarderBacklog]
    sight: Callable[[], Sight]
    policy: Callable[[], Iterable[Diagnosis]]  # what is wrong with policy and engine, as every host reads them
