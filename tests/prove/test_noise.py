"""The generated organisation: the same seed gives the same month, every record is one that the product reads, every rate has a source."""

from collections import Counter

import pytest

from gatewatch.flow import decoding
from gatewatch.model import Event, Refused
from scripts.prove import table
from scripts.prove.noise import campaign
from scripts.prove.noise.organisation import Organisation
from scripts.prove.noise.rates import RATES, scaled

PEOPLE, DAYS = 45, 7


@pytest.fixture(scope="module")
def month():
    return list(Organisation(PEOPLE, scaled(1), 1).records(DAYS))


def without_ids(record):
    return {
        name: value
        for name, value in record.data.items()
        if name not in {"id", "correlationId", "sessionId", "eventID", "requestID", "event"}
    }


def test_the_same_seed_gives_the_same_month(month):
    again = list(Organisation(PEOPLE, scaled(1), 1).records(DAYS))
    other = list(Organisation(PEOPLE, scaled(1), 2).records(DAYS))
    assert [without_ids(record) for record in again] == [without_ids(record) for record in month]
    assert [without_ids(record) for record in other] != [without_ids(record) for record in month]


def test_every_record_is_read_and_stands_in_order(month):
    found = [one for record in month for one in decoding.decode(record)]
    assert not [one for one in found if isinstance(one, Refused)]
    times = [one.time for one in found if isinstance(one, Event)]
    assert len(times) > 1_500
    assert [record.fetched for record in month] == sorted(record.fetched for record in month)


def test_people_work_from_more_than_one_place(month):
    places = Counter(record.data["location"]["countryOrRegion"] for record in month if "location" in record.data)
    assert places["DE"] > 500
    assert len(places) > 3


@pytest.mark.parametrize("name", RATES)
def test_every_rate_has_a_source_and_doubles(name):
    rate = RATES[name]
    assert len(rate.source) > 20
    assert rate.value > 0
    doubled = scaled(2)[name]
    assert doubled == (min(rate.value * 2, 1.0) if "share" in rate.unit else rate.value * 2)


def test_a_plant_has_people_accounts_and_addresses_of_its_own():
    first, second = (
        campaign.renamed({"user": "simulated.dana", "ip": "203.0.113.77", "account": "111122223333"}, number) for number in (1, 2)
    )
    assert first == {"user": "simulated1.dana", "ip": "203.0.113.11", "account": "111122220001"}
    assert not set(first.values()) & set(second.values())


def test_plants_are_found_again_by_their_ids():
    planted = campaign.plants()
    assert all(one.attack for one in planted if one.name in {"aws_root_console_login", "entra_risky_signin", "t1"})
    assert len({vendor_id for one in planted for vendor_id in one.attack}) == sum(len(one.attack) for one in planted)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({}, [], id="quiet"),
        pytest.param({"a_day": 3.1}, ["3.1 notified alerts a day"], id="loud"),
        pytest.param({"worst_day": 4}, ["4 notified alerts on the worst day"], id="one loud day"),
        pytest.param({"worst_day": 9, "factor": 2.0}, [], id="one loud day with doubled rates is printed, not refused"),
        pytest.param({"a_day": 9.0, "factor": 2.0}, [], id="loud with doubled rates is printed, not refused"),
        pytest.param({"not_notified": ["t1"]}, ["the planted t1 was not notified"], id="a plant that nobody heard of"),
    ],
)
def test_what_is_wrong_with_the_figures(changes, says):
    row = {
        "people": 1,
        "seed": 1,
        "factor": 1.0,
        "a_day": 1.0,
        "worst_day": 3,
        "by_rule": {},
        "not_notified": [],
        "notified_twice": [],
        **changes,
    }
    found = list(campaign.problems(row))
    assert len(found) == len(says)
    assert all(part in line for part, line in zip(says, found, strict=True))


def test_the_committed_figures_are_within_the_limits():
    assert [line for row in table.load(campaign.NAME) for line in campaign.problems(row)] == []


@pytest.mark.parametrize("figure", ["a_day", "worst_day", "notified", "by_rule"])
def test_a_figure_that_is_not_the_committed_one_is_a_difference(figure):
    rows = table.load(campaign.NAME)
    changed = [{**rows[0], figure: "another"}, *rows[1:]]
    assert list(campaign.differences(rows)) == []
    assert [figure in line for line in campaign.differences(changed)] == [True]
