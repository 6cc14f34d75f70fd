"""Which stretches of time a second reading covers: whatever the haste, each record is read again when it is as old as the overlap."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.polling.cursor import Cursor, Rescan
from gatewatch.polling.rescan import AT_LEISURE, CLOCKS_DIFFER, SHORTER, SHORTEST, begins_at, haste_after, old_until, spans
from gatewatch.polling.streams import Slice
from tests.support.azure_stage import SIGN_INS, START, STREAMS

MINUTE = timedelta(minutes=1)
RISKY = STREAMS["risky_sign_ins"]


def at(minutes: float) -> datetime:
    return START + minutes * MINUTE


def covered(haste: int, **more: datetime) -> list[tuple[float, float]]:
    """The stretches, in minutes, of a second reading begun at 0 whose predecessor ended at -20 and read what is older than -80."""
    cursor = Cursor(stream="sign_ins", haste=haste, rescanned=at(-20), final=at(-80), **more)
    rescan = Rescan(until=at(-5), started=START, at=begins_at(SIGN_INS, cursor, at(-5)))
    return [((one.start - START) / MINUTE, (one.end - START) / MINUTE) for one in spans(SIGN_INS, cursor, rescan, START)]


@pytest.mark.parametrize(
    ("haste", "expected"),
    [(AT_LEISURE, [(-80, -5)]), (SHORTER, [(-80, -61), (-45, -30)]), (SHORTEST, [(-80, -61)])],
    ids=["all", "two stretches", "the oldest"],
)
def test_what_is_read_again_in_which_haste(haste: int, expected: list[tuple[float, float]]):
    assert covered(haste) == expected


def test_what_was_first_read_late_is_left_out():
    assert covered(AT_LEISURE, late_from=at(-70), late_until=at(-40)) == [(-80, -70), (-40, -5)]
    assert covered(SHORTER, late_from=at(-90), late_until=at(-40)) == [(-40, -30)]


def test_a_reading_in_a_later_run_goes_on_where_it_stood():
    cursor = Cursor(stream="sign_ins", haste=SHORTER, rescanned=at(-20), final=at(-80))
    rescan = Rescan(until=at(-5), started=START, at=at(-40))
    assert list(spans(SIGN_INS, cursor, rescan, at(5))) == [Slice(at(-40), at(-30))]


@pytest.mark.parametrize(
    ("before", "minutes", "whole_run", "spent", "after"),
    [
        (AT_LEISURE, 3, True, True, AT_LEISURE),
        (AT_LEISURE, 7, False, False, SHORTER),
        (AT_LEISURE, 16, False, False, SHORTEST),
        (SHORTER, 3, True, True, SHORTER),
        (SHORTER, 3, True, False, AT_LEISURE),
        (SHORTEST, 3, True, True, SHORTER),
        (SHORTEST, 16, False, True, SHORTEST),
    ],
)
def test_the_haste_of_the_next_one(before: int, minutes: int, whole_run: bool, spent: bool, after: int):
    rescan = Rescan(until=START, started=START, at=START)
    assert haste_after(Cursor(stream="s", haste=before), rescan, at(minutes), whole_run=whole_run, spent=spent) == after


def test_a_narrow_stream_goes_back_to_where_the_one_before_began():
    rescan = Rescan(until=at(-360), started=START, at=at(-4000))
    assert old_until(RISKY, rescan) == at(-360) - RISKY.overlap


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(5, 40)), min_size=1, max_size=12))
def test_each_moment_is_read_again_when_it_is_as_old_as_the_overlap(readings: list[tuple[int, int]]):
    cursor, now, read = Cursor(stream="sign_ins", rescanned=START, final=START - SIGN_INS.overlap), START, []
    for haste, minutes in readings:
        now += minutes * MINUTE
        cursor = Cursor(stream="sign_ins", haste=haste, rescanned=cursor.rescanned, final=cursor.final)
        rescan = Rescan(until=now - 5 * MINUTE, started=now, at=begins_at(SIGN_INS, cursor, now - 5 * MINUTE))
        read += [(one, now) for one in spans(SIGN_INS, cursor, rescan, now)]
        cursor = Cursor(stream="sign_ins", rescanned=rescan.until, final=old_until(SIGN_INS, rescan))
    moment = START - SIGN_INS.overlap
    while moment + SIGN_INS.overlap + CLOCKS_DIFFER < now:
        assert any(one.start <= moment <= one.end and when - moment >= SIGN_INS.overlap for one, when in read), moment
        moment += MINUTE
