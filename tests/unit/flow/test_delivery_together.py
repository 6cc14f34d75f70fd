"""Telling about several alerts: they share store calls, and a slow or faulty channel repeats nothing."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.flow.delivery import MARK_SECONDS, TOGETHER, UNMARKED_FOR, deliver
from gatewatch.model import Alert
from gatewatch.ports import AlertWrite, Notice, Ports, Written
from gatewatch.stores.memory import MemoryStore
from tests.builders.alerts import alert, key
from tests.builders.common import minutes

LEASE = timedelta(minutes=2)


class World:
    """A store that counts its calls, a clock, and channels that record; ``during`` runs while a channel sends."""

    def __init__(self, count: int, channels: Sequence[str] = ("sns",)) -> None:
        self.items = [alert(key(f"user{number}"), pending=tuple(channels), pending_reason="new") for number in range(count)]
        self.store = MemoryStore()
        self.store.write_alerts([AlertWrite(item, None) for item in self.items])
        self.calls: list[tuple[str, int]] = []
        self.sent: list[tuple[str, str]] = []
        self.now = minutes(60)
        self.during: Callable[[], None] = lambda: None
        notifiers = {name: Channel(name, self) for name in channels}
        self.ports = Ports(store=self, clock=lambda: self.now, channels=tuple(channels), notifiers=notifiers, lease=LEASE)  # type: ignore[arg-type]

    def read_alerts(self, keys: Sequence[Any]) -> Any:
        self.calls.append(("read", len(keys)))
        return self.store.read_alerts(keys)

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        self.calls.append(("write", len(writes)))
        return self.store.write_alerts(writes)

    def deliver(self) -> None:
        deliver([item.key for item in self.items], self.ports)

    def stored(self) -> list[Alert]:
        found = self.store.read_alerts([item.key for item in self.items])
        return [found[item.key].alert for item in self.items]


class Channel:
    """One channel of a world."""

    def __init__(self, name: str, world: World) -> None:
        self.name, self._world = name, world

    def send(self, notice: Notice) -> None:
        self._world.during()
        self._world.sent.append((notice.alert.id, self.name))


def test_ten_alerts_on_two_channels_cost_four_calls() -> None:
    world = World(10, ("sns", "teams"))
    world.deliver()
    assert world.calls == [("read", 10), ("write", 10)] * 2
    assert world.sent == [(item.id, name) for item in world.items for name in ("sns", "teams")]
    assert [(len(a.notification_log), a.pending, a.leases) for a in world.stored()] == [(2, (), ())] * 10


def test_alerts_that_owe_nothing_cost_one_read() -> None:
    world = World(10)
    world.deliver()
    world.calls.clear()
    world.deliver()
    assert world.calls == [("read", 10)]


@pytest.mark.parametrize("seconds", [0, 1, 4, 24, 200])
def test_a_slow_channel_sends_under_young_leases_and_its_marks_are_written_in_time(seconds: float) -> None:
    world = World(TOGETHER + 5)
    ages: list[timedelta] = []

    def slow() -> None:
        ours = next(lease for item in world.stored() for lease in item.leases)
        ages.append(world.now - (ours.until - LEASE))
        world.now += timedelta(seconds=seconds)

    world.during = slow
    world.deliver()
    assert max(ages) < UNMARKED_FOR
    assert [name for name, _ in world.sent] == [item.id for item in world.items]
    assert [(len(a.notification_log), a.pending, a.leases) for a in world.stored()] == [(1, (), ())] * len(world.items)


def test_a_fault_in_one_message_repeats_none_of_those_sent_before_it() -> None:
    world = World(3, ("sns", "teams"))

    def fault() -> None:
        if len(world.sent) == 3:
            raise RuntimeError("a bug")

    world.during = fault
    with pytest.raises(RuntimeError):
        world.deliver()
    assert [([t.channel for t in a.notification_log], a.pending, a.leases) for a in world.stored()] == [
        (["sns", "teams"], (), ()),
        (["sns"], ("teams",), ()),
        ([], ("sns", "teams"), ()),
    ]


@pytest.mark.parametrize(
    ("seconds_left", "told"),
    [
        pytest.param(2 * MARK_SECONDS - 1, 0, id="too-late-to-begin"),
        pytest.param(2 * MARK_SECONDS, 3, id="until-the-marks-need-the-rest"),
        pytest.param(60, 10, id="enough"),
    ],
)
def test_what_a_run_has_no_time_for_stays_owed_without_a_lease(seconds_left: float, told: int) -> None:
    world = World(10)
    world.ports = structs.replace(world.ports, remaining=lambda: seconds_left - (world.now - minutes(60)).total_seconds())

    def slow() -> None:
        world.now += timedelta(seconds=3)

    world.during = slow
    world.deliver()
    after = world.stored()
    assert [len(a.notification_log) for a in after] == [1] * told + [0] * (10 - told)
    assert [a.leases for a in after] == [()] * 10


class Overtaken(World):
    """Another worker writes the first alert between the read and the write of the leases."""

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        if not self.sent and len(writes) > 1:
            first = self.items[0].key
            known = self.store.read_alerts([first])[first]
            self.store.write_alerts([AlertWrite(structs.replace(known.alert, updated=self.now), known.version)])
        return super().write_alerts(writes)


def test_another_writer_costs_its_own_alert_a_second_swap() -> None:
    world = Overtaken(3)
    world.deliver()
    assert world.calls == [("read", 3), ("write", 3), ("read", 1), ("write", 1), ("read", 3), ("write", 3)]
    assert len(world.sent) == 3
