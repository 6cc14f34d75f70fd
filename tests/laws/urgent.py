"""A function on AWS of which everything may fail: the store in every way, the channels, the queue, the process. SQS is its only memory."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger
from msgspec import structs

from aws_lambda.batch import Invocation, sweep, take
from aws_lambda.deadline import LambdaDeadline
from aws_lambda.messages import Message, from_sqs
from aws_lambda.set_aside import SetAside
from aws_lambda.wrapped import Wrapped, wrap_in_parts
from gatewatch.errors import NotifyError, NotifyUnavailable, StoreError, StoreUnavailable
from gatewatch.flow.announced import Announcements
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.model import Severity
from gatewatch.ports import AlertQuery, AlertWrite, Appended, AppendResult, Notice, Ports, Store
from tests.builders.aws import envelope, root_record, user_record
from tests.laws.process_end import Kill, KilledError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TIMEOUT = 60.0
HANGS = 6.0
CHANNELS = ("sns", "teams")


class Turn(NamedTuple):
    """One batch, then perhaps a sweep, and what fails in them.

    ``store``: up, away, refuses_evidence, refuses_alerts, breaks; ``calls`` succeed before it does. A sweep runs in the same process.
    """

    size: int = 10
    store: str = "up"
    calls: int = 0
    sns: str = "up"  # up, away, hangs, refuses, breaks
    teams: str = "up"
    cold: bool = False
    sweeps: bool = False


@dataclass
class Heard:
    """One notification as people got it."""

    channel: str
    account: str
    event_ids: tuple[str, ...]
    severity: Severity
    not_stored: bool
    stored: bool  # what the store really held at that moment


@dataclass
class World:
    """One queue, its dead letters, two channels and a store."""

    store: Store
    remembers: Callable[[], Announcements] = Announcements
    queue: list[Message] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0
    now: float = 0.0
    turn: Turn = field(default_factory=Turn)
    kill: Kill | None = None
    steps: list[str] = field(default_factory=list)  # every call to the world
    unmarked: set[tuple[str, str]] = field(default_factory=set)  # what people had heard and no log had when the process ended

    def __post_init__(self) -> None:
        self.known = self.remembers()
        self.calls = 0
        self.copies = 0
        self.deadline = LambdaDeadline()

    def arrive(self, kinds: Sequence[str]) -> None:
        """Messages as EventBridge sends them; each is of an account of its own."""
        for number, kind in enumerate(kinds):
            account = f"{number:012d}"
            record = root_record(account) if kind == "urgent" else user_record("alice", account)
            self.queue.append(Message(id=f"m-{number}", body=json.dumps(envelope(record)), sent=NOW))

    def clock(self) -> datetime:
        """Now."""
        return NOW + timedelta(seconds=self.now)

    # what the function is wired with

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - boto3's names
        """SQS: a body, and nothing but the body."""
        assert QueueUrl == "own"
        with self.step("set aside"):
            self.copies += 1
            self.queue.append(from_sqs({"messageId": f"c-{self.copies}", "body": MessageBody, "attributes": {}}))

    def dead_letter(self, message: Message, reason: str, detail: str = "") -> None:
        """The dead-letter queue."""
        wrapped = Wrapped(record=message.body, packed=message.packed, first_sent=message.sent, announced=message.announced, reason=reason)
        with self.step("dead-letter"):
            self.dead += wrap_in_parts(structs.replace(wrapped, detail=detail))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One call to the world, at which the process may end."""
        self.steps.append(name)
        kill = self.kill if self.kill is not None and self.kill.call == len(self.steps) else None
        if kill is None or kill.after:
            yield
        if kill is not None:
            self.kill = None
            logs = {a.key.account: {one.channel for one in a.notification_log} for a in self.store.search(AlertQuery(limit=1000))}
            self.unmarked = {(one.channel, one.account) for one in self.heard if one.channel not in logs.get(one.account, ())}
            raise KilledError

    def deliver(self, turn: Turn) -> None:
        """What SQS and Lambda do with one batch."""
        batch, self.queue = self.queue[: turn.size], self.queue[turn.size :]
        try:
            failed = self._run(turn, lambda invocation: take(batch, invocation)) if batch else frozenset()
        except KilledError:
            failed, self.known = frozenset(message.id for message in batch), self.remembers()
        self.queue += [structs.replace(m, receives=m.receives + 1) for m in batch if m.id in failed]
        if turn.sweeps:
            self.now += 180
            self.sweep(turn)
        self.now += 360

    def sweep(self, turn: Turn) -> None:
        """One sweep in the same process."""
        try:
            self._run(turn._replace(cold=False), sweep)
        except KilledError:
            self.known = self.remembers()

    def recover(self) -> None:
        """All is well again: dead letters are redriven, the queue runs empty, leases of the dead end, sweeps follow."""
        for body in self.dead:
            self.send_message("own", body)
        self.dead = []
        for _ in range(len(self.queue) + 1):
            self.deliver(Turn())
        for _ in range(3 + len(self.stored()) // 20):  # a channel has ten seconds of a run, and a message takes 0.2
            self.now += 3600
            self._run(Turn(), sweep)

    def _run(self, turn: Turn, work: Callable[[Invocation], Any]) -> Any:
        """One invocation of the function, in this process or a new one."""
        self.turn, self.calls = turn, 0
        if turn.cold:
            self.known = self.remembers()
        began = self.now
        self.deadline.left = lambda: round((began + TIMEOUT - self.now) * 1000)
        limits = ChannelLimits(seconds=10, longest=8, remaining=self.deadline.whole)
        notifiers = {name: BoundedNotifier(_Channel(self, name), self.clock, limits) for name in CHANNELS}
        ports = Ports(
            store=_Failing(self),  # type: ignore[arg-type] # every method is there, by name
            clock=self.clock,
            channels=CHANNELS,
            notifiers=notifiers,
            remaining=self.deadline.remaining,
        )
        invocation = Invocation(
            ports=ports,
            dead_letters=self,  # type: ignore[arg-type] # by name
            set_aside=SetAside("own", lambda: self),  # type: ignore[arg-type, return-value]
            log=Logger(service="law", level="CRITICAL"),
            count=self._count,
            renew=lambda: False,
        )
        answer = work(structs.replace(invocation, known=self.known))
        self.longest = max(self.longest, self.now - began)
        return answer

    def _count(self, name: str, number: int) -> None:
        self.counted[name] = self.counted.get(name, 0) + number

    def stored(self) -> dict[str, tuple[str, ...]]:
        """What is pending, by the account of the alert."""
        return {alert.key.account: alert.pending for alert in self.store.search(AlertQuery(limit=1000))}


class _Channel:
    """People, on one channel."""

    def __init__(self, world: World, name: str) -> None:
        self.name, self._world = name, world

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        with self._world.step("send"):
            self._send(notice)

    def _send(self, notice: Notice) -> None:
        world, alert = self._world, notice.alert
        match getattr(world.turn, self.name):
            case "away":
                raise NotifyUnavailable("away")
            case "hangs":
                world.now += HANGS
                raise NotifyUnavailable("silent")
            case "refuses":
                raise NotifyError("invalid")
            case "breaks":
                raise ValueError("a bug")
        world.now += 0.2
        found = world.store.read_alerts([alert.key]).get(alert.key)
        stored = (
            found is not None
            and found.alert.severity >= alert.severity
            and set(alert.snapshot.event_ids) <= set(found.alert.snapshot.event_ids)
        )
        world.heard.append(Heard(self.name, alert.key.account, alert.snapshot.event_ids, alert.severity, notice.index_unavailable, stored))


class _Failing:
    """The world's store, as the turn has it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._world.store, name)

        def call(*arguments: Any) -> Any:
            world = self._world
            world.calls += 1
            if world.calls > world.turn.calls:
                if world.turn.store == "away":
                    raise StoreUnavailable("away")
                if world.turn.store == "breaks" and name == "append":
                    raise RuntimeError("a bug")
                if world.turn.store == "refuses_evidence" and name == "append":
                    return [AppendResult(Appended.REFUSED, "mapper_parsing_exception") for _ in arguments[0]]
                if world.turn.store == "refuses_alerts" and name == "write_alerts" and _creates(arguments[0]):
                    raise StoreError("413")
            with world.step(name):
                return target(*arguments)

        return call


def _creates(writes: Sequence[AlertWrite]) -> bool:
    return any(write.version is None for write in writes)
