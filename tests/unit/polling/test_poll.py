"""The poll: what it reads, when the watermark moves, what becomes a dead letter and what is raised."""

from contextlib import suppress
from datetime import timedelta

import pytest

from gatewatch.errors import StoreError, StoreUnavailable
from gatewatch.flow.pipeline import sweep
from gatewatch.polling.errors import SliceRefused, SliceTooLong, SourceUnavailable
from gatewatch.polling.streams import Slice
from scripts.local_cloud.fake_cloud.records import risk_detection
from tests.support.azure_memory import Story
from tests.support.azure_stage import RISKS, START, Crash, Stage, story


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
            raise SliceRefused("Graph answered 400 BadRequest")

    stage.graph.before_page = refuse
    assert stage.poll().state == "done"
    assert stage.watermark() == stage.clock() - timedelta(seconds=90)


def test_a_refusal_of_a_recent_slice_is_not_skipped():
    stage = Stage()

    def refuse(_piece: Slice, _number: int) -> None:
        raise SliceRefused("Graph answered 400 BadRequest")

    stage.graph.before_page = refuse
    with pytest.raises(SliceRefused):
        stage.poll()


def test_the_watermark_stays_at_the_last_whole_slice_when_graph_fails():
    stage = Stage()
    stage.poll()
    before = stage.watermark()
    stage.clock.advance(hours=9)

    def fail(piece: Slice, _number: int) -> None:
        if piece.start > before + timedelta(hours=3):
            raise SourceUnavailable("away")

    stage.graph.before_page = fail
    with pytest.raises(SourceUnavailable):
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


def test_what_is_stored_and_settled_is_skipped():
    stage = Stage([story(-5)])
    stage.poll()
    skipped = []
    for _ in range(4):
        stage.clock.advance(minutes=5)
        skipped.append(stage.poll().counts["unchanged"])
    assert skipped[-1] == 1
    assert len(stage.store.inner.evidence_of([a for alert in stage.alerts() for a in alert.snapshot.event_ids])) == 1


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


def test_a_record_that_breaks_the_pipeline_becomes_a_dead_letter_and_the_rest_goes_on():
    poison = {"id": "x", "nothing": "known"}
    stage = Stage([story(-5), Story(poison, START), story(-9)])
    stage.poll()
    stage.clock.advance(minutes=5)
    stage.poll()
    assert len(stage.alerts()) == 2
    assert [data for data, _, _ in stage.dead_letters.kept] == [poison]


def test_a_store_that_refuses_everything_is_raised_and_makes_no_dead_letter():
    stage = Stage([story(-5), story(-9)])
    stage.store.plan = {call: StoreError("no rights") for call in range(2, 60)}
    with pytest.raises(StoreError):
        stage.poll()
    assert stage.dead_letters.kept == []
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
    assert [len(alert.notification_log) for alert in stage.alerts()] == [1, 1]
    assert stage.checkpoint.announcements == set()


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


def test_a_store_away_at_the_deadline_still_fails_the_run():
    stage = Stage([story(-5), story(-1400)])
    stage.graph.seconds_a_page = 100
    stage.store.plan = {1: StoreUnavailable("away")}
    with pytest.raises(StoreUnavailable):
        stage.poll()


def test_a_source_that_does_not_answer_for_long_slices_is_asked_for_shorter_ones():
    stage = Stage([story(-m) for m in range(2, 1400, 60)])

    def fail(piece: Slice, _number: int) -> None:
        if piece.end - piece.start > timedelta(minutes=30):
            raise SourceUnavailable("504")

    stage.graph.before_page = fail
    for _ in range(2):  # of 60 and of 30 minutes
        with suppress(SourceUnavailable):
            stage.poll()
        stage.clock.advance(minutes=5)
    assert stage.watermark() == stage.clock() - timedelta(minutes=5, seconds=90)
    assert len(stage.alerts()) == 24


def test_slices_whose_links_expire_before_the_end_become_shorter_within_the_run():
    stage = Stage([story(-m) for m in range(2, 600, 10)])

    def expire(_piece: Slice, number: int) -> None:
        if number == 2:
            raise SliceTooLong("links to next pages keep expiring")

    stage.graph.before_page, stage.graph.size = expire, 3
    assert stage.poll().state == "done"
    assert len(stage.alerts()) == 60


def test_a_moment_that_no_slice_is_too_short_for_fails_the_run():
    stage = Stage()

    def expire(_piece: Slice, _number: int) -> None:
        raise SliceTooLong("links to next pages keep expiring")

    stage.graph.before_page = expire
    with pytest.raises(SliceTooLong):
        stage.poll()
