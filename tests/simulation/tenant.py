"""One simulated tenant over days of virtual time: the real polling code, its timers, and everything that goes wrong around it."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from azure.core.credentials import AccessToken

from azure_function.graph import Graph, GraphSignInLookup
from azure_function.graph_http import GraphHttp
from azure_function.graph_streams import queries, streams
from azure_function.jobs import look_and_send, poll_each
from azure_function.settings import STREAM_NAMES, GraphSettings, PollSettings
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.model import Announcement
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.ports import Dependencies
from gatewatch.ports import Notice, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.support.azure_memory import MemoryCheckpoint, MemoryDeadLetters

from .graph import BASE, TOKEN, Manners, SimulatedGraph
from .stories import AWS_APPLICATION, BREAK_GLASS, PRIVILEGED, START, Story
from .together import Turns
from .trouble import Crash, Exposed, Odds, Outage, Trouble, Worker

TUNING = Tuning(break_glass=BREAK_GLASS, privileged_principals=PRIVILEGED, aws_app_ids=(AWS_APPLICATION,))
TIMERS = {
    "poll_sign_ins": ("sign_ins", "non_interactive", "service_principals"),
    "poll_risk_detections": ("risk_detections",),
    "sweep": ("risky_sign_ins",),
}
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
    nth: tuple[int, bool] = (0, False)


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

    def __init__(self, channel: Channel, process: Worker, trouble: Trouble, turn: Callable[[], None]) -> None:
        self._channel, self._process = channel, process
        self._send = Exposed(self, "channel", process, trouble, turn)._called

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        message = Message(notice, self._process.name, self._channel.clock(), in_doubt=True)  # until the sender knows that it was accepted
        self._send(self._channel.messages.append, (message,), {})
        message.in_doubt = False


class _Credential:
    def get_token(self, *_scopes: str, **_: Any) -> AccessToken:
        return AccessToken(TOKEN, 2**33)


class Tenant:
    """The world, the store, the table and the people; ``live`` lets the timers run."""

    def __init__(self, stories: list[Story], life: Life, **without: Any) -> None:
        self.life, self.stories = life, stories
        self.now = START
        self.chance = random.Random(life.seed * 7919 + 1)
        self.graph = SimulatedGraph(stories, lambda: self.now, self.passes, random.Random(life.seed * 7919 + 2), life.manners)
        self.trouble = Trouble(random.Random(life.seed * 7919 + 3), lambda: self.now, life.odds, list(life.outages))
        self.trouble.nth, self.trouble.after = life.nth
        self.turns = Turns(random.Random(life.seed * 7919 + 4))
        self.store = without.get("store") or MemoryStore()
        self.checkpoint = without.get("checkpoint") or MemoryCheckpoint()
        self.dead_letters = MemoryDeadLetters()
        self.channel = Channel(lambda: self.now)
        self.ends: Counter[str] = Counter()
        self._born = 0
        self.settings = GraphSettings(tenant_id="tenant-1", base_url=BASE, api="beta", streams=STREAM_NAMES)

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
        process = Worker(f"w{self._born}", timedelta(seconds=self.chance.uniform(-SKEW_SECONDS, SKEW_SECONDS)))
        before = len(self.channel.messages)
        try:
            with self._session(process) as (found, needs):
                names = [found[name] for name in TIMERS[timer] if name in found]
                look_and_send(names, needs) if timer == "sweep" else poll_each(names, needs)
            self.ends["done"] += 1
        except Crash:
            self.ends["crash"] += 1
        except Exception as error:  # noqa: BLE001 - the host logs it and goes on
            self.ends[type(error).__name__] += 1
        if process.dead or process.shaken:
            self._doubt(process, before)

    @contextmanager
    def _session(self, process: Worker) -> Iterator[tuple[dict[str, Any], Dependencies]]:
        """What ``azure_function.wiring.session`` builds, over this world."""
        clock = lambda: self.now + process.skew  # noqa: E731 - one expression
        deadline = Deadline(clock, clock() + timedelta(seconds=PollSettings().deadline_seconds))
        exposed = lambda inner, part: Exposed(inner, part, process, self.trouble, self.turns)  # noqa: E731 - same
        http = GraphHttp(self.settings, _Credential(), clock, self.passes, self.graph.transport(process, self.trouble, self.turns))  # type: ignore[arg-type]
        with Graph(http, "tenant-1", queries(self.settings)) as graph:
            limits = ChannelLimits(seconds=60, longest=15, remaining=deadline.left)
            sender = _Sender(self.channel, process, self.trouble, self.turns)
            ports = Ports(
                store=exposed(self.store, "store"),
                clock=clock,
                tuning=TUNING,
                channels=("teams",),
                notifiers={"teams": BoundedNotifier(sender, clock, limits)},
                lookup=GraphSignInLookup(graph, deadline.share(0.75), 40, process.name),
                worker=process.name,
                remaining=deadline.left,
            )
            checkpoint, dead_letters = exposed(self.checkpoint, "table"), exposed(self.dead_letters, "queue")
            yield streams(self.settings, PollSettings()), Dependencies(graph, checkpoint, dead_letters, ports, deadline)

    def _doubt(self, process: Worker, before: int) -> None:
        """Messages of this process of which neither the alert's log nor the table knows: a crash came between acceptance and mark."""
        remembered: set[Announcement] = set(self.checkpoint.announced())
        for message in self.channel.messages[before:]:
            if message.by == process.name:
                message.in_doubt |= not self._is_known(message.notice, remembered)

    def _is_known(self, notice: Notice, remembered: set[Announcement]) -> bool:
        alert = notice.alert
        said = {event.id for event in notice.news} or set(alert.snapshot.event_ids)
        stored = self.store.read_alerts([alert.key]).get(alert.key)
        logs = stored.alert.notification_log if stored is not None else ()
        entries = [one for one in (*logs, *(a for a in remembered if a.key == alert.key)) if one.channel == "teams"]
        return said <= {event_id for entry in entries if entry.severity >= alert.severity for event_id in entry.event_ids}
