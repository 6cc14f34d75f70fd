"""Two writers, every interleaving of their first store calls: familiarity, a policy, an engine and an address between them."""

from collections.abc import Callable
from itertools import product

import pytest

from gatewatch.errors import Conflict
from gatewatch.flow.days import waiting
from gatewatch.flow.decoding import Decoded
from gatewatch.flow.pipeline import process
from gatewatch.model import Outcome
from gatewatch.model.tokens import ADDRESS
from gatewatch.ports import AlertQuery, Store
from gatewatch.providers.engine import Engine, this_engine
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import login
from tests.builders.common import at
from tests.laws.familiar_stage import FIRST_DAY, OTHER, USER, applying, aws, counted, delivery, entra, finish, lawful, ports, record, void
from tests.laws.stage import Interleaved

CALLS = 8
HOME, FRESH, EARLIER = aws(4, 0.02), aws(2, 8.03, "FR"), aws(1, 0, "FR")
SPRAY = at("203.0.113.66")
OLD = Engine(this_engine().number - 1, "older")

type Job = Callable[[Store], None]


def failures(start: int, outcome: Outcome = Outcome.FAILURE) -> list[Decoded]:
    """Five users who fail (or one who succeeds) from one address."""
    return [
        record(login(number, at=FIRST_DAY, principal=f"111122223333/user{number}", person=None, place=SPRAY, outcome=outcome))
        for number in range(start, start + (5 if outcome is Outcome.FAILURE else 1))
    ]


def by_engine(chunk: list[Decoded], engine: Engine) -> Job:
    """A host with this engine that processes a chunk."""
    return lambda store: void(process(list(chunk), ports(store, engine.digest, engine=engine)))


RACES = [
    pytest.param([delivery([HOME], 0)], delivery([FRESH], 1), delivery([EARLIER], 2), [HOME, FRESH, EARLIER], id="a first and an earlier use"),
    pytest.param([delivery([FRESH], 0)], delivery([HOME], 1), delivery([EARLIER], 2), [HOME, FRESH, EARLIER], id="two beginnings"),
    pytest.param([delivery([HOME], 0)], delivery([FRESH], 1), applying(Tuning(privileged_principals=(OTHER,))), [HOME, FRESH], id="a record and a policy"),
    pytest.param(
        [delivery([entra(9, 0)], 0)], delivery([entra(4, 8, level="medium")], 1), applying(Tuning(break_glass=(USER,))), [entra(9, 0), entra(4, 8, level="medium")],
        id="a record and a policy that keeps more",
    ),
    pytest.param(
        [delivery([entra(9, 0)], 0), applying(Tuning(break_glass=(USER,)))],
        delivery([entra(6, 1.5)], 1),
        applying(Tuning()),
        [entra(9, 0), entra(6, 1.5)],
        id="a record and a policy under which it is nothing",
    ),
    pytest.param(
        [delivery([HOME], 0)], applying(Tuning(known_networks=("203.0.113.0/24",))), applying(Tuning(privileged_principals=(OTHER,))), [HOME], id="two policies"
    ),
    pytest.param([delivery(failures(1), 0)], delivery(failures(6), 1), delivery(failures(20, Outcome.SUCCESS), 2), [*failures(1), *failures(6), *failures(20, Outcome.SUCCESS)], id="an address and two hosts"),
]  # fmt: skip


@pytest.mark.parametrize("swapped", [False, True], ids=["the-one-ends-first", "the-other-ends-first"])
@pytest.mark.parametrize(("before", "one", "other", "world"), RACES)
def test_every_interleaving_ends_in_the_law(before: list[Job], one: Job, other: Job, world: list[Decoded], swapped: bool) -> None:
    for schedule in product((0, 1), repeat=CALLS):
        store = MemoryStore()
        for job in before:
            job(store)
        stage = Interleaved(store, schedule, ())
        stage.run([tolerant(other), tolerant(one)] if swapped else [tolerant(one), tolerant(other)])
        finish(store)
        assert counted(store) == lawful(store, world), schedule


def tolerant(job: Job) -> Job:
    """A job that may lose the race for a policy, and then does it again with the version that won."""

    def run(store: Store) -> None:
        for _ in range(3):
            try:
                return job(store)
            except Conflict:
                continue
        return job(store)

    return run


def test_an_address_gets_its_alert_in_these_races() -> None:
    store = MemoryStore()
    for number, chunk in enumerate([failures(1), failures(6), failures(20, Outcome.SUCCESS)]):
        delivery(chunk, number)(store)
    assert [key.principal for key in counted(store) if key.principal.startswith(ADDRESS)] == [f"{ADDRESS}203.0.113.66"]


def test_a_host_of_an_older_engine_computes_no_alert_whatever_the_interleaving() -> None:
    """It stores and teaches; the days that it touched wait for the newer engine, which then owns every alert."""
    for schedule in product((0, 1), repeat=CALLS):
        store = MemoryStore()
        by_engine([HOME], OLD)(store)
        stage = Interleaved(store, schedule, ())
        stage.run([by_engine([FRESH], OLD), by_engine([aws(3, 1.5)], this_engine())])
        finish(store)
        assert counted(store) == lawful(store, [HOME, FRESH, aws(3, 1.5)]), schedule


def test_an_older_engine_writes_no_alert_and_leaves_the_day_to_the_newer_one() -> None:
    store = MemoryStore()
    by_engine([HOME], this_engine())(store)
    by_engine([FRESH], OLD)(store)
    assert counted(store) == {}
    finish(store)
    assert counted(store) == lawful(store, [HOME, FRESH]) != {}


@pytest.mark.parametrize("calls", range(1, 9))
def test_an_engine_that_is_outdated_while_it_computes_leaves_the_day_to_the_newer_one(calls: int) -> None:
    """The newer engine arrives after so many calls of the older host; its eighth is the look that follows its write."""
    store = MemoryStore()
    by_engine([HOME], OLD)(store)
    stage = Interleaved.scripted(store, [(0, calls), (1, None), (0, None)])
    stage.run([by_engine([FRESH], OLD), by_engine([aws(3, 1.5)], this_engine())])
    computed = [alert.engine for alert in store.search(AlertQuery(limit=10))]
    newest = f"{this_engine().number}:{this_engine().digest}"
    assert set(computed) <= {newest} or "2026-11-09" in waiting(store)
    finish(store)
    assert counted(store) == lawful(store, [HOME, FRESH, aws(3, 1.5)])
