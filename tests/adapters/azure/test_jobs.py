"""Several jobs of one timer, and when a poll is no success."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from azure_function.jobs import look_and_send, poll_each, poll_stream, run_each
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import Behind, SourceUnavailable
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import Slice
from tests.support.azure_stage import RISKS, SIGN_INS, STREAMS, Stage, story

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
    poll_each([SIGN_INS, RISKS], needs(stage))
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
