"""When familiarity forgets a value: by the newest use of any value, so that records of long ago know each other."""

import itertools
from datetime import UTC, datetime, timedelta

from gatewatch.familiarity import FORGOTTEN_AFTER, taught
from gatewatch.model.familiarity import Familiarity
from tests.builders.aws import login
from tests.builders.common import at

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1200)


def networks(*events) -> set[str]:
    known = Familiarity()
    for event in events:
        known = taught(known, [event], NOW)
    return set(known.runs.get("network", {}))


def used(number: int, days: float, address: str):
    return login(number, at=LONG_AGO + timedelta(days=days), place=at(address))


def test_records_of_long_ago_know_each_other():
    assert networks(used(1, 0, "192.0.2.1"), used(2, 30, "198.51.100.1")) == {"192.0.2.0/24", "198.51.100.0/24"}


def test_a_value_is_forgotten_400_days_after_its_last_use_in_any_order():
    old, new = used(1, 0, "192.0.2.1"), used(2, FORGOTTEN_AFTER.days + 1, "198.51.100.1")

    assert {frozenset(networks(*order)) for order in itertools.permutations([old, new])} == {frozenset({"198.51.100.0/24"})}


def test_a_record_of_the_future_forgets_nothing_of_today():
    assert networks(login(1, at=NOW, place=at("192.0.2.1")), used(2, 9999, "198.51.100.1")) == {"192.0.2.0/24", "198.51.100.0/24"}
