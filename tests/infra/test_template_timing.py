"""The times of the template and of the code agree: an index that takes two seconds for every answer times out nothing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from aws_lambda.batch import Invocation, sweep, take
from aws_lambda.clients import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS
from aws_lambda.deadline import RESERVE_SECONDS, LambdaDeadline
from aws_lambda.messages import Message
from gatewatch.errors import NotifyUnavailable, StoreUnavailable
from gatewatch.flow.delivery import MARK_SECONDS, UNMARKED_FOR
from gatewatch.flow.pipeline import SWEEP_LIMIT
from gatewatch.ports import AlertQuery, Notice, Ports
from gatewatch.stores.elastic import RequestLimits
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import envelope, user_record
from tests.support.aws_templates import HOME, written

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANSWER_SECONDS = 2.0
MOST_CALLS = 12
"""Of a batch; tests/adapters/elastic/test_round_trips.py counts them on a real index."""


class Slow:
    """A store of which each call takes two seconds, on a clock that nothing else moves but the channel; and that channel."""

    name = "sns"

    def __init__(self, timeout: float) -> None:
        self._store = MemoryStore()
        self._timeout = timeout
        self.now = self.started = 0.0
        self.deadline = LambdaDeadline()
        self.deadline.left = lambda: round((self.started + timeout - self.now) * 1000)
        self.sent: list[str] = []
        self.channel_up = True
        self.counted: dict[str, int] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._store, name)

        def call(*arguments: Any) -> Any:
            if self.deadline.remaining() < ANSWER_SECONDS:
                raise StoreUnavailable("the time is used up")
            self.now += ANSWER_SECONDS
            return method(*arguments)

        return call

    def send(self, notice: Notice) -> None:
        self.now += 0.3
        if not self.channel_up:
            raise NotifyUnavailable("away")
        self.sent.append(notice.alert.id)

    def invocation(self, work: Callable[[Invocation], object]) -> float:
        """One run of the function; how long it took."""
        self.started = self.now
        ports = Ports(
            store=self,  # type: ignore[arg-type] # every method is there, by name
            clock=lambda: NOW + timedelta(seconds=self.now),
            channels=("sns",),
            notifiers={"sns": self},
            remaining=self.deadline.remaining,
        )
        quiet = Logger(service="timing", level="CRITICAL")
        work(Invocation(ports=ports, dead_letters=None, set_aside=None, log=quiet, count=self._count, renew=lambda: False))  # type: ignore[arg-type]
        return self.now - self.started

    def _count(self, name: str, number: int) -> None:
        self.counted[name] = self.counted.get(name, 0) + number


@pytest.fixture
def timeout(resources: dict[str, Any]) -> float:
    return float(resources["Detector"]["Properties"]["Timeout"])


@pytest.fixture
def batch_size(resources: dict[str, Any]) -> int:
    mapping = resources["DetectorQueue"]["Properties"]
    assert "MaximumBatchingWindowInSeconds" not in mapping  # a window would be part of the visibility timeout
    size: int = mapping["BatchSize"]
    return size


def new_people(count: int) -> list[Message]:
    return [Message(id=f"m-{n}", body=json.dumps(envelope(user_record(f"new{n}", f"{n:012d}"))), sent=NOW) for n in range(count)]


def test_a_batch_fits_the_timeout_by_arithmetic(timeout: float) -> None:
    sending = UNMARKED_FOR.total_seconds()
    assert MOST_CALLS * ANSWER_SECONDS + sending <= timeout - RESERVE_SECONDS


def test_a_batch_on_a_slow_index_is_stored_told_and_done(timeout: float, batch_size: int) -> None:
    world, failed = Slow(timeout), []
    took = world.invocation(lambda invocation: failed.extend(take(new_people(batch_size), invocation)))
    assert (failed, len(world.sent), world.counted["Stored"]) == ([], batch_size, batch_size)
    assert "StoreUnavailable" not in world.counted
    assert took <= timeout - RESERVE_SECONDS


def test_sweeps_on_a_slow_index_tell_each_alert_once_and_end_in_time(timeout: float) -> None:
    world = Slow(timeout)
    world.channel_up = False
    for batch in range(6):
        world.invocation(lambda invocation, start=batch * 10: take(new_people(60)[start : start + 10], invocation))
    world.channel_up = True
    times = [world.invocation(sweep) for _ in range(8)]
    world.started = world.now
    assert sorted(world.sent) == sorted(alert.id for alert in world.search(AlertQuery(limit=SWEEP_LIMIT)))
    assert len(set(world.sent)) == len(world.sent) == 60
    assert "StoreUnavailable" not in world.counted
    assert max(times) <= timeout - RESERVE_SECONDS


def test_one_slow_answer_is_waited_for(timeout: float) -> None:
    assert ANSWER_SECONDS < RequestLimits().read_seconds < timeout - RESERVE_SECONDS


def test_two_slow_answers_write_the_marks(timeout: float) -> None:
    assert 2 * ANSWER_SECONDS < MARK_SECONDS < UNMARKED_FOR.total_seconds() + MARK_SECONDS < timeout - RESERVE_SECONDS


def test_a_message_is_invisible_for_as_long_as_any_run_of_it_may_take(timeout: float) -> None:
    visible_again = written(HOME)["Parameters"]["VisibilityTimeout"]["Default"]
    assert visible_again >= 6 * timeout


def test_a_lease_outlives_its_run_and_ends_before_the_message_comes_again(timeout: float) -> None:
    lease = Ports(store=MemoryStore(), clock=lambda: NOW).lease.total_seconds()
    assert timeout < lease < written(HOME)["Parameters"]["VisibilityTimeout"]["Default"]


def test_one_silent_call_of_the_sdk_leaves_time_for_the_answer(timeout: float) -> None:
    assert timeout > ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS)
