"""The second reading goes on whatever the fresh one did, and a stream that falls behind is no success."""

from datetime import UTC, datetime, timedelta

import pytest

from gatewatch.polling.cursor import Cursor
from gatewatch.polling.errors import Behind, DeadlineReached, SourceUnavailable
from gatewatch.polling.streams import Slice
from scripts.local_cloud.fake_cloud.records import sign_in
from tests.support.azure_memory import Story
from tests.support.azure_stage import SIGN_INS, START, Crash, Stage, story

RUN = timedelta(minutes=5)


def busy(hours: float, *late: Story) -> Stage:
    """A tenant with a sign-in every minute, read one a page; an hour of them takes 480 s, a run has 240 s."""
    quiet = [Story(sign_in(at := START + timedelta(minutes=m)), at) for m in range(-65, int(hours * 60))]
    stage = Stage([*quiet, *late])
    stage.graph.size, stage.graph.seconds_a_page = 1, 8
    return stage


def runs(stage: Stage, count: int) -> list[str]:
    """One run every five minutes."""
    states = []
    for _ in range(count):
        begun = stage.clock()
        states.append(stage.poll().state)
        stage.clock.now = max(stage.clock(), begun + RUN)
    return states


def stands(cursor: Cursor) -> tuple[datetime, datetime, datetime]:
    """Up to where what is new was read late, up to where the last second reading went that came to its end, and how far the one under way is."""
    never = datetime.min.replace(tzinfo=UTC)
    return cursor.late_until or never, cursor.rescanned or never, cursor.rescan.at if cursor.rescan else never


def test_sign_ins_that_show_late_are_found_though_an_hour_does_not_fit_a_run():
    late = [story(minute, late=55) for minute in range(60, 180, 10)]
    stage = busy(6, *late)
    runs(stage, 6 * 12)
    assert len(stage.alerts()) == len(late)


def test_every_run_moves_the_second_reading_or_halves_its_slice():
    stage = busy(4)
    runs(stage, 3)
    for _ in range(40):
        before = stage.checkpoint.rows["sign_ins"]
        runs(stage, 1)
        after = stage.checkpoint.rows["sign_ins"]
        shorter = [(getattr(after, name) or 14400) < (getattr(before, name) or 14400) for name in ("slice_seconds", "rescan_slice_seconds")]
        assert stands(after) > stands(before) or any(shorter)


def test_new_records_leave_a_quarter_of_the_run_to_the_second_reading():
    stage = busy(12)
    stage.graph.seconds_a_page = 0
    stage.poll()
    stage.clock.advance(minutes=30)
    stage.graph.seconds_a_page = 20
    runs(stage, 6)
    after = stage.checkpoint.rows["sign_ins"]
    assert after.watermark > stage.clock() - SIGN_INS.overlap
    assert after.rescan.at > after.rescan.until - SIGN_INS.overlap


def test_after_an_outage_each_record_is_read_once_and_the_hour_before_it_again():
    late = story(-40, late=45)
    stage = busy(12, late)
    stage.graph.seconds_a_page = 0
    stage.poll()
    stage.clock.advance(hours=11)
    stage.graph.asked.clear()
    stage.graph.seconds_a_page = 2
    runs(stage, 9)
    after = stage.checkpoint.rows["sign_ins"]
    assert after.watermark > stage.clock() - timedelta(minutes=10)
    assert len(stage.alerts()) == 1
    old = [piece for piece in stage.graph.asked if piece.end <= START + timedelta(hours=9)]
    assert min(piece.start for piece in old) <= START - timedelta(minutes=61)
    assert sum((piece.end - piece.start for piece in old), timedelta()) < timedelta(hours=18)  # twice would be 20


def test_second_readings_that_need_several_runs_leave_out_the_middle_of_the_hour_and_lose_nothing():
    late = [story(minute, late=minutes) for minute, minutes in ((70, 10), (80, 25), (100, 40), (120, 55), (150, 58))]
    stage = busy(6, *late)
    stage.graph.seconds_a_page = 12
    runs(stage, 6 * 12)
    stage.graph.seconds_a_page = 0
    runs(stage, 13)
    assert len(stage.alerts()) == len(late)


def test_the_third_run_in_a_row_that_does_not_finish_is_no_success():
    stage = busy(3)
    stage.graph.seconds_a_page = 100
    reports = [stage.poll() for _ in range(4)]
    assert [(report.state, report.unfinished) for report in reports] == [("unfinished", n) for n in (1, 2, 3, 4)]
    for report in reports[:2]:
        report.raise_if_behind()
    with pytest.raises(Behind, match=r"^3 runs in a row did not finish poll sign_ins: new records are read up to .*, the second reading"):
        reports[2].raise_if_behind()


def test_a_run_that_finishes_ends_the_count():
    stage = busy(3)
    stage.graph.seconds_a_page = 100
    for _ in range(3):
        stage.poll()
    stage.graph.seconds_a_page = 0
    report = stage.poll()
    report.raise_if_behind()
    assert (report.state, report.unfinished, stage.checkpoint.rows["sign_ins"].unfinished) == ("done", 0, 0)


def test_a_source_that_gives_no_page_before_the_deadline_is_away_and_is_asked_for_less():
    stage = Stage()

    def hang(_piece: Slice, _number: int) -> None:
        stage.clock.advance(minutes=4)
        raise SourceUnavailable("cut off")

    stage.graph.before_page = hang
    for _ in range(9):
        with pytest.raises(SourceUnavailable):
            stage.poll()
    with pytest.raises(SourceUnavailable, match="no page"):
        stage.poll(seconds=0)
    assert stage.checkpoint.rows["sign_ins"].slice_seconds == SIGN_INS.longest.total_seconds() / 16


@pytest.mark.parametrize("call", range(1, 28))
def test_a_second_reading_settles_nothing_while_new_records_are_unread(call: int):
    """A run dies between evidence and alert, and the next one has time for its second reading only."""
    newer = START + timedelta(minutes=4)
    stage = Stage([story(3), Story(sign_in(newer), newer)])
    stage.graph.size = 1
    stage.poll()
    stage.clock.advance(minutes=10)
    stage.store.plan = {stage.store.calls + call: Crash()}
    stage.crash(stage.poll)
    stage.store.plan = {}
    stage.clock.advance(minutes=7)

    def no_time(_piece: Slice, number: int) -> None:
        if number == 1:
            raise DeadlineReached("before the page of the risky one")

    stage.graph.before_page = no_time
    assert (stage.poll().state, stage.checkpoint.rows["sign_ins"].rescan) == ("unfinished", None)
    stage.graph.before_page = lambda _piece, _number: None
    stage.clock.advance(minutes=5)
    stage.poll()
    assert len(stage.alerts()) == 1
