"""Familiarity at its edges: constants of the design, events without a time, who asks, and documents that meet."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from gatewatch.familiarity import (
    asks,
    joined,
    key_of,
    lessons,
    merged,
    recognised,
    start_of,
    starts_a_run,
    taught,
    teaches,
    touched_days,
    with_malicious,
)
from gatewatch.flow.decoding import decode
from gatewatch.model import Event, Outcome, RawRecord
from gatewatch.model.familiarity import Familiarity, Run
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.catalogue import PROVIDERS
from tests.builders.aws import login
from tests.builders.common import at

BEGIN = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
NOW = BEGIN + timedelta(days=1_000)
NOTHING = Familiarity()
HOME = at("192.0.2.1", country="DE")


def used(number: int, days: float, country: str = "DE"):
    return login(number, at=BEGIN + timedelta(days=days), place=at("192.0.2.1", country=country), client="chrome", mfa_used=None)


def call_of_an_instance(number: int, days: float, address: str = "192.0.2.1"):
    """A call with an instance's credentials, which asks where they are used and teaches nothing."""
    event = login(number, at=BEGIN + timedelta(days=days), place=at(address), client="aws-cli", mfa_used=None)
    detail = structs.replace(event.detail, event_name="GetCallerIdentity", event_source="sts.amazonaws.com")
    return structs.replace(event, detail=detail, subject=AwsSubject.INSTANCE_ROLE, action="sts:GetCallerIdentity")


def test_64_starts_of_a_feature_are_kept_and_no_65th():
    world = [used(number, number, f"{number:02}") for number in range(64)]
    known = taught(NOTHING, world, NOW)
    assert (len(known.runs["country"]), known.many) == (64, ())
    beyond = taught(known, [used(64, 64, "64")], NOW)
    assert (set(beyond.runs["country"]), beyond.many) == (set(known.runs["country"]), ("country",))


@pytest.mark.parametrize(("days", "left"), [(400, {"DE", "FR"}), (401, {"FR"})])
def test_a_value_is_kept_400_days_after_its_last_use(days, left):
    assert set(taught(NOTHING, [used(1, 0, "DE"), used(2, days, "FR")], NOW).runs["country"]) == left


def test_an_event_without_a_time_teaches_asks_and_starts_nothing():
    for event in (used(1, 0), call_of_an_instance(2, 0)):
        timeless = structs.replace(event, time=None)
        assert not teaches(timeless)
        assert not asks(timeless)
        assert lessons([timeless]) == {}
        assert recognised(taught(NOTHING, [used(3, 0)], NOW), timeless).firsts == ()
        with pytest.raises(ValueError, match="without a time"):
            start_of(timeless)


def test_who_asks_teaches_nothing_and_is_remembered_by_its_day():
    event = call_of_an_instance(1, 3)
    assert (asks(event), teaches(event)) == (True, False)
    known = taught(NOTHING, [event], NOW)
    assert known == Familiarity(asked_days=("2026-01-04",))
    assert taught(known, [event], NOW) is known
    assert taught(known, [call_of_an_instance(2, 4)], NOW).asked_days == ("2026-01-04", "2026-01-05")


def test_nobody_teaches_and_asks_at_once():
    records = [RawRecord(data=sample.record) for provider in PROVIDERS for sample in provider.samples()]
    events = [found for record in records for found in decode(record) if isinstance(found, Event)]
    assert events
    assert not [event.vendor_id for event in events if teaches(event) and asks(event)]


def test_lessons_are_sorted_by_whose_they_are():
    one, other = used(1, 0), structs.replace(used(2, 1), principal="another")
    assert key_of(one) != key_of(other)
    assert lessons([one, other, structs.replace(one, outcome=Outcome.FAILURE)]) == {key_of(one): [one], key_of(other): [other]}


def test_an_earlier_beginning_is_taken_although_no_value_is_new():
    known = taught(NOTHING, [used(1, 5)], NOW)
    earlier = structs.replace(used(2, 2), client=None, place=at(None))
    found = taught(known, [earlier], NOW)
    assert (found.beginning, found.runs) == (start_of(earlier), known.runs)
    assert (found.former_days, found.former_beginning) == (("2026-01-06",), BEGIN + timedelta(days=5))


def test_another_use_on_a_day_that_is_known_changes_nothing_and_on_a_later_one_does():
    known = taught(NOTHING, [used(1, 1), used(2, 3)], NOW)
    assert taught(known, [used(3, 2.2), used(4, 3.1)], NOW) is known
    assert taught(known, [used(5, 4)], NOW).runs["country"]["DE"][0].last == "2026-01-05"
    assert taught(known, [used(6, 0.5)], NOW).runs["country"]["DE"][0].start == start_of(used(6, 0.5))


def test_documents_that_meet_lose_nothing():
    one = Familiarity(asked_days=("2026-01-01",), many=("country",), malicious=("a",), former_days=("2026-01-02",), former_beginning=BEGIN)
    other = Familiarity(asked_days=("2026-01-03",), many=("network",), malicious=("b",), former_days=("2026-01-04",))
    for found in (merged(one, other, NOW), merged(other, one, NOW)):
        assert found.asked_days == ("2026-01-01", "2026-01-03")
        assert found.many == ("country", "network")
        assert found.malicious == ("a", "b")
        assert found.former_days == ("2026-01-02", "2026-01-04")
        assert found.former_beginning == BEGIN


def test_only_who_teaches_starts_a_run():
    event = used(1, 0)
    known = taught(NOTHING, [event], NOW)
    assert starts_a_run(known, event)
    assert not starts_a_run(known, structs.replace(event, outcome=Outcome.FAILURE))


def test_the_day_of_the_65th_start_is_a_former_day():
    """An earlier value takes the place of the latest one, whose day may have an alert about a first."""
    known = taught(NOTHING, [used(number, number + 10, f"{number:02}") for number in range(64)], NOW)
    found = taught(known, [used(64, 5, "earlier")], NOW)

    assert set(known.runs["country"]) - set(found.runs["country"]) == {"63"}
    assert start_of(used(63, 73)).time.date().isoformat() in found.former_days


def test_the_latest_of_the_former_beginnings_is_kept():
    known = NOTHING
    for number, day in enumerate((20, 10, 5), 1):
        known = taught(known, [used(number, day)], NOW)

    assert known.former_beginning == BEGIN + timedelta(days=20)


@pytest.mark.parametrize(("days", "left"), [(400, ("2026-01-06",)), (401, ())])
def test_a_former_day_is_kept_400_days(days, left):
    known = taught(taught(NOTHING, [used(1, 5)], NOW), [used(2, 4.9)], NOW)

    assert taught(known, [used(3, 5 + days, "FR")], NOW).former_days[:1] == left


def test_a_record_that_is_handed_over_again_changes_nothing():
    known = taught(NOTHING, [used(1, 1)], NOW)

    assert taught(known, [used(1, 1)], NOW) is known


def test_an_earlier_beginning_touches_the_starts_of_the_week_after_the_former_one():
    known = taught(NOTHING, [used(1, 10), used(2, 12, "FR"), used(3, 17, "IT"), used(4, 18, "ES")], NOW)
    earlier = used(5, 5)

    assert touched_days(taught(known, [earlier], NOW), [earlier]) == {"2026-01-06", "2026-01-11", "2026-01-13", "2026-01-18"}


def test_who_only_asks_has_a_lesson_too():
    event = call_of_an_instance(1, 3)

    assert lessons([event]) == {key_of(event): [event]}


def test_what_was_last_used_400_days_ago_stays_while_older_values_go():
    known = taught(NOTHING, [used(1, 0, "IT"), used(2, 1, "DE"), call_of_an_instance(3, 0), call_of_an_instance(4, 1)], NOW)
    found = taught(known, [used(5, 401, "FR")], NOW)

    assert set(found.runs["country"]) == {"DE", "FR"}
    assert found.asked_days == ("2026-01-02",)


def test_three_runs_of_one_value_stay_three():
    known = taught(NOTHING, [used(1, 0), used(2, 190), used(3, 380)], NOW)

    assert [run.start for run in known.runs["country"]["DE"]] == [start_of(used(1, 0)), start_of(used(2, 190)), start_of(used(3, 380))]


def test_a_later_use_starts_no_run_and_who_does_not_teach_is_never_first():
    known = taught(NOTHING, [used(1, 0), used(2, 8, "FR")], NOW)

    assert not starts_a_run(known, used(3, 1))
    assert recognised(known, used(2, 8, "FR")).firsts == ("country",)
    assert recognised(known, structs.replace(used(2, 8, "FR"), outcome=Outcome.FAILURE)).firsts == ()


def test_values_are_ordered_whichever_came_first():
    """Equal knowledge is stored as equal bytes."""
    known = taught(taught(NOTHING, [used(1, 0, "FR")], NOW), [used(2, 1, "DE")], NOW)

    assert list(known.runs["country"]) == ["DE", "FR"]


def test_a_run_within_another_ends_nothing():
    """Documents that meet may have runs that lie in one another."""

    def run(first: int, last: int) -> Run:
        return Run(start_of(used(first, first)), (BEGIN + timedelta(days=last)).date().isoformat())

    assert joined([run(310, 350), run(0, 1), run(300, 400)]) == (run(0, 1), run(300, 400))


def test_what_names_nothing_is_not_usual():
    known = taught(NOTHING, [used(1, 0)], NOW)

    assert recognised(known, used(2, 1)).usual
    assert not recognised(known, structs.replace(used(2, 1), client=None, place=at(None))).usual


@pytest.mark.parametrize(("days", "reached"), [(9, False), (10.1, True), (190, True), (191, False)])
def test_a_run_reaches_180_days_and_begins_with_its_start(days, reached):
    known = taught(NOTHING, [used(1, 10)], NOW)

    assert recognised(known, used(2, days)).usual is reached
    assert starts_a_run(with_malicious(known, [used(1, 10).vendor_id]), used(2, days)) is reached


@pytest.mark.parametrize(
    ("day", "touched"),
    [(5, {"2026-01-06", "2026-01-13", "2026-01-18"}), (10.1, {"2026-01-13", "2026-01-18"}), (12, set())],
)
def test_a_former_beginning_alone_touches_days_up_to_itself(day, touched):
    known = taught(NOTHING, [used(1, 10), used(2, 12, "FR"), used(3, 17, "IT"), used(4, 18, "ES"), used(5, 5)], NOW)
    known = structs.replace(known, former_days=(), former_beginning=BEGIN + timedelta(days=10))

    assert touched_days(known, [used(6, day)]) == touched


@pytest.mark.parametrize(("day", "touched"), [(9, {"2026-01-11"}), (10.1, {"2026-01-11"}), (11, set())])
def test_a_former_day_is_touched_up_to_itself(day, touched):
    known = structs.replace(taught(NOTHING, [used(1, 0)], NOW), former_days=("2026-01-11",))

    assert touched_days(known, [used(2, day)]) == touched


def test_what_was_called_malicious_stays_so():
    known = taught(NOTHING, [used(1, 0), used(2, 1, "FR")], NOW)
    one, other = used(1, 0).vendor_id, used(2, 1).vendor_id

    assert with_malicious(with_malicious(known, [one]), [other, "of no start"]).malicious == (one, other)
