"""Hours of the deployed function, minute by minute, with the metrics that it, SQS and Lambda write: what the alarms have to judge by.

The function is the real one (batch, sweep, tuning), over a store in memory. SQS hides a message for the visibility timeout after each
receive, and takes a message out of its age metric at the third receive.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from msgspec import structs

from aws_lambda import telemetry, wiring
from aws_lambda.batch import Invocation, sweep, take
from aws_lambda.deadline import LambdaDeadline
from aws_lambda.messages import Message
from aws_lambda.sign_ins_seen import SignInsSeen
from aws_lambda.tuning_source import TuningSource
from gatewatch.errors import NotifyUnavailable
from gatewatch.ports import Notice, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import envelope, user_record

from .cloudwatch import Metric, Series

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
STEP = 20
"""Seconds of one turn."""

VISIBILITY = 360
QUEUE = frozenset({("QueueName", "Queue")})
LETTERS = frozenset({("QueueName", "DeadLetterQueue")})
FUNCTION = frozenset({("FunctionName", "Detector")})


@dataclass
class Waiting:
    """A message in the queue."""

    message: Message
    enqueued: float
    receives: int = 0
    visible: float = 0.0


class Index:
    """The store, while it is there."""

    def __init__(self, hours: "Hours") -> None:
        self._hours, self._store = hours, MemoryStore()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._store, name)

        def call(*arguments: Any) -> Any:
            if self._hours.index_fails is not None:
                raise self._hours.index_fails
            return method(*arguments)

        return call


@dataclass
class Hours:
    """The deployed stack. Its switches are what can break; ``sweeps`` gives the second of each sweep after its turn of five minutes."""

    index_fails: Exception | None = None
    channel_up: bool = True
    parking_up: bool = True
    mapping: bool = True
    schedule: bool = True
    bus: bool = True  # canaries reach the queue
    looking: bool = False  # somebody reads the dead letters: they are hidden, not gone
    jitter: Callable[[int], float] = lambda _: 0.0
    now: float = 0.0
    series: Series = field(default_factory=Series)
    queue: list[Waiting] = field(default_factory=list)
    letters: list[Message] = field(default_factory=list)
    name: str = "sns"

    def __post_init__(self) -> None:
        self._metrics = Metrics(namespace=telemetry.NAMESPACE, service=telemetry.service_of("default"))
        self._metrics.clear_metrics()
        self._sent = 0
        self._swept = 0
        index = Index(self)
        ports = Ports(store=index, clock=self._clock, channels=("sns",), notifiers={"sns": self})  # type: ignore[arg-type] # by name
        quiet = Logger(service="hours", level="CRITICAL")
        invocation = Invocation(
            ports=ports, dead_letters=self, set_aside=None, log=quiet, count=wiring.counter(self._metrics), renew=lambda: False
        )  # type: ignore[arg-type]
        self._invocation = invocation
        self.read_tuning()

    def send(self, _: Notice) -> None:
        """The channel."""
        if not self.channel_up:
            raise NotifyUnavailable("away")

    def dead_letter(self, message: Message, _reason: str, _detail: str = "") -> None:
        """The dead-letter queue."""
        if not self.parking_up:
            raise ConnectionError
        self.letters.append(message)

    def read_tuning(self, *problems: str) -> None:
        """The tuning as the function finds it from now on."""
        self._function = wiring.Function(self._invocation, TuningSource(lambda: (Tuning(), problems)), LambdaDeadline())

    def sign_in(self, body: str | None = None) -> None:
        """Somebody signs in, or something else arrives."""
        self._sent += 1
        text = body or json.dumps(envelope(user_record(f"user{self._sent}", f"{self._sent:012d}")))
        self.queue.append(Waiting(Message(id=f"m-{self._sent}", body=text, sent=self._clock()), self.now))

    def seen_before(self, region: str, *, weeks: int, until_hours: int) -> None:
        """The index knows sign-ins of an account in this Region, one an hour, until so many hours ago."""
        seen = SignInsSeen()
        for back in range(until_hours, weeks * 7 * 24):
            time = (self._clock() - timedelta(hours=back)).strftime("%Y-%m-%dT%H:%M:%SZ")
            seen.note(envelope(user_record("before", "999999999999", eventTime=time, awsRegion=region)), self._clock())
        seen.write(self._invocation.ports.store)

    def run(self, minutes: float, each_minute: Callable[[], None] = lambda: None) -> None:
        """Let time pass."""
        until = self.now + minutes * 60
        while self.now < until:
            if self.now % 3600 == 0 and self.bus:
                self._canary()
            if self.now % 60 == 0:
                each_minute()
                self._sqs()
            if self.now >= self._swept * 300 + self.jitter(self._swept):
                self._swept += 1
                if self.schedule:
                    self._invoke(sweep)
            if self.mapping:
                self._poll()
            self.now += STEP

    def _canary(self) -> None:
        envelope = {"version": "0", "source": "gatewatch.canary", "detail-type": "Canary", "time": self._clock().isoformat(), "detail": {}}
        self.queue.append(Waiting(Message(id=f"canary-{self.now}", body=json.dumps(envelope), sent=self._clock()), self.now))

    def _poll(self) -> None:
        batch = [waiting for waiting in self.queue if waiting.visible <= self.now][:10]
        if not batch:
            return
        for waiting in batch:
            waiting.receives += 1
            waiting.visible = self.now + VISIBILITY
        received = [structs.replace(waiting.message, receives=waiting.receives) for waiting in batch]
        failed = self._invoke(lambda invocation: take(received, invocation))
        self.queue = [waiting for waiting in self.queue if waiting not in batch or waiting.message.id in failed]

    def _invoke(self, work: Callable[[Invocation], Any]) -> Any:
        """One invocation, and the metrics that Lambda and the function write of it."""
        answer, errors = frozenset(), 0
        try:
            answer = work(self._function.open(self))  # type: ignore[arg-type] # the context: how long is left
        except Exception:  # noqa: BLE001 - Lambda counts it and goes on
            errors, answer = 1, frozenset(waiting.message.id for waiting in self.queue)
        self.series.emit(Metric("AWS/Lambda", "Errors", FUNCTION), self.now, errors)
        self._flush()
        return answer

    def _flush(self) -> None:
        """As the embedded-metric line says it."""
        if not self._metrics.metric_set:
            return
        line: dict[str, Any] = dict(self._metrics.serialize_metric_set())
        (written,) = line["_aws"]["CloudWatchMetrics"]
        (names,) = written["Dimensions"]
        dimensions = frozenset((name, line[name]) for name in names)
        for each in written["Metrics"]:
            self.series.emit(Metric(written["Namespace"], each["Name"], dimensions), self.now, *line[each["Name"]])
        self._metrics.clear_metrics()

    def _sqs(self) -> None:
        hidden = len(self.letters) if self.looking else 0
        ages = [self.now - waiting.enqueued for waiting in self.queue if waiting.receives < 3]
        self._emit("ApproximateNumberOfMessagesVisible", LETTERS, len(self.letters) - hidden)
        self._emit("ApproximateNumberOfMessagesNotVisible", LETTERS, hidden)
        self._emit("ApproximateAgeOfOldestMessage", QUEUE, max(ages, default=0))

    def _emit(self, name: str, dimensions: frozenset[tuple[str, str]], value: float) -> None:
        self.series.emit(Metric("AWS/SQS", name, dimensions), self.now, value)

    def _clock(self) -> datetime:
        return START + timedelta(seconds=self.now)

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Lambda's context."""
        return 60_000
