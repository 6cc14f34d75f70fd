"""The law of the poll: whatever crashes, throttles or is away in between, the alerts are those of one undisturbed run."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gatewatch.errors import StoreUnavailable
from gatewatch.flow.pipeline import process, sweep
from gatewatch.model import Alert, RawRecord
from gatewatch.polling.errors import SourceUnavailable
from gatewatch.polling.streams import Slice, slices
from scripts.local_cloud.fake_cloud.records import risky_sign_in, sign_in
from tests.support.azure_memory import Story
from tests.support.azure_stage import START, Crash, Stage

minutes = st.integers(-50, 200)
tales = st.lists(
    st.tuples(minutes, st.integers(0, 60), st.sampled_from(["none", "low", "medium", "high"]), st.none() | st.integers(1, 50)), max_size=8
)
failures = st.sampled_from(["none", "none", "store", "crash", "graph"])
steps = st.lists(st.tuples(st.integers(1, 45), failures, st.integers(1, 25)), min_size=1, max_size=8)


def told(tale: tuple[int, int, str, int | None], number: int) -> Story:
    created, late, level, raised = tale
    at = START + timedelta(minutes=created)
    make = risky_sign_in if level != "none" else sign_in
    record = make(
        at,
        upn=f"u{number % 3}@contoso.example",
        **({"level": level} if level != "none" else {}),
        id=f"00000000-0000-4000-8000-{number:012d}",
    )
    change = {"riskLevelAggregated": "high", "riskState": "atRisk", "riskEventTypes_v2": ["anonymizedIPAddress"]}
    return Story(record, at + timedelta(minutes=late), ((at + timedelta(minutes=raised), change),) if raised else ())


def summary(alerts: list[Alert]) -> list[tuple[Any, ...]]:
    return sorted((a.id, a.rule, a.score, a.status.value, tuple(sorted(a.snapshot.event_ids))) for a in alerts)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tales, steps)
@example(  # the last run dies between evidence and alert, and what goes on with its second reading is in haste
    [(25, 0, "none", None), (168, 7, "high", None)],
    [(21, "crash", 1), (28, "none", 1), (31, "none", 1), (25, "crash", 1), (34, "crash", 1), (17, "none", 1), (32, "crash", 7)],
)
def test_nothing_is_lost_whatever_fails(tales_: list[Any], steps_: list[Any]):
    stage = Stage([told(tale, number) for number, tale in enumerate(tales_)])
    for advance, failure, when in steps_:
        stage.clock.advance(minutes=advance)
        stage.graph.before_page = lambda _piece, _number: None
        if failure == "graph":
            stage.graph.before_page = fail_at(when)
        elif failure != "none":
            stage.store.plan = {stage.store.calls + when: Crash() if failure == "crash" else StoreUnavailable("away")}
        stage.crash(lambda: tolerated(stage))
        stage.store.plan = {}
        stage.clock.advance(minutes=6 if failure == "crash" else 0)
    stage.graph.before_page = lambda _piece, _number: None
    for pause in (30, 60, 60, 60, 60):
        stage.clock.advance(minutes=pause)
        stage.poll()
    sweep(stage.ports())
    expected = Stage(clock=stage.clock)
    final = [s.at(stage.clock()) for s in stage.stories if moment_of(s) <= stage.watermark()]
    process([raw(record, stage) for record in final], expected.ports())
    assert summary(stage.alerts()) == summary(expected.alerts())
    assert {n.alert.id for n in stage.sink.notices} >= {a.id for a in stage.alerts() if a.score >= 22}
    assert stage.dead_letters.kept == []


def moment_of(story_: Story) -> datetime:
    return datetime.fromisoformat(story_.record["createdDateTime"])


def raw(record: Any, stage: Stage) -> Any:
    return RawRecord(data=record, fetched=stage.clock(), tenant="tenant-1")


def tolerated(stage: Stage) -> None:
    try:
        stage.poll()
    except (SourceUnavailable, StoreUnavailable):
        return


def fail_at(when: int) -> Callable[[Slice, int], None]:
    left = [when]

    def fail(_piece: Slice, _number: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise SourceUnavailable("away")

    return fail


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 5000), st.integers(-10, 5000))
def test_slices_cover_the_stretch_and_nothing_else(minutes_: int, length: int):
    end = START + timedelta(minutes=minutes_)
    pieces = list(slices(START, end, timedelta(minutes=length)))
    assert [p.start for p in pieces] == [START, *(p.end for p in pieces[:-1])][: len(pieces)]
    assert (pieces[-1].end if pieces else START) == end
    assert all(timedelta(0) < p.end - p.start <= max(timedelta(minutes=length), timedelta(minutes=1)) for p in pieces)
