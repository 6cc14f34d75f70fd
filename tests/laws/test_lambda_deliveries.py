"""Whatever is away, and when: the Lambda loses no record and tells each alert exactly once."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_lambda.batch import Invocation, sweep, take
from aws_lambda.messages import Message
from gatewatch.errors import NotifyUnavailable, StoreUnavailable
from gatewatch.ports import AlertQuery, Notice, Ports
from gatewatch.stores import open_store
from tests.builders.aws import envelope, root_record, user_record

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Turn(NamedTuple):
    """One batch: how many messages, and what is away. The store may go away after some of its calls."""

    size: int
    store_calls: int | None  # None: it stays
    channel: bool
    parking: bool
    delivered_twice: bool


class World:
    """The queue, the dead letters, the channel and the store of one function."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self.queue = [Message(id=f"m-{n}", body=self.body(kind, n), sent=NOW) for n, kind in enumerate(kinds)]
        self.dead_lettered_at: list[str] = []
        self.told: list[str] = []
        self.calls_left: int | None = None
        self.channel_up = self.parking_up = True
        self.store = open_store("memory:")
        self.copies = 0
        self.now = NOW

    @staticmethod
    def body(kind: str, number: int) -> str:
        account = f"{number:012d}"
        bodies = {
            "poison": "{",
            "medium": json.dumps(envelope(user_record("alice", account))),
            "urgent": json.dumps(envelope(root_record(account))),
        }
        return bodies[kind]

    # what the function is wired with

    name = "sns"

    def send(self, notice_or_message: Any) -> None:
        if isinstance(notice_or_message, Notice):
            if not self.channel_up:
                raise NotifyUnavailable("away")
            self.told.append(notice_or_message.alert.key.account)
            return
        self.copies += 1
        message = notice_or_message
        self.queue.append(Message(id=f"c-{self.copies}", body=message.body, sent=message.sent, announced=message.announced))

    def dead_letter(self, message: Message, reason: str, detail: str = "") -> None:
        if not self.parking_up:
            raise ConnectionError(reason, detail)
        self.dead_lettered_at.append(message.body)

    def invocation(self) -> Invocation:
        ports = Ports(store=Failing(self), clock=lambda: self.now, channels=("sns",), notifiers={"sns": self})
        quiet = Logger(service="law", level="CRITICAL")
        return Invocation(ports=ports, dead_letters=self, set_aside=self, log=quiet, count=lambda *_: None, renew=lambda: False)  # type: ignore[arg-type]

    def deliver(self, turn: Turn) -> None:
        """What SQS does with one batch, and now and then twice."""
        batch, self.queue = self.queue[: turn.size], self.queue[turn.size :]
        self.calls_left, self.channel_up, self.parking_up = turn.store_calls, turn.channel, turn.parking
        failed = take(batch, self.invocation())
        if turn.delivered_twice and turn.store_calls is None and turn.parking:
            take([m for m in batch if m.body != "{"], self.invocation())
        self.queue += [
            Message(id=m.id, body=m.body, sent=m.sent, announced=m.announced, receives=m.receives + 1) for m in batch if m.id in failed
        ]

    def recover(self) -> None:
        """All is well again: the queue runs empty, leases of the dead end, a sweep follows."""
        for _ in range(len(self.queue) + 1):
            self.deliver(Turn(10, None, channel=True, parking=True, delivered_twice=False))
        self.now += timedelta(hours=1)
        sweep(self.invocation())


class Failing:
    """The world's store while it is there."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._world.store, name)

        def call(*arguments: Any) -> Any:
            left = self._world.calls_left
            if left is not None:
                if left <= 0:
                    raise StoreUnavailable("away")
                self._world.calls_left = left - 1
            return target(*arguments)

        return call


def turns(most_store_calls: int) -> st.SearchStrategy[Turn]:
    """Up to six store calls end before anybody is told by the pipeline; later ones fall between telling and marking as well."""
    return st.builds(
        Turn,
        size=st.integers(1, 10),
        store_calls=st.none() | st.integers(0, most_store_calls),
        channel=st.booleans(),
        parking=st.booleans(),
        delivered_twice=st.booleans(),
    )


KINDS = st.lists(st.sampled_from(["medium", "urgent", "poison"]), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(KINDS, st.lists(turns(6), max_size=12))
def test_each_alert_is_stored_and_told_once_and_each_poison_parked_once(kinds: list[str], outages: list[Turn]) -> None:
    world = World(kinds)
    for turn in outages:
        world.deliver(turn)
    world.recover()
    assert stored(world) == expected(kinds)
    assert sorted(world.told) == expected(kinds)
    assert (world.dead_lettered_at, world.queue) == (["{"] * kinds.count("poison"), [])


@settings(max_examples=200, deadline=None)
@given(KINDS, st.lists(turns(60), max_size=12))
def test_a_store_that_leaves_between_telling_and_marking_loses_nothing_and_leaves_nothing_owed(
    kinds: list[str], outages: list[Turn]
) -> None:
    world = World(kinds)
    for turn in outages:
        world.deliver(turn)
    world.recover()
    assert stored(world) == expected(kinds)
    assert sorted(set(world.told)) == expected(kinds)
    assert (world.dead_lettered_at, world.queue) == (["{"] * kinds.count("poison"), [])


def expected(kinds: Sequence[str]) -> list[str]:
    """The accounts that must have an alert."""
    return [f"{n:012d}" for n, kind in enumerate(kinds) if kind != "poison"]


def stored(world: World) -> list[str]:
    """The accounts that have one which owes nothing."""
    return sorted(alert.key.account for alert in world.store.search(AlertQuery(limit=1000)) if alert.pending == ())
