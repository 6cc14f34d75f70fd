"""Which events an alert lists where there are more than it may, and which other alerts and addresses it names."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from msgspec import structs

from gatewatch.alerts.activities import activities
from gatewatch.alerts.compute import compute
from gatewatch.alerts.evaluate import Match, evaluate
from gatewatch.alerts.group import MAX_EVENT_ROWS, compute_group, notified_of
from gatewatch.alerts.reading import Reading
from gatewatch.model import GroupKey, Place
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning
from tests.builders.aws import saml
from tests.builders.common import ALICE, DAY, NOON, stored
from tests.builders.entra import risky

SAME = Place(address="198.51.100.7", ip="198.51.100.7")


def matches(*places: Place) -> list[Match]:
    """An open match of each place, a second apart: the earlier one is the higher one."""
    events = [risky(request=f"R-{n:02}", at=NOON + timedelta(seconds=n), place=place) for n, place in enumerate(places)]
    return [match for match in evaluate(activities([stored(event) for event in events], Tuning()), Tuning()) if match.partner is None]


def listed(rows: list[Match], notified: Collection[str] = ()) -> list[int]:
    """The numbers of the events that the alert lists."""
    return [int(row.id.rpartition("-")[2]) for row in compute_group(rows, None).events(notified)]


def ids(numbers: Collection[int]) -> set[str]:
    return {f"entra|r-{number:02}" for number in numbers}


def test_what_is_notified_is_left_out_first() -> None:
    assert listed(matches(*[SAME] * 60)) == list(range(50))
    assert listed(matches(*[SAME] * 60), ids(range(20))) == [*range(10), *range(20, 60)]
    assert listed(matches(*[SAME] * MAX_EVENT_ROWS), ids(range(20))) == list(range(50))


def test_what_is_closed_is_left_out_before_what_is_notified() -> None:
    rows = [structs.replace(row, closed=number < 20) for number, row in enumerate(matches(*[SAME] * 60))]
    assert listed(rows, ids(range(20, 60))) == [*range(20, 60), *range(10)]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([Place(address=f"198.51.100.{n}:443", ip=f"198.51.100.{n}") for n in range(20, 25)], id="written and parsed"),
        pytest.param([Place(ip=f"198.51.100.{n}") for n in range(20, 25)], id="parsed only"),
        pytest.param([Place(address=f"place {n}") for n in range(20, 25)], id="written only"),
    ],
)
def test_the_highest_event_of_each_address_is_left_out_last(others: list[Place]) -> None:
    assert listed(matches(*[SAME] * 55, *others)) == [*range(45), *range(55, 60)]


def test_a_closed_event_of_an_address_takes_no_place_of_its_open_one() -> None:
    other = Place(ip="198.51.100.20")
    rows = matches(other, *[SAME] * 55, other)
    assert listed([structs.replace(rows[0], closed=True), *rows[1:]]) == [*range(1, 50), 56]


@pytest.mark.parametrize(("events", "known"), [(("a", "b"), True), (("a", "c"), False), (("c",), False)], ids=["both", "one", "none"])
def test_a_pair_is_notified_with_both_of_its_sides(events: tuple[str, ...], known: bool) -> None:
    assert notified_of(events, {"a", "b"}) is known


def test_the_other_alerts_are_named_within_a_bound() -> None:
    others = [GroupKey("aws", "111122223333", f"u{number:02}", DAY) for number in range(51)]
    assert compute_group(matches(SAME), None, others).snapshot.shared_with == tuple(others[:50])


def test_a_pair_and_its_sides_name_each_other() -> None:
    found = compute(Reading(evidence=(stored(risky("high")), stored(saml(5)))), Tuning(), NOON)
    pair = GroupKey("xcloud", "", ALICE, DAY)
    [side] = set(found) - {pair}
    assert found[side].snapshot.shared_with == (pair,)
    assert side in found[pair].snapshot.shared_with
    assert pair not in found[pair].snapshot.shared_with


def test_an_alert_that_is_suppressed_whole_still_says_where() -> None:
    entry = AllowlistEntry(
        id="al-1", match=AllowlistMatch(cidr="198.51.100.0/24"), rules=("*",), expires=NOON + timedelta(days=1), reason="SEC-1", owner="iam"
    )
    [only] = compute(Reading(evidence=(stored(risky(place=SAME)),)), Tuning(allowlist=(entry,)), NOON).values()
    assert (only.snapshot.suppressed, only.snapshot.addresses) == (True, (SAME.ip,))
