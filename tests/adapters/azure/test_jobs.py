"""Several jobs of one timer, and when a poll is no success."""

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from msgspec import structs

from azure_function.jobs import look_and_send, poll_each, poll_stream, run_each, send_pending
from azure_function.metrics import PREFIX
from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import Behind, DeadlineReached, FilterRefused, SourceUnavailable
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import Slice, Stream
from tests.support.azure_stage import RISKS, SIGN_INS, START, STREAMS, Stage, story

RISKY = STREAMS["risky_sign_ins"]


def needs(stage: Stage, seconds: float = 240) -> Dependencies:
    deadline = Deadline(stage.clock, stage.clock() + timedelta(seconds=seconds))
    return Dependencies(stage.graph, stage.checkpoint, stage.dead_letters, stage.ports(), deadline)


def test_one_failing_job_does_not_stop_the_others_and_all_are_told():
    done: list[str] = []

    def fails(name: str) -> Callable[[], None]:
        def job() -> None:
            done.append(name)
            raise RuntimeError(name)

        return job

    with pytest.raises(RuntimeError, match="a"):
        run_each([fails("a"), lambda: done.append("b")])
    with pytest.raises(ExceptionGroup) as raised:
        run_each([fails("c"), fails("d")])
    assert (done, len(raised.value.exceptions)) == (["a", "b", "c", "d"], 2)


def test_a_stream_that_needs_the_whole_run_leaves_half_of_it_to_the_next_one():
    stage = Stage([story(-m, lastUpdatedDateTime="2026-01-01T00:00:00Z") for m in range(2, 60)])
    stage.graph.size, stage.graph.seconds_a_page = 1, 30
    poll_each([structs.replace(SIGN_INS, weight=1), RISKS], needs(stage))
    assert stage.watermark(SIGN_INS) is not None
    assert stage.watermark(RISKS) is not None


def test_the_third_unfinished_run_fails_and_says_so(caplog: pytest.LogCaptureFixture):
    stage = Stage([story(-m) for m in range(2, 60)])
    stage.graph.size, stage.graph.seconds_a_page = 1, 100
    for _ in range(2):
        poll_stream(SIGN_INS, needs(stage))
    with pytest.raises(Behind):
        poll_stream(SIGN_INS, needs(stage))
    (line,) = (record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR)
    assert "3 runs in a row did not finish poll" in line


def test_a_sweep_looks_before_it_sends_and_keeps_time_to_send():
    stage = Stage([story(-m) for m in range(2, 60)])
    stage.sink.away = True
    poll_stream(SIGN_INS, needs(stage))
    stage.sink.away = False
    stage.clock.advance(minutes=10)
    stage.graph.size, stage.graph.seconds_a_page = 1, 30
    begun, order = stage.clock(), []
    stage.graph.before_page = lambda _piece, _number: order.append("look")
    send = stage.sink.send
    stage.sink.send = lambda notice: (order.append("send"), send(notice))
    look_and_send([RISKY], needs(stage))
    assert order == ["look"] * 4 + ["send"] * 58
    assert stage.clock() - begun == timedelta(seconds=120)


def test_a_look_that_fails_keeps_nobody_from_being_notified():
    stage = Stage([story(-5)])
    stage.sink.away = True
    poll_stream(SIGN_INS, needs(stage))
    stage.sink.away = False
    stage.clock.advance(minutes=10)

    def fail(_piece: Slice, _number: int) -> None:
        raise SourceUnavailable("away")

    stage.graph.before_page = fail
    with pytest.raises(SourceUnavailable):
        look_and_send([RISKY], needs(stage))
    assert len(stage.sink.notices) == 1


LAST = STREAMS["sign_ins_last"]


class Sluggish:
    """A source without records that takes so many seconds for each hour of a stream, and others for one of a spare stream."""

    def __init__(self, stage: Stage, seconds: float) -> None:
        self._stage, self.seconds, self.spare = stage, seconds, seconds

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[list[RawRecord]]:
        """See ``PageSource``."""
        took = (self.spare if stream.spare else self.seconds) * ((piece.end - piece.start) / timedelta(hours=1))
        while took > 0:
            if deadline.left() <= 0:
                raise DeadlineReached("no time left")
            self._stage.clock.advance(seconds=min(took, 10))
            took -= 10
            yield []


class OneProcess:
    """One process over a sluggish source; ``poll`` is one of its runs."""

    def __init__(self, seconds: float = 0) -> None:
        self.stage = Stage()
        self.source, self._reports = Sluggish(self.stage, seconds), {}

    def poll(self, *streams: Stream) -> None:
        """One run."""
        stage = self.stage
        with contextlib.suppress(Behind):
            poll_each(streams or (SIGN_INS, LAST), structs.replace(needs(stage), source=self.source, reports=self._reports))

    def behind_after_an_outage(self) -> None:
        """Two runs, hours apart, of which the second does not catch up."""
        self.poll()
        self.stage.clock.advance(hours=9)
        self.source.seconds = 60
        self.poll()
        self.stage.clock.advance(minutes=2)


def test_what_is_spare_leaves_its_time_to_a_stream_that_is_behind(caplog: pytest.LogCaptureFixture):
    process = OneProcess()
    process.behind_after_an_outage()
    before = process.stage.checkpoint.rows[LAST.name]
    caplog.clear()  # another test may have set the level of the program's log
    with caplog.at_level(logging.INFO, "gatewatch.metrics"):
        process.poll()
    assert [(line["stream"], line["state"]) for line in lines(caplog)] == [("sign_ins", "unfinished"), ("sign_ins_last", "no_time")]
    assert process.stage.checkpoint.rows[LAST.name] == before


def test_what_is_spare_does_not_wait_for_a_stream_of_its_own_weight():
    process = OneProcess()
    process.behind_after_an_outage()
    before = process.stage.watermark(LAST)
    process.poll(structs.replace(SIGN_INS, weight=1), LAST)
    assert process.stage.watermark(LAST) > before


def test_what_is_spare_is_polled_as_soon_as_the_other_stream_has_caught_up():
    process = OneProcess()
    process.behind_after_an_outage()
    before = process.stage.watermark(LAST)
    process.source.seconds = 0
    process.poll()
    assert process.stage.watermark(LAST) > before


def test_what_is_spare_does_not_wait_until_the_source_may_have_forgotten():
    """A tenant that never catches up: the last reading comes before Graph forgets, whatever the weights."""
    process, oldest = OneProcess(), timedelta(0)
    process.behind_after_an_outage()
    process.source.seconds, process.source.spare = 400, 40
    for _ in range(24 * 9):
        process.poll(structs.replace(SIGN_INS, weight=20), LAST)
        process.stage.clock.advance(hours=1)
        oldest = max(oldest, process.stage.clock() - process.stage.watermark(LAST))
    assert process.stage.clock() - process.stage.watermark(SIGN_INS) > timedelta(days=5)
    assert timedelta(days=6) < oldest < timedelta(days=7)


def test_a_spare_stream_that_does_not_finish_is_no_failure_within_hours():
    process = OneProcess()
    process.poll(LAST)
    process.source.spare = 100_000
    process.stage.clock.advance(hours=1)
    for _ in range(4):
        process.poll(LAST)
    assert process.stage.checkpoint.rows[LAST.name].unfinished == 0
    process.stage.clock.advance(hours=6)
    for _ in range(3):
        process.poll(LAST)
    assert process.stage.checkpoint.rows[LAST.name].unfinished == 3


def test_sign_ins_are_read_a_last_time_when_they_are_two_days_old():
    late = story(-60, late=20 * 60)
    stage = Stage([late])
    for _ in range(12 * 52):
        poll_each([SIGN_INS, LAST], needs(stage))
        stage.clock.advance(minutes=5)
        if stage.alerts():
            break
    assert timedelta(hours=46) < stage.clock() - START < timedelta(hours=48)


def test_each_run_of_a_stream_writes_its_numbers(caplog: pytest.LogCaptureFixture):
    stage = Stage([story(-5)])
    seen = structs.replace(needs(stage), tenant="tenant-1", observed=lambda: {"forbidden": 2, "clock_skew_seconds": 1.5})
    with caplog.at_level(logging.INFO, "gatewatch.metrics"):
        poll_stream(SIGN_INS, seen)
        stage.clock.advance(minutes=30)
        stage.store.calls, stage.store.plan = 0, {1: StoreUnavailable("away")}
        with pytest.raises(StoreUnavailable):
            poll_stream(SIGN_INS, structs.replace(seen, deadline=needs(stage).deadline))
        send_pending(seen)
    first, second, sweep = lines(caplog)
    assert first == {
        "tenant": "tenant-1", "stream": "sign_ins", "state": "done", "lag_seconds": 0.0, "unfinished": 0, "records": 1, "dead_letters": 0,
        "untold": 0, "forbidden": 2, "clock_skew_seconds": 1.5,
    }  # fmt: skip
    assert (second["state"], second["lag_seconds"]) == ("failed", 0.0)
    assert sweep == {"tenant": "tenant-1", "stream": "sweep", "state": "done", "untold": 0}


def test_a_stream_whose_filter_graph_refuses_is_left_out_and_fails_nothing(caplog: pytest.LogCaptureFixture):
    stage = Stage()

    def refuse(_piece: Slice, _number: int) -> None:
        raise FilterRefused("Graph refuses the filter")

    stage.graph.before_page = refuse
    with caplog.at_level(logging.INFO):
        poll_each([RISKY], needs(stage))
    assert "poll risky_sign_ins: Graph refuses the filter" in caplog.text
    assert lines(caplog)[-1]["state"] == "refused"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The metric lines, decoded."""
    found = (record.getMessage() for record in caplog.records if record.name == "gatewatch.metrics")
    return [json.loads(line.removeprefix(PREFIX)) for line in found]
