"""Which silence of an account and Region is unusual: a pure function of the hours seen and of now."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_lambda.seen_hours import EVERY_ACCOUNT, KEPT, MISSED, Hours, merged, silence, silences
from aws_lambda.sign_ins_seen import hour_of, moment_of

MONDAY = hour_of(datetime(2026, 11, 2, tzinfo=UTC))
DAY, WEEK = 24, 168


def history(hours: Iterable[int]) -> Hours:
    found = merged(None, hours)
    assert found is not None
    return found


def office(hour: int) -> bool:
    """Monday to Friday, nine to five."""
    at = moment_of(hour)
    return at.weekday() < 5 and 9 <= at.hour < 17


def always(_: int) -> bool:
    return True


def nights(hour: int) -> bool:
    """A job that signs in at two in the morning, every day."""
    return moment_of(hour).hour == 2


def of(works: Callable[[int], bool], weeks: int, until: int = 0) -> Hours:
    """Four weeks or less before MONDAY and what follows until some hour."""
    return history(hour for hour in range(MONDAY - weeks * WEEK, MONDAY + until) if works(hour))


# the habit, weeks of it, hours of Monday's week in which it still holds, hours after Monday 00:00 at which we look, silent?
TABLE = [
    pytest.param(office, 4, 5 * DAY, 7 * DAY + 9, False, id="a quiet weekend"),
    pytest.param(office, 4, 0, 9, False, id="Monday before the office opens"),
    pytest.param(office, 4, 0, 1 * DAY, False, id="a holiday on Monday"),
    pytest.param(office, 4, 0, 1 * DAY + 10, False, id="the morning after a holiday"),
    pytest.param(office, 4, 0, 1 * DAY + 16, True, id="two working days in a row"),
    pytest.param(office, 4, 2 * DAY, 4 * DAY, True, id="falls silent on Wednesday"),
    pytest.param(office, 3, 0, 1 * DAY + 16, True, id="three weeks known"),
    pytest.param(office, 1, 0, 3 * DAY, False, id="a new account"),
    pytest.param(always, 4, 0, 12, False, id="busy, half a day"),
    pytest.param(always, 4, 0, 16, True, id="busy, more than half a day"),
    pytest.param(nights, 4, 0, 5 * DAY, False, id="a job a night, five nights"),
    pytest.param(nights, 4, 0, 14 * DAY, True, id="a job a night, two weeks"),
    pytest.param(office, 4, 0, 10 * WEEK, False, id="out of use"),
    pytest.param(office, 4, 5 * DAY, 5 * DAY - 3, False, id="events that a wrong clock puts into the future"),
]


@pytest.mark.parametrize(("works", "weeks", "until", "now", "silent"), TABLE)
def test_silence_is_measured_in_hours_that_usually_have_events(
    works: Callable[[int], bool], weeks: int, until: int, now: int, silent: bool
) -> None:
    assert (silence(of(works, weeks, until), MONDAY + now) is not None) == silent


def test_a_holiday_that_was_survived_widens_what_is_usual() -> None:
    """Two days off in the last four weeks: two days off are usual then."""
    holiday = {*range(MONDAY - 2 * WEEK, MONDAY - 2 * WEEK + 2 * DAY)}
    known = history(hour for hour in range(MONDAY - 4 * WEEK, MONDAY) if office(hour) and hour not in holiday)
    assert silence(known, MONDAY + DAY + 16) is None


def test_rare_sign_ins_say_nothing_alone_and_a_region_together() -> None:
    """Forty accounts, each with four sign-ins in four weeks; the Region's recording stops."""
    draw = random.Random(7)
    hours = [hour for hour in range(MONDAY - 4 * WEEK, MONDAY) if office(hour)]
    rare = {(f"{n:012d}", "eu-west-1"): history([*draw.sample(hours, 4), hours[0]]) for n in range(40)}
    assert set(silences(rare, MONDAY + 3 * DAY)) == {(EVERY_ACCOUNT, "eu-west-1")}


def organisation(silent_region: str) -> dict[tuple[str, str], Hours]:
    regions = [f"eu-west-{n}" for n in range(1, 18)]
    busy, stopped = of(always, 4, 2 * DAY), of(always, 4, DAY)
    return {(f"{n:012d}", region): stopped if region == silent_region else busy for n in range(400) for region in regions}


def test_400_accounts_and_one_region_that_falls_silent() -> None:
    found = silences(organisation("eu-west-3"), MONDAY + 2 * DAY)
    assert {region for _, region in found} == {"eu-west-3"}
    assert len(found) == 401


def test_400_accounts_that_go_on_are_silent_about() -> None:
    assert silences(organisation("none"), MONDAY + 2 * DAY) == {}


@given(st.lists(st.integers(0, KEPT - 1), min_size=1, max_size=60), st.randoms())
@settings(max_examples=200, deadline=None)
def test_hours_may_come_in_any_order_and_twice(hours: list[int], draw: random.Random) -> None:
    at_once = history(hours)
    shuffled = hours * 2
    draw.shuffle(shuffled)
    known: Hours | None = None
    for hour in shuffled:
        known = merged(known, [hour])
    assert known == at_once


@given(st.sets(st.integers(0, KEPT - 1), min_size=1), st.integers(0, 10 * WEEK))
@settings(max_examples=300, deadline=None)
def test_what_is_called_silent_missed_enough(hours: set[int], after: int) -> None:
    found = silence(history(hours), max(hours) + after)
    assert found is None or MISSED <= found.missed <= after


def false_alarms(draw: random.Random, weeks: int) -> int:
    """How often a place with random office hours is called silent although nothing is wrong."""
    known: Hours | None = None
    alarms, silent = 0, False
    share = draw.uniform(0.02, 0.9)
    for hour in range(MONDAY, MONDAY + weeks * WEEK):
        if office(hour) and draw.random() < share:
            known, silent = merged(known, [hour]), False
        elif known is not None and not silent and silence(known, hour) is not None:
            alarms, silent = alarms + 1, True
    return alarms


def test_ordinary_months_of_many_places_give_no_false_alarm() -> None:
    draw = random.Random(11)
    assert sum(false_alarms(draw, 10) for _ in range(12)) == 0


def test_moments_and_hours_are_the_same_thing() -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert moment_of(hour_of(at + timedelta(minutes=59))) == at
