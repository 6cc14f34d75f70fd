"""Directed schedules of policy and engine: each shows what one guard of a recompute is for. Without the guard the law is broken at the end,
or for as long as it takes to repair, and then people hear of an alert that the policy silences."""

from collections.abc import Sequence

import pytest

from gatewatch.flow.days import waiting
from gatewatch.flow.pipeline import process
from gatewatch.model import GroupKey
from gatewatch.ports import AlertQuery, AlertWrite, Written
from gatewatch.providers.engine import Engine, this_engine
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import login
from tests.laws.familiar_stage import FIRST_DAY, applying, aws, counted, delivery, entra, finish, lawful, ports, record, void
from tests.laws.stage import Interleaved

OLD = Engine(this_engine().number - 1, "older")


class Watched(MemoryStore):
    """Remembers under which policy each alert was written, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.policies: list[tuple[GroupKey, int]] = []

    def write_alerts(self, writes: Sequence[AlertWrite]) -> Sequence[Written]:
        """See ``gatewatch.ports.AlertStore``."""
        results = super().write_alerts(writes)
        done = (write for write, result in zip(writes, results, strict=True) if result is Written.DONE)
        self.policies += [(write.alert.key, write.alert.policy_version) for write in done]
        return results


@pytest.mark.parametrize("calls", range(1, 13))  # of the host, before the operator's run to their end
def test_an_alert_of_a_newer_policy_is_not_written_under_an_older_one(calls: int) -> None:
    """A host reads the policy, then finds that a record touches one more alert. Meanwhile a new policy has recomputed that alert."""
    world = [entra(4, 8, level="medium"), aws(5, 8.52)]
    store = Watched()
    delivery(world[:1], 0)(store)
    stage = Interleaved.scripted(store, [(0, calls), (1, None), (0, None)])
    stage.run([delivery(world[1:], 1), applying(Tuning(known_networks=("198.51.100.0/24",)))])

    for key in {key for key, _ in store.policies}:
        versions = [version for written, version in store.policies if written == key]
        assert versions == sorted(versions), key
    finish(store)
    assert counted(store) == lawful(store, world)


@pytest.mark.parametrize("calls", range(1, 9))  # its eighth is the look that follows its write
def test_an_engine_that_is_outdated_elsewhere_leaves_its_day_to_the_newer_one(calls: int) -> None:
    """The newer engine comes with a record of another person on another day: no alert of it stands in the older host's way."""
    mine, elsewhere = aws(2, 8.03, "FR"), record(login(9, at=FIRST_DAY, principal="111122223333/bob", person=None))
    store = MemoryStore()
    void(process([aws(4, 0.02)], ports(store, engine=OLD)))
    stage = Interleaved.scripted(store, [(0, calls), (1, None), (0, None)])
    stage.run([lambda gated: void(process([mine], ports(gated, engine=OLD))), delivery([elsewhere], 1)])

    newest = f"{this_engine().number}:{this_engine().digest}"
    assert {alert.engine for alert in store.search(AlertQuery(limit=10))} == {newest} or "2026-11-09" in waiting(store)
    finish(store)
    assert counted(store) == lawful(store, [aws(4, 0.02), mine, elsewhere])
