"""The law of familiarity on every store: orders, pieces, repetitions, writers that interleave, stall and crash, and policies between them."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.flow.decoding import Decoded
from gatewatch.model import Outcome
from gatewatch.ports import Store
from gatewatch.tuning import Tuning
from tests.builders.common import ALICE
from tests.elastic_server.fixtures import Elastic, elastic_server
from tests.laws.familiar_stage import applying, aws, counted, delivery, entra, finish, lawful, learnt, tunings, worlds
from tests.laws.stage import Interleaved
from tests.laws.test_arrival import law, law_on_a_server, opened

__all__ = ["elastic_server"]

type Job = Callable[[Store], None]
STORES = ["memory", "sqlite"]


def check(store: Store, world: Sequence[Decoded]) -> None:
    """Alerts and familiarity are those of the law."""
    finish(store)
    assert counted(store) == lawful(store, world)
    with opened("memory") as at_once:
        delivery(world, 0)(at_once)
        assert learnt(store, world) == learnt(at_once, world)


def run(store: Store, jobs: Sequence[Job], schedule: Sequence[int], crashes: set[int]) -> None:
    """All jobs at once as the schedule says; who crashed comes again."""
    stage = Interleaved(store, schedule, crashes)
    stage.run(jobs)
    for number in stage.crashed:
        jobs[number](store)


@pytest.mark.parametrize("kind", STORES)
@law
@given(world=worlds, data=st.data())
def test_order_repetition_and_pieces_change_nothing(kind: str, world: list[Decoded], data: st.DataObject) -> None:
    arrivals = data.draw(st.permutations([*world, *data.draw(st.lists(st.sampled_from(world), max_size=3))]))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(arrivals)), max_size=4)))
    with opened(kind) as store:
        for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(arrivals)], strict=True)):
            delivery(arrivals[start:end], number)(store)
        check(store, world)
        if len({one.found[0].vendor_id for one in world}) == len(world):  # versions: what was clean before it was risky is not stored
            with opened("memory") as at_once:
                delivery(world, 0)(at_once)
                assert counted(store) == counted(at_once)


@pytest.mark.parametrize("kind", STORES)
@law
@given(world=worlds, data=st.data())
def test_writers_that_interleave_and_crash_with_policies_between_them(kind: str, world: list[Decoded], data: st.DataObject) -> None:
    interleaved(kind, None, world, data)


@pytest.mark.elastic
@law_on_a_server
@given(world=worlds, data=st.data())
def test_writers_that_interleave_and_crash_on_a_server(elastic_server: Elastic, world: list[Decoded], data: st.DataObject) -> None:
    interleaved("elasticsearch", elastic_server, world, data)


def interleaved(kind: str, elastic: Elastic | None, world: list[Decoded], data: st.DataObject) -> None:
    arrivals = data.draw(st.permutations(world))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(arrivals)), max_size=3)))
    chunks = [arrivals[a:b] for a, b in zip([0, *cuts], [*cuts, len(arrivals)], strict=True) if a < b]
    jobs = [delivery(chunk, number) for number, chunk in enumerate(chunks)]
    jobs += [applying(tuning) for tuning in data.draw(st.lists(tunings, max_size=1))]
    schedule = data.draw(st.lists(st.integers(0, len(jobs)), max_size=150))
    with opened(kind, elastic) as store:
        run(store, jobs, schedule, data.draw(st.sets(st.integers(1, 60), max_size=2)))
        check(store, world)


@pytest.mark.parametrize("kind", STORES)
def test_a_policy_that_names_a_person_otherwise_takes_the_old_name_s_alert_back(kind: str) -> None:
    world = [aws(2, 8.03, "FR"), entra(4, 8.03, "FR", "medium")]
    with opened(kind) as store:
        delivery(world, 0)(store)
        assert [key.principal for key in counted(store) if key.family == "xcloud"] == [ALICE]
        applying(Tuning(aliases={ALICE: "someone"}))(store)
        assert [key.principal for key in counted(store) if key.family == "xcloud"] == ["someone"]
        check(store, world)


# The directed schedules of the simulation: (worker, calls of the store it makes before the next one goes on; None: to its end).
# A worker that is not run to its end crashes, and its chunk comes again at the end.
HOME, FRESH, EARLIER = entra(9, 0.02), entra(1, 8.03, "FR"), entra(2, 0, "FR")
SCHEDULES = {
    "a holder stalls, is displaced, and crashes": ([[HOME], [FRESH], [EARLIER]], lambda n: [(0, None), (1, n), (2, None)]),
    "a writer of a former beginning stalls": ([[FRESH], [HOME], [EARLIER]], lambda n: [(0, None), (1, n), (2, None)]),
    "two slow writers of former beginnings": ([[FRESH], [HOME], [EARLIER]], lambda n: [(0, 4), (1, n), (2, None), (0, None)]),
    "the holder ended before it was displaced": ([[HOME, FRESH], [EARLIER]], lambda n: [(0, None), (1, n)]),
    "the first slow one wakes up last": ([[HOME], [FRESH], [EARLIER]], lambda n: [(0, None), (1, n), (2, None), (1, None)]),
}
DIRECTED = [
    pytest.param(chunks, script(calls), id=f"{name}, after {calls} calls")
    for name, (chunks, script) in SCHEDULES.items()
    for calls in range(1, 12)
]


@pytest.mark.parametrize("kind", [*STORES, pytest.param("elasticsearch", marks=pytest.mark.elastic)])
@pytest.mark.parametrize(("chunks", "script"), DIRECTED)
def test_directed_schedules(
    kind: str, chunks: list[list[Decoded]], script: list[tuple[int, int | None]], request: pytest.FixtureRequest
) -> None:
    elastic = request.getfixturevalue("elastic_server") if kind == "elasticsearch" else None
    with opened(kind, elastic) as store:
        directed(store, chunks, script)
        check(store, [one for chunk in chunks for one in chunk])


def directed(store: Store, chunks: list[list[Decoded]], script: list[tuple[int, int | None]]) -> None:
    """Play the script; a worker that was not run to its end crashes at its next call, and its chunk is delivered again."""
    stage = Interleaved.scripted(store, script)
    stage.run([delivery(chunk, number) for number, chunk in enumerate(chunks)])
    for number in stage.crashed:
        delivery(chunks[number], number)(store)


@pytest.mark.parametrize("kind", STORES)
def test_every_version_of_a_stored_record_is_stored(kind: str) -> None:
    """High risk, then none, then low, in three deliveries: the clean version is kept because its id is stored."""
    world = [entra(9, 0), entra(8, 7.9), entra(1, 8, level="high"), entra(1, 8, version=1), entra(1, 8, level="low", version=2)]
    with opened(kind) as store:
        for number, one in enumerate(world):
            delivery([one], number)(store)
        check(store, world)
        assert len(store.evidence_of(["entra|s-1"])) == 3
        assert not [snapshot for snapshot in counted(store).values() if snapshot.score >= 73]


STORIES = [
    pytest.param(
        [entra(1, 8, level="high"), entra(1, 8, level="none", version=1), entra(1, 8, level="low", version=2)], id="risk that vanishes"
    ),
    pytest.param([entra(9, 0), entra(1, 8, "FR", level="medium"), entra(2, 8.03, "FR")], id="a clean record after the risky one"),
    pytest.param([HOME, aws(1, 8, "FR"), aws(2, 8.03, "FR", Outcome.FAILURE)], id="a failure has no firsts"),
]


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("world", STORIES)
def test_stories_end_alike_forwards_and_backwards(kind: str, world: list[Decoded]) -> None:
    ends = []
    for order in (world, world[::-1]):
        with opened(kind) as store:
            for number, one in enumerate(order):
                delivery([one], number)(store)
            check(store, world)
            ends.append({key: (found.score, found.rule) for key, found in counted(store).items()})
    assert ends[0] == ends[1] or world[0].found[0].vendor_id == world[1].found[0].vendor_id
