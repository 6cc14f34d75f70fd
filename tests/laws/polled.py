"""One tenant on Azure of which the store and the channel fail as a run says; the table is the only memory."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from msgspec import structs

from azure_function.jobs import send_pending
from gatewatch.errors import NotifyUnavailable, StoreError, StoreUnavailable
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.model import Severity
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import SourceUnavailable
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import Stream
from gatewatch.ports import Appended, AppendResult, Notice, Ports
from gatewatch.ports import Store as StorePort
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in
from tests.support.azure_memory import MemoryCheckpoint, Story
from tests.support.azure_stage import SIGN_INS, START, Stage

TIMEOUT = 13.0


class Run(NamedTuple):
    """One poll or (without a stream) sweep, and what fails in it: the store after ``calls`` calls, for ``gone`` calls; the channel."""

    stream: Stream | None = SIGN_INS
    fault: str = "none"  # none, away, refuses_evidence, refuses_alerts
    calls: int = 0
    gone: int = 1_000
    channel: str = "up"  # up, away, hangs


class Heard(NamedTuple):
    """One notification as people got it, and what the store really held at that moment."""

    alert: str
    severity: Severity
    event_ids: tuple[str, ...]
    not_stored: bool
    stored: bool


@dataclass
class Faulty:
    """The stage's store, as the run has it."""

    stage: "Tenant"

    def __getattr__(self, name: str) -> Any:
        target = getattr(self.stage.real, name)

        def call(*arguments: Any) -> Any:
            run, stage = self.stage.run, self.stage
            stage.calls += 1
            if run.calls < stage.calls <= run.calls + run.gone:
                if run.fault == "away":
                    raise StoreUnavailable("away")
                if run.fault == "refuses_evidence" and name == "append":
                    return [AppendResult(Appended.REFUSED, "mapper_parsing_exception") for _ in arguments[0]]
                if run.fault == "refuses_alerts" and name == "write_alerts" and any(write.version is None for write in arguments[0]):
                    raise StoreError("413")
            return target(*arguments)

        return call


class Tenant(Stage):
    """One tenant whose store and channel fail as a run says."""

    def __init__(self, stories: list[Story], store: StorePort, checkpoint: MemoryCheckpoint | None = None) -> None:
        super().__init__(stories, checkpoint=checkpoint or MemoryCheckpoint())
        self.real, self.run, self.calls, self.heard, self.longest = store, Run(), 0, [], timedelta(0)
        self.name = "teams"

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        if self.run.channel == "hangs":
            self.clock.advance(seconds=TIMEOUT)
        if self.run.channel != "up":
            raise NotifyUnavailable(self.run.channel)
        alert = notice.alert
        found = self.real.read_alerts([alert.key]).get(alert.key)
        stored = found is not None and found.alert.severity >= alert.severity
        stored = stored and set(alert.snapshot.event_ids) <= set(found.alert.snapshot.event_ids)
        self.heard.append(Heard(alert.id, alert.severity, alert.snapshot.event_ids, notice.index_unavailable, stored))

    def ports(self) -> Ports:
        deadline = Deadline(self.clock, self.clock() + timedelta(seconds=240))
        limits = ChannelLimits(seconds=60, longest=15, remaining=deadline.left)
        bounded = BoundedNotifier(self, self.clock, limits)
        return structs.replace(super().ports(), store=Faulty(self), notifiers={"teams": bounded}, remaining=deadline.left)

    def does(self, run: Run, work: Callable[[], Any]) -> None:
        self.run, self.calls = run, 0
        began = self.clock()
        try:
            work()
        except (StoreError, SourceUnavailable):
            self.failed = True
        self.longest = max(self.longest, self.clock() - began)
        self.clock.advance(minutes=5)

    def polls(self, run: Run) -> None:
        if run.stream is None:
            self.sweeps(run)
        else:
            self.does(run, lambda: self.poll(run.stream))

    def sweeps(self, run: Run = Run()) -> None:  # noqa: B008 - a run in which all is well
        self.does(run, lambda: send_pending(Dependencies(self.graph, self.checkpoint, self.dead_letters, self.ports(), self._deadline())))

    def _deadline(self) -> Deadline:
        return Deadline(self.clock, self.clock() + timedelta(seconds=240))


def named(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def stories(kinds: list[str]) -> list[Story]:
    """Urgent and medium sign-ins, and detections that name an urgent one; each of a person of its own."""
    found: list[Story] = []
    for number, kind in enumerate(kinds):
        at, person = START - timedelta(minutes=3 + number), f"u{number}@contoso.example"
        urgent = {"riskState": "confirmedCompromised", "level": "high"} if kind != "medium" else {}
        sign_in = risky_sign_in(at, upn=person, id=named(number), **urgent)
        found.append(Story(sign_in, at))
        if kind == "both":
            names = {"requestId": named(number), "correlationId": sign_in["correlationId"], "userId": sign_in["userId"]}
            risk = {"riskState": "confirmedCompromised", "riskLevel": "high"}
            found.append(Story(risk_detection(at, person, detected=at + timedelta(minutes=1), **names, **risk), at))
    return found
