"""The sentence "not seen in this country before" is said when it is true, and only then."""

from datetime import UTC, datetime, timedelta

import pytest

from gatewatch.flow.pipeline import process
from gatewatch.model import Alert, RawRecord, Severity
from gatewatch.ports import AlertQuery
from gatewatch.stores.memory import MemoryStore
from tests.builders.entra import raw_sign_in
from tests.support.channels import bundle

FIRST_DAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SENTENCE = "The principal has not been seen in this country before."


def visit(number: int, day: float, country: str, level: str = "none") -> RawRecord:
    at = FIRST_DAY + timedelta(days=day)
    address = {"DE": "198.51.100.7", "FR": "203.0.113.9"}[country]
    created = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return raw_sign_in(f"v-{number}", level=level, createdDateTime=created, location={"countryOrRegion": country}, ipAddress=address)


def alert_of(records: list[RawRecord], size: int) -> Alert:
    """The newest alert after these records, so many at once."""
    store = MemoryStore()
    for start in range(0, len(records), size):
        process(records[start : start + size], bundle(store=store))
    return store.search(AlertQuery(limit=100))[0]


@pytest.mark.parametrize("size", [1, 7, 500])
def test_medium_risk_in_a_country_after_25_ordinary_sign_ins_in_another_is_high_and_says_so(size: int) -> None:
    alert = alert_of([*(visit(n, n, "DE") for n in range(25)), visit(90, 26, "FR", "medium")], size)
    assert (alert.severity >= Severity.HIGH, SENTENCE in [component.reason for component in alert.snapshot.components]) == (True, True)


@pytest.mark.parametrize("size", [1, 7, 500])
def test_after_one_risky_trip_and_160_days_at_home_home_is_not_new(size: int) -> None:
    home = [visit(n, 2 + n, "DE") for n in range(160)]
    alert = alert_of([visit(200, 0, "FR", "high"), *home, visit(201, 163, "DE", "medium")], size)
    assert alert.lead.id == "entra|v-201"
    assert SENTENCE not in [component.reason for component in alert.snapshot.components]
