"""How long slices are: halved when they do not fit, longer when they are quick, cut to the time that is left."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.polling.pace import Pace
from gatewatch.polling.streams import SHORTEST_SLICE, Slice
from tests.support.azure_stage import START

HOUR = Slice(START, START + timedelta(hours=1))
LONGEST = timedelta(hours=4)


def run(span: Slice, seconds: int | None, cost: float, time: float) -> Pace:
    """One run over a span in which each second costs so many seconds of the run."""
    pace, left = Pace(span, seconds, LONGEST, time), time
    while not pace.over and left > 0:
        piece = pace.next_slice(left)
        took = (piece.end - piece.start).total_seconds() * cost
        if took > left:
            pace.broken_off(piece, left)
            return pace
        pace.finished(piece, took)
        left -= took
    return pace


def test_a_slice_that_does_not_fit_is_halved_from_its_own_length():
    assert run(HOUR, None, cost=1, time=240).seconds == 1800


def test_halving_ends_with_a_slice_that_fits_and_the_run_goes_on():
    seconds, tries = None, 0
    while (pace := run(HOUR, seconds, cost=1, time=240)).at == START:
        seconds, tries = pace.seconds, tries + 1
    assert (tries, pace.at > START + timedelta(seconds=seconds or 0)) == (4, True)


def test_a_slice_is_never_shorter_than_the_shortest():
    assert run(HOUR, 5, cost=1000, time=240).seconds == SHORTEST_SLICE.total_seconds()


def test_a_late_slice_that_met_the_deadline_keeps_the_length():
    pace = Pace(HOUR, 600, LONGEST, 100)
    pace.finished(pace.next_slice(100), 50)
    pace.broken_off(pace.next_slice(40), 40)
    assert pace.seconds == 600


def test_the_last_slice_of_a_run_is_cut_to_the_time_that_is_left():
    pace = Pace(HOUR, 600, LONGEST, 100)
    pace.finished(pace.next_slice(100), 50)
    piece = pace.next_slice(40)
    assert piece.end - piece.start == timedelta(seconds=40 * 0.8 * 12)


def test_a_slice_is_cut_to_a_third_of_the_run_by_what_the_one_before_cost():
    pace = Pace(Slice(START, START + timedelta(hours=9)), 600, LONGEST, 99)
    pace.finished(pace.next_slice(99), 22)
    piece = pace.next_slice(77)
    assert (piece.end - piece.start, pace.length) == (timedelta(seconds=33 * 600 / 22), timedelta(seconds=1200))


@pytest.mark.parametrize(("took", "seconds"), [(25, 1200), (26, 600), (50, 600), (51, 300)], ids=["quick", "fair", "still fair", "slow"])
def test_a_quick_slice_is_followed_by_a_longer_one_and_a_slow_one_by_a_shorter_one(took: float, seconds: int):
    pace = Pace(HOUR, 600, LONGEST, 100)
    pace.finished(pace.next_slice(100), took)
    assert pace.seconds == seconds


def test_a_slow_answer_in_a_short_run_makes_no_slice_shorter():
    pace = Pace(Slice(START, START + timedelta(hours=9)), 600, LONGEST, 16)
    pace.finished(pace.next_slice(16), 7)
    piece = pace.next_slice(9)
    pace.finished(piece, 8.5)
    assert (piece.end - piece.start, pace.seconds) == (timedelta(seconds=600), 600)


def test_a_part_of_a_slice_proves_nothing_about_a_whole_one():
    pace = Pace(Slice(START, START + timedelta(minutes=5)), 600, LONGEST, 100)
    pace.finished(pace.next_slice(100), 1)
    assert (pace.over, pace.seconds) == (True, 600)


@given(st.integers(5, 20_000), st.none() | st.integers(1, 20_000), st.floats(0.0001, 10), st.integers(60, 240))
def test_every_run_but_the_halving_ones_makes_progress(extent: int, seconds: int | None, cost: float, time: int):
    span, runs = Slice(START, START + timedelta(seconds=extent)), 0
    while span.start < span.end:
        pace = run(span, seconds, cost, time)
        assert pace.at > span.start or (pace.seconds or LONGEST.total_seconds()) < (seconds or LONGEST.total_seconds())
        span, seconds, runs = Slice(pace.at, span.end), pace.seconds, runs + 1
    assert runs <= 13 + extent * cost / (time / 4)


def test_after_a_failure_a_run_goes_on_with_slices_as_long_as_those_it_read():
    pace = Pace(Slice(START, START + timedelta(days=1)), 900, LONGEST, 240)
    pace.finished(pace.next_slice(240), 1)
    long = pace.next_slice(239)
    assert (long.end - long.start, pace.failed(long)) == (timedelta(minutes=30), True)
    pace.finished(pace.next_slice(230), 1)
    piece = pace.next_slice(229)
    assert piece == Slice(START + timedelta(minutes=30), START + timedelta(minutes=45))
    assert not pace.failed(piece)


def test_a_source_that_is_away_cuts_slices_to_a_sixteenth_at_most():
    seconds = None
    for _ in range(9):
        pace = Pace(Slice(START, START + timedelta(days=1)), seconds, LONGEST, 240)
        assert not pace.failed(pace.next_slice(240))
        seconds = pace.seconds
    assert seconds == 900
