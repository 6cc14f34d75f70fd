"""One simulated tenant over days of virtual time: the real polling code, its timers, and everything that goes wrong around it."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from azure_function.settings import GraphSettings, PollSettings
from gatewatch.flow.announced import mark
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.model import Announcement, Severity
from gatewatch.ports import Notice, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.support.azure_app import Memory, deadline_of, run_timer
from tests.support.azure_memory import MemoryCheckpoint, MemoryDeadLetters

from .graph import BASE, Manners, SimulatedGraph
from .stories import AWS_APPLICATION, BREAK_GLASS, PRIVILEGED, START, Story
from .together import Turns
from .trouble import Crash, Exposed, Odds, Outage, Trouble, Worker

TUNING = Tuning(break_glass=BREAK_GLASS, privileged_principals=PRIVILEGED, aws_app_ids=(AWS_APPLICATION,))
SKEW_SECONDS = 25.0
"""How far the clock of a process is off; leases have a minute to spare."""


@dataclass(frozen=True)
class Life:
    """How one tenant lives: how long, how often its timers fire, and what goes wrong until when."""

    seed: int
    every: timedelta = timedelta(minutes=5)
    sweeps: timedelta = timedelta(hours=6)
    days: float = 3.2
    odds: Odds = field(default_factory=Odds)
    manners: Manners = field(default_factory=Manners)
    outages: tuple[Outage, ...] = ()
    together: float = 0.0  # the part of the rounds in which two workers run at once
    nth: tuple[int, bool, str] = (0, False, "")  # see ``Trouble``


@dataclass
class Message:
    """What people got, who sent it, and whether the sender may have died before it could remember."""

    notice: Notice
    by: str
    at: datetime
    in_doubt: bool = False


class Channel:
    """People's channel: it keeps what it accepts."""

    name = "teams"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.messages: list[Message] = []


class _Sender:
    """The channel as one process reaches it."""

    name = "teams"

    def __init__(self, channel: Channel, worker: Worker, trouble: Trouble, turn: Callable[[], None]) -> None:
        self._channel, self._worker = channel, worker
        self._send = Exposed(self, "channel", worker, trouble, turn)._called

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        message = Message(notice, self._worker.name, self._channel.clock(), in_doubt=True)  # until the sender knows that it was accepted
        self._send(self._channel.messages.append, "send", (message,), {})
        message.in_doubt = False


class Tenant:
    """The world, the store, the table and the people; ``live`` lets the timers run."""

    def __init__(self, stories: list[Story], life: Life, **without: Any) -> None:
        """``without`` brings a checkpoint or streams that lack a guard, or further names of streams that are polled."""
        self.life, self.stories = life, stories
        self.now = START
        self.chance = random.Random(life.seed * 7919 + 1)
        self.graph = SimulatedGraph(stories, lambda: self.now, self.passes, random.Random(life.seed * 7919 + 2), life.manners)
        self.trouble = Trouble(random.Random(life.seed * 7919 + 3), lambda: self.now, life.odds, list(life.outages))
        self.trouble.nth, self.trouble.after, self.trouble.of = life.nth
        self.turns = Turns(random.Random(life.seed * 7919 + 4))
        self.store = MemoryStore()
        self.checkpoint = without.get("checkpoint") or MemoryCheckpoint()
        self._chosen = without.get("streams") or (lambda found: found)
        self._memory = Memory(lambda: self.now)
        self.poll = PollSettings()
        self.dead_letters = MemoryDeadLetters()
        self.channel = Channel(lambda: self.now)
        self.ends: Counter[str] = Counter()
        self._born = 0
        self.settings = GraphSettings(
            tenant_id="tenant-1",
            base_url=BASE,
            api="beta",
            streams=("sign_ins", "non_interactive", "risk_detections", *without.get("further", ())),
        )

    def passes(self, seconds: float) -> None:
        """Time goes on."""
        self.now += timedelta(seconds=seconds)

    def live(self) -> None:
        """All timers, round after round, until the end."""
        end, rounds, following = START + timedelta(days=self.life.days), 0, START
        while self.now < end:
            names = [
                "poll_sign_ins",
                "poll_risk_detections",
                *(["sweep"] if rounds % max(self.life.sweeps // self.life.every, 1) == 0 else []),
            ]
            if self.chance.random() < self.life.together:
                twice = [self.chance.choice(names) for _ in range(2)]
                self.turns.run([lambda name=name: self.fire(name) for name in (*names[:1], *twice)])
            else:
                for name in names:
                    self.fire(name)
            rounds += 1
            following += self.life.every
            self.now = max(self.now, following)

    def fire(self, timer: str) -> None:
        """One invocation; what it raises the host would log."""
        self._born += 1
        worker = Worker(f"w{self._born}", timedelta(seconds=self.chance.uniform(-SKEW_SECONDS, SKEW_SECONDS)))
        before = len(self.channel.messages)
        try:
            self._run(timer, worker)
            self.ends["done"] += 1
        except Crash:
            self.ends["crash"] += 1
            self._memory = Memory(lambda: self.now)
        except Exception as error:  # noqa: BLE001 - the host logs it and goes on
            self.ends[type(error).__name__] += 1
        if worker.dead or worker.shaken:
            self._doubt(worker, before)

    def _run(self, timer: str, worker: Worker) -> None:
        """What ``azure_function.wiring`` builds, over this world."""
        clock = lambda: self.now + worker.skew  # noqa: E731 - one expression
        deadline = deadline_of(clock, self.poll)
        exposed = lambda inner, part: Exposed(inner, part, worker, self.trouble, self.turns)  # noqa: E731 - same
        limits = ChannelLimits(seconds=60, longest=15, remaining=deadline.left)
        sender = BoundedNotifier(_Sender(self.channel, worker, self.trouble, self.turns), clock, limits)
        ports = Ports(
            store=exposed(self.store, "store"),
            clock=clock,
            tuning=TUNING,
            channels=("teams",),
            notifiers={"teams": sender},
            worker=worker.name,
        )
        state = (exposed(self.checkpoint, "table"), exposed(self.dead_letters, "queue"), ports, deadline)
        connection = (self.graph.transport(worker, self.trouble, self.turns), self.passes, self._memory)
        run_timer(timer, self.settings, self.poll, state, connection, self._chosen)  # type: ignore[arg-type] # an exposed part is one

    def _doubt(self, worker: Worker, before: int) -> None:
        """Messages that the alert's log or, if urgent, the table does not know: a crash came between."""
        remembered: set[Announcement] = set(self.checkpoint.announced())
        for message in self.channel.messages[before:]:
            if message.by == worker.name:
                message.in_doubt |= not self._is_known(message.notice, remembered)

    def _is_known(self, notice: Notice, remembered: set[Announcement]) -> bool:
        alert = notice.alert
        said = {event.id for event in notice.news} or set(alert.snapshot.event_ids)
        stored = self.store.read_alerts([alert.key]).get(alert.key)
        logs = stored.alert.notification_log if stored is not None else ()
        entries = [one for one in (*logs, *(a for a in remembered if a.key == alert.key)) if one.channel == "teams"]
        if alert.severity >= Severity.CRITICAL and not remembered.intersection(entries):
            marks = {mark(alert.key, alert.severity, event_id) for event_id in said}
            if not marks <= self.checkpoint.marks():
                return False
        return said <= {event_id for entry in entries if entry.severity >= alert.severity for event_id in entry.event_ids}
