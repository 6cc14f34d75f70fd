"""Laws 1, 2 and 5 on AWS: nothing urgent ends without a notification, each is sent once, and sending never stops a run.

Over stores, faults and orders; what fails may fail after any number of calls, in a warm process or a new one.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from aws_lambda.batch import PATIENCE
from gatewatch.flow.announced import Announcements
from gatewatch.flow.pipeline import process, sweep
from gatewatch.model import Announcement
from gatewatch.ports import AlertWrite, Notice, Store, Written
from gatewatch.stores import open_store
from tests.builders.aws import raw_root
from tests.laws.urgent import CHANNELS, TIMEOUT, Turn, World
from tests.support.channels import Channel, bundle
from tests.support.in_memory import folder

KINDS = st.lists(st.sampled_from(["medium", "urgent"]), min_size=1, max_size=6)
TURNS = st.lists(
    st.builds(
        Turn,
        size=st.integers(1, 4),
        store=st.sampled_from(["up", "away", "away", "refuses_evidence", "refuses_alerts", "breaks"]),
        calls=st.integers(0, 14),
        sns=st.sampled_from(["up", "up", "away", "hangs", "refuses", "breaks"]),
        teams=st.sampled_from(["up", "up", "away", "hangs"]),
        cold=st.booleans(),
        sweeps=st.booleans(),
    ),
    max_size=10,
).map(lambda turns: [turn._replace(cold=False) for turn in turns] if any(turn.sweeps for turn in turns) else turns)
"""A sweep of another process may come before the message that remembers what was sent: SQS is the only memory, so that is left out."""
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "60"))
AWAY = Turn(store="away")
NOTED = 2
"""Calls after the last mark: the hour in which sign-ins were seen is read and written."""


@pytest.fixture(params=["memory:", "sqlite"])
def store(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    opened: list[Store] = []

    def new() -> Store:
        url = request.param if request.param == "memory:" else f"sqlite:{place / str(len(opened))}.sqlite"
        opened.append(open_store(url))
        return opened[-1]

    with folder() as place:
        yield new
        for one in opened:
            one.close()


def holds_the_laws(world: World, kinds: list[str], turns: list[Turn]) -> None:
    """Everything goes through the faults, then all is well; what people heard is what the laws say."""
    world.arrive(kinds)
    for turn in turns:
        world.deliver(turn)
    before = {(heard.channel, heard.account) for heard in world.heard}
    world.recover()
    accounts = {f"{number:012d}" for number in range(len(kinds))}
    heard = [(one.channel, one.account) for one in world.heard]
    assert set(heard) == {(channel, account) for channel in CHANNELS for account in accounts}, "law 1"
    assert len(heard) == len(set(heard)), "law 2: each once"
    assert not [one for one in world.heard if one.not_stored and one.stored], "law 2: not stored is true"
    assert world.longest < TIMEOUT, "law 5"
    assert world.stored() == dict.fromkeys(accounts, ())
    assert world.queue == world.dead == []
    assert before <= set(heard)


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(kinds=["urgent"], turns=[AWAY._replace(sns="away", teams="away", cold=True)] * 4 + [AWAY])
@example(kinds=["urgent"] * 6, turns=[AWAY._replace(sns="hangs", teams="hangs")])
@example(kinds=["urgent"], turns=[AWAY, AWAY._replace(cold=True)] * 3)
@example(kinds=["urgent"], turns=[Turn(store="refuses_alerts")])
@example(kinds=["urgent"], turns=[Turn(store="refuses_evidence", teams="away")])
@example(kinds=["urgent", "medium"], turns=[Turn(store="breaks", cold=True)] * (PATIENCE + 1))
@given(kinds=KINDS, turns=TURNS)
def test_urgent_findings_are_sent_on_every_channel_once(store: Callable[[], Store], kinds: list[str], turns: list[Turn]) -> None:
    holds_the_laws(World(store()), kinds, turns)


@pytest.mark.parametrize("calls", range(16))
@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_a_store_that_leaves_after_any_call_repeats_nothing_and_says_nothing_false(
    store: Callable[[], Store], calls: int, cold: bool
) -> None:
    turns = [AWAY._replace(calls=calls, cold=cold)] * 2 + [AWAY._replace(cold=cold)]
    holds_the_laws(World(store()), ["urgent", "medium", "urgent"], turns)


@pytest.mark.parametrize("refusal", ["refuses_evidence", "refuses_alerts"])
def test_a_refused_record_is_announced_at_once_as_not_stored(store: Callable[[], Store], refusal: str) -> None:
    world = World(store())
    world.arrive(["urgent", "medium"])
    world.deliver(Turn(store=refusal))
    assert [(one.channel, one.account, one.not_stored) for one in world.heard] == [("sns", "0" * 12, True), ("teams", "0" * 12, True)]
    assert len(world.dead) == 2


def test_ten_alerts_on_channels_that_hang_cost_one_message_each(store: Callable[[], Store]) -> None:
    world = World(store())
    world.arrive(["urgent"] * 10)
    world.deliver(Turn(sns="hangs", teams="hangs"))
    assert (world.longest, world.counted["NotTold"], world.counted["Told"]) == (12.0, 20, 0)
    assert world.stored() == dict.fromkeys([f"{number:012d}" for number in range(10)], CHANNELS)


class Forgets(Announcements):
    """The guard taken out: nothing that was announced is remembered."""

    def add(self, *announcements: Announcement) -> None:
        """Forget it at once."""


def test_without_the_memory_two_receives_announce_twice(store: Callable[[], Store]) -> None:
    with pytest.raises(AssertionError, match="each once"):
        holds_the_laws(World(store(), remembers=Forgets), ["urgent"], [AWAY, AWAY])


def test_without_the_memory_a_store_that_leaves_before_the_mark_sends_twice(store: Callable[[], Store]) -> None:
    whole = World(store())
    whole.arrive(["urgent"])
    whole.deliver(Turn())
    leaves = AWAY._replace(calls=whole.calls - NOTED - 2)  # the mark reads and writes
    holds_the_laws(World(store()), ["urgent"], [leaves])
    with pytest.raises(AssertionError, match="each once"):
        holds_the_laws(World(store(), remembers=Forgets), ["urgent"], [leaves])


def test_without_the_memory_what_is_stored_is_called_not_stored(store: Callable[[], Store]) -> None:
    """The store leaves after the alert was written, before its lease was taken."""
    whole = World(store())
    whole.arrive(["urgent"])
    whole.deliver(Turn())
    leaves = AWAY._replace(calls=whole.calls - NOTED - 4)
    holds_the_laws(World(store()), ["urgent"], [leaves])
    world = World(store(), remembers=Forgets)
    world.arrive(["urgent"])
    world.deliver(leaves)
    assert {(one.not_stored, one.stored) for one in world.heard} == {(True, True)}


class NoLeases:
    """The guard taken out: the store keeps no lease."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """See ``gatewatch.ports.Store``."""
        return self._store.write_alerts([AlertWrite(structs.replace(w.alert, leases=()), w.version) for w in writes])


class Overtaken(Channel):
    """A channel that is slow enough for another worker to look at the same alert."""

    def __init__(self, other: Callable[[], object]) -> None:
        super().__init__("sns")
        self._other: Callable[[], object] | None = other

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        other, self._other = self._other, None
        if other is not None:
            other()
        super().send(notice)


@pytest.mark.parametrize(("leases", "sent"), [(True, 1), (False, 2)], ids=["with leases", "without"])
def test_two_workers_send_once_because_of_the_lease(store: Callable[[], Store], leases: bool, sent: int) -> None:
    shared = store() if leases else NoLeases(store())
    second = Channel("sns")
    first = Overtaken(lambda: sweep(bundle(shared, second, worker="second")))
    process([raw_root(1)], bundle(shared, first, worker="first"))
    assert len(first.notices) + len(second.notices) == sent
