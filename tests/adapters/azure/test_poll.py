"""The poll: what it reads, when the watermark moves, and that nothing gets lost whatever fails in between."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azure_function.graph_http import Deadline, GraphError, GraphUnavailable
from azure_function.poll import Report, Seams, each, poll
from azure_function.settings import GraphSettings, PollSettings
from azure_function.streams import Slice, Stream, catalogue, slices
from gatewatch.errors import StoreError, StoreUnavailable
from gatewatch.model import Alert, RawRecord
from gatewatch.pipeline import process, sweep
from gatewatch.ports import AlertQuery, Ports
from gatewatch.stores.memory import MemoryStore
from tests.support.azure_memory import Clock, MemoryCheckpoint, MemoryLetters, Sink, Story, StoryPages
from tests.support.fake_cloud.records import risk_detection, risky_sign_in, sign_in

START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
STREAMS = catalogue(GraphSettings(tenant_id="tenant-1"), PollSettings())
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
    letters: MemoryLetters = field(default_factory=MemoryLetters)
    sink: Sink = field(default_factory=Sink)
    runs: int = 0

    def __post_init__(self) -> None:
        self.graph = StoryPages(self.clock, self.stories)

    def ports(self) -> Ports:
        return Ports(store=self.store, clock=self.clock, channels=("teams",), notifiers={"teams": self.sink}, worker=f"w{self.runs}")

    def poll(self, stream: Stream = SIGN_INS, seconds: float = 240) -> Report:
        self.runs += 1
        deadline = Deadline(self.clock, self.clock() + timedelta(seconds=seconds))
        return poll(stream, Seams(self.graph, self.checkpoint, self.letters, self.ports(), deadline))

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


def test_the_first_poll_looks_back_a_day_and_stops_short_of_now():
    stage = Stage()
    stage.poll()
    assert (min(p.start for p in stage.graph.asked), max(p.end for p in stage.graph.asked)) == (
        START - timedelta(seconds=90, hours=24),
        START - timedelta(seconds=90),
    )
    assert stage.watermark() == START - timedelta(seconds=90)


def test_slices_touch_so_that_nothing_falls_between():
    stage = Stage()
    stage.poll()
    assert all(a.end == b.start for a, b in zip(stage.graph.asked, stage.graph.asked[1:], strict=False))


def test_a_poll_reads_what_is_new_and_then_an_hour_again():
    stage = Stage()
    stage.poll()
    stage.clock.advance(minutes=5)
    stage.graph.asked.clear()
    stage.poll()
    mark = START - timedelta(seconds=90)
    assert stage.graph.asked == [Slice(mark, mark + timedelta(minutes=5)), Slice(mark - timedelta(minutes=60), mark)]


def test_risk_detections_are_read_again_for_72_hours():
    stage = Stage()
    stage.poll(RISKS)
    stage.clock.advance(minutes=5)
    stage.graph.asked.clear()
    stage.poll(RISKS)
    assert min(p.start for p in stage.graph.asked) == START - timedelta(seconds=90, hours=72)


def test_a_watermark_from_the_future_is_brought_back():
    stage = Stage()
    stage.clock.advance(days=2)
    stage.poll()
    stage.clock.advance(days=-2)
    stage.poll()
    assert stage.watermark() == START - timedelta(seconds=90)


def test_an_outage_of_weeks_is_caught_up_within_what_graph_keeps(caplog: pytest.LogCaptureFixture):
    stage = Stage()
    stage.poll()
    stage.clock.advance(days=40)
    stage.graph.asked.clear()
    stage.poll()
    assert min(p.start for p in stage.graph.asked) == stage.clock() - timedelta(days=30) + timedelta(minutes=5)
    assert "were never read" in caplog.text
    assert stage.watermark() == stage.clock() - timedelta(seconds=90)


def test_a_tenant_that_keeps_seven_days_only_is_not_stuck_after_an_outage():
    stage = Stage()
    stage.poll()
    stage.clock.advance(days=20)

    def refuse(piece: Slice, _number: int) -> None:
        if piece.start < stage.clock() - timedelta(days=7):
            raise GraphError(400, "BadRequest")

    stage.graph.before_page = refuse
    assert stage.poll().state == "done"
    assert stage.watermark() == stage.clock() - timedelta(seconds=90)


def test_a_refusal_of_a_recent_slice_is_not_skipped():
    stage = Stage()

    def refuse(_piece: Slice, _number: int) -> None:
        raise GraphError(400, "BadRequest")

    stage.graph.before_page = refuse
    with pytest.raises(GraphError):
        stage.poll()


def test_the_watermark_stays_at_the_last_whole_slice_when_graph_fails():
    stage = Stage()
    stage.poll()
    before = stage.watermark()
    stage.clock.advance(hours=9)

    def fail(piece: Slice, _number: int) -> None:
        if piece.start > before + timedelta(hours=3):
            raise GraphUnavailable("away")

    stage.graph.before_page = fail
    with pytest.raises(GraphUnavailable):
        stage.poll()
    assert stage.watermark() == before + timedelta(hours=4)


def test_a_locked_stream_is_left_alone():
    stage = Stage([story(-5)])
    stage.store.plan = {1: Crash()}
    stage.crash(stage.poll)
    assert stage.poll().state == "locked"
    stage.clock.advance(minutes=6)
    assert stage.poll().state == "done"
    assert len(stage.alerts()) == 1


def test_a_worker_that_lost_its_lease_moves_nothing():
    stage = Stage([story(-5)])

    def usurp(_piece: Slice, _number: int) -> None:
        row = stage.checkpoint.rows["sign_ins"]
        stage.checkpoint.save(row)

    stage.graph.before_page = usurp
    assert stage.poll().state == "taken_over"
    assert stage.watermark() is None


def test_what_is_stored_and_settled_is_withheld():
    stage = Stage([story(-5)])
    stage.poll()
    withheld = []
    for _ in range(4):
        stage.clock.advance(minutes=5)
        withheld.append(stage.poll().counts["withheld"])
    assert withheld[-1] == 1
    assert len(stage.store.inner.evidence_of([a for alert in stage.alerts() for a in alert.event_ids])) == 1


def test_a_crash_between_evidence_and_alert_is_made_good():
    for call in range(1, 12):
        stage = Stage([story(-5)])
        stage.store.plan = {call: Crash()}
        stage.crash(stage.poll)
        stage.clock.advance(minutes=6)
        stage.poll()
        stage.clock.advance(minutes=6)
        stage.poll()
        sweep(stage.ports())
        assert len(stage.alerts()) == 1, call
        assert stage.sink.notices, call


def test_a_record_that_breaks_the_pipeline_is_buried_and_the_rest_goes_on():
    poison = {"id": "x", "nothing": "known"}
    stage = Stage([story(-5), Story(poison, START), story(-9)])
    stage.poll()
    stage.clock.advance(minutes=5)
    stage.poll()
    assert len(stage.alerts()) == 2
    assert [data for data, _, _ in stage.letters.kept] == [poison]


def test_a_store_that_refuses_everything_is_raised_and_buries_nothing():
    stage = Stage([story(-5), story(-9)])
    stage.store.plan = {call: StoreError("no rights") for call in range(2, 60)}
    with pytest.raises(StoreError):
        stage.poll()
    assert stage.letters.kept == []
    assert stage.watermark() is None or stage.watermark() < START - timedelta(minutes=10)


def test_a_store_that_is_away_is_announced_around_once():
    urgent = story(-5, level="high", riskState="confirmedCompromised")
    stage = Stage([urgent, story(-9)])
    for _ in range(3):
        stage.store.plan = {stage.store.calls + 1: StoreUnavailable("away")}
        with pytest.raises(StoreUnavailable):
            stage.poll()
        stage.clock.advance(minutes=5)
    assert [(n.index_unavailable, n.alert.score >= 74) for n in stage.sink.notices] == [(True, True)]
    stage.poll()
    assert sorted(n.index_unavailable for n in stage.sink.notices) == [False, True]
    assert [len(alert.ledger) for alert in stage.alerts()] == [1, 1]
    assert stage.checkpoint.told == {}


def test_a_slice_that_does_not_fit_a_run_is_halved_until_it_does():
    stage = Stage([story(-m) for m in range(2, 60)])
    stage.graph.seconds_a_page, stage.graph.size = 30, 1
    states = []
    for _ in range(20):
        states.append(stage.poll().state)
        stage.clock.advance(minutes=1)
    assert "done" in states
    assert len(stage.alerts()) == 58


def test_risk_detections_arrive_by_their_update_time():
    old = START - timedelta(hours=60)
    stage = Stage([Story(risk_detection(old, detected=START - timedelta(minutes=3)), START - timedelta(minutes=3))])
    stage.poll(RISKS)
    assert [alert.rule for alert in stage.alerts()] == ["entra_user_risk_detection"]


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
    return sorted((a.id, a.rule, a.score, a.status.value, tuple(sorted(a.event_ids))) for a in alerts)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tales, steps)
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
    assert stage.letters.kept == []


def moment_of(story_: Story) -> datetime:
    return datetime.fromisoformat(story_.record["createdDateTime"])


def raw(record: Any, stage: Stage) -> Any:
    return RawRecord(data=record, fetched=stage.clock(), tenant="tenant-1")


def tolerated(stage: Stage) -> None:
    try:
        stage.poll()
    except (GraphUnavailable, StoreUnavailable):
        return


def fail_at(when: int) -> Callable[[Slice, int], None]:
    left = [when]

    def fail(_piece: Slice, _number: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise GraphUnavailable("away")

    return fail


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 5000), st.integers(-10, 5000))
def test_slices_cover_the_stretch_and_nothing_else(minutes_: int, length: int):
    end = START + timedelta(minutes=minutes_)
    pieces = list(slices(START, end, timedelta(minutes=length)))
    assert [p.start for p in pieces] == [START, *(p.end for p in pieces[:-1])][: len(pieces)]
    assert (pieces[-1].end if pieces else START) == end
    assert all(timedelta(0) < p.end - p.start <= max(timedelta(minutes=length), timedelta(minutes=1)) for p in pieces)


def test_one_failing_job_does_not_stop_the_others_and_all_are_told():
    done: list[str] = []

    def fails(name: str) -> Callable[[], None]:
        def job() -> None:
            done.append(name)
            raise GraphUnavailable(name)

        return job

    with pytest.raises(GraphUnavailable, match="a"):
        each([fails("a"), lambda: done.append("b")])
    with pytest.raises(ExceptionGroup) as raised:
        each([fails("c"), fails("d")])
    assert (done, len(raised.value.exceptions)) == (["a", "b", "c", "d"], 2)


def test_a_store_away_at_the_deadline_still_fails_the_run():
    stage = Stage([story(-5), story(-1400)])
    stage.graph.seconds_a_page = 100
    stage.store.plan = {1: StoreUnavailable("away")}
    with pytest.raises(StoreUnavailable):
        stage.poll()
