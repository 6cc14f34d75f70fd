"""The reading of a backfill over a tenant in memory: slices that are too long, times that Graph does not keep, a store that goes away."""

from datetime import timedelta
from typing import Any

import pytest

from azure_function.backfill import backfill
from gatewatch.errors import StoreUnavailable
from gatewatch.flow.pipeline import sweep
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import SliceRefused, SourceUnavailable
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import Slice
from tests.support.azure_stage import SIGN_INS, START, Stage, story

DAYS = 3
SPAN = Slice(START, START + timedelta(days=DAYS))
HOURLY = range(30, DAYS * 24 * 60, 120)


@pytest.fixture
def stage() -> Stage:
    """A risky sign-in every two hours of three days, and the week after them."""
    made = Stage([story(minutes) for minutes in HOURLY])
    made.clock.advance(days=10)
    return made


def read(stage: Stage) -> dict[str, int]:
    stage.runs += 1
    deadline = Deadline(stage.clock, stage.clock() + timedelta(days=1))
    needs = Dependencies(stage.graph, stage.checkpoint, stage.dead_letters, stage.ports(), deadline)
    counts: dict[str, int] = {}
    for done in backfill(SPAN, [SIGN_INS], needs):
        counts = dict(done.counts)
    return counts


def test_every_day_is_read_and_nothing_twice(stage: Stage):
    assert read(stage)["stored"] == len(HOURLY)
    asked = len(stage.graph.asked)
    assert read(stage) == {}
    assert len(stage.graph.asked) == asked
    assert len(stage.alerts()) == len(HOURLY)


def test_slices_grow_while_they_are_quick_and_shrink_when_one_takes_too_long(stage: Stage):
    read(stage)
    quick = max(piece.end - piece.start for piece in stage.graph.asked)
    slow = Stage(stage.stories)
    slow.clock.advance(days=10)
    slow.graph.size, slow.graph.seconds_a_page = 1, 100

    assert read(slow)["stored"] >= len(HOURLY)
    assert quick > SIGN_INS.longest
    assert max(piece.end - piece.start for piece in slow.graph.asked[len(slow.graph.asked) // 2 :]) < quick
    assert len(slow.alerts()) == len(HOURLY)


def test_graph_that_never_gets_through_a_slice_counts_as_away_and_the_lease_is_given_back(stage: Stage):
    stage.graph.size, stage.graph.seconds_a_page = 1, 1000

    def crowd(_piece: Slice, _number: int) -> None:
        stage.clock.advance(seconds=300)

    stage.graph.before_page = crowd
    stage.graph.stories = [story(30 + second / 60) for second in range(40)]

    with pytest.raises(SourceUnavailable, match="Graph did not finish sign_ins"):
        read(stage)
    assert [cursor.locked_until for cursor in stage.checkpoint.rows.values()] == [None]


def test_what_the_source_no_longer_keeps_is_counted_and_the_rest_is_read(stage: Stage):
    def refuse(piece: Slice, _number: int) -> None:
        if piece.start < START + timedelta(days=1):
            raise SliceRefused("too old")

    stage.graph.before_page = refuse

    counts = read(stage)

    assert counts["slices_beyond_retention"] >= 1
    assert counts["stored"] == len([minutes for minutes in HOURLY if minutes >= 24 * 60])


def test_a_refusal_of_what_must_be_there_is_raised(stage: Stage):
    def refuse(_piece: Slice, _number: int) -> None:
        raise SliceRefused("no")

    stage.graph.before_page = refuse
    stage.clock.now = START + timedelta(days=5)

    with pytest.raises(SliceRefused):
        read(stage)


@pytest.mark.parametrize("call", [3, 20, 60, 150])
def test_a_store_that_goes_away_loses_nothing(stage: Stage, call: int):
    stage.store.plan = {call: StoreUnavailable("away")}
    failed: list[Any] = []
    for _ in range(3):
        try:
            read(stage)
        except StoreUnavailable as error:
            failed.append(error)

    sweep(stage.ports())

    assert len(failed) <= 1
    assert len(stage.alerts()) == len(HOURLY)
    assert len(stage.sink.notices) == len({notice.alert.id for notice in stage.sink.notices}) == len(HOURLY)
