"""One tenant in memory: time, Graph, store, checkpoint and people, each failing when told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from azure_function.graph_streams import queries, streams
from azure_function.settings import GraphSettings, PollSettings
from gatewatch.model import Alert
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.poll import poll
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.report import PollReport
from gatewatch.polling.streams import Stream
from gatewatch.ports import AlertQuery, Ports
from gatewatch.stores.memory import MemoryStore
from scripts.local_cloud.fake_cloud.records import risky_sign_in
from tests.support.azure_memory import Clock, MemoryCheckpoint, MemoryDeadLetters, Sink, Story, StoryPages

START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
GRAPH = GraphSettings(tenant_id="tenant-1")
STREAMS = streams(GRAPH, PollSettings())
SIGN_INS, RISKS = STREAMS["sign_ins"], STREAMS["risk_detections"]


class Crash(BaseException):
    """The worker dies here: nothing after this line runs, not even a release of the lease."""


class Store:
    """A store that fails at a chosen call."""

    def __init__(self, inner: MemoryStore) -> None:
        self.inner, self.calls, self.plan = inner, 0, {}

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.inner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            failure = self.plan.pop(self.calls, None)
            if failure is not None:
                raise failure
            return method(*args, **kwargs)

        return call


@dataclass
class Stage:
    """One tenant in memory."""

    stories: list[Story] = field(default_factory=list)
    clock: Clock = field(default_factory=lambda: Clock(START))
    store: Store = field(default_factory=lambda: Store(MemoryStore()))
    checkpoint: MemoryCheckpoint = field(default_factory=MemoryCheckpoint)
    dead_letters: MemoryDeadLetters = field(default_factory=MemoryDeadLetters)
    sink: Sink = field(default_factory=Sink)
    runs: int = 0

    def __post_init__(self) -> None:
        self.graph = StoryPages(self.clock, self.stories, queries(GRAPH))

    def ports(self) -> Ports:
        return Ports(store=self.store, clock=self.clock, channels=("teams",), notifiers={"teams": self.sink}, worker=f"w{self.runs}")

    def poll(self, stream: Stream = SIGN_INS, seconds: float = 240) -> PollReport:
        self.runs += 1
        deadline = Deadline(self.clock, self.clock() + timedelta(seconds=seconds))
        return poll(stream, Dependencies(self.graph, self.checkpoint, self.dead_letters, self.ports(), deadline))

    def crash(self, where: Callable[[], Any]) -> None:
        """Run something that dies on the way, as a killed process: the lease stays taken."""
        held = dict(self.checkpoint.rows)
        self.checkpoint.save, saved = self._recording(held), self.checkpoint.save
        try:
            where()
        except Crash:
            self.checkpoint.rows = held
        finally:
            self.checkpoint.save = saved

    def _recording(self, held: dict[str, Any]) -> Any:
        save = self.checkpoint.save

        def recording(cursor: Any) -> Any:
            done = save(cursor)
            if cursor.locked_until is not None:
                held[cursor.stream] = done
            return done

        return recording

    def alerts(self) -> list[Alert]:
        return self.store.inner.search(AlertQuery(limit=1000))

    def watermark(self, stream: Stream = SIGN_INS) -> datetime | None:
        return self.checkpoint.rows[stream.name].watermark


def story(minutes: float, late: float = 0, **changes: Any) -> Story:
    """A risky sign-in so many minutes after the start, shown so many minutes late."""
    at = START + timedelta(minutes=minutes)
    return Story(risky_sign_in(at, upn=f"user{minutes}@contoso.example", **changes), at + timedelta(minutes=late))
