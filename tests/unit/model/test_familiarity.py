"""Familiarity against its law, which is written here from the records alone: first, established, joined, bounded, touched."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.familiarity import KEPT_STARTS, merged, recognised, starts_a_run, taught, touched_days, with_malicious
from gatewatch.model import Event, Outcome
from gatewatch.model.familiarity import Familiarity
from tests.builders.aws import login
from tests.builders.common import at

BEGIN = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
NOW = BEGIN + timedelta(days=400)
NOTHING = Familiarity()
FEATURES = ("client", "country", "network")


def activity(
    number: int, day: float, country: str = "DE", asn: int = 1, client: str = "chrome", outcome: Outcome = Outcome.SUCCESS
) -> Event:
    """A console login so many days after the beginning."""
    place = at("198.51.100.7", country=country, asn=asn)
    return login(number, at=BEGIN + timedelta(days=day), place=place, client=client, outcome=outcome, mfa_used=None)


def value_of(event: Event, feature: str) -> object:
    return {"client": event.client, "country": event.place.country, "network": event.place.asn}[feature]


def lawful_firsts(event: Event, everything: list[Event]) -> tuple[str, ...]:
    """The features of which no earlier success within 180 days had this value, a week after the first success of all."""
    successes = [other for other in everything if other.outcome is Outcome.SUCCESS]
    if event.outcome is not Outcome.SUCCESS or event.time < min(other.time for other in successes) + timedelta(days=7):
        return ()

    def known(feature: str) -> bool:
        """A chain of uses, each within 180 days of the next, leads from an earlier success to this one."""
        same = sorted(((o.time, o.vendor_id) for o in successes if value_of(o, feature) == value_of(event, feature)), reverse=True)
        earlier = [use for use in same if use < (event.time, event.vendor_id)]
        return bool(earlier) and (event.time.date() - earlier[0][0].date()).days <= 180

    return tuple(feature for feature in FEATURES if not known(feature))


def lawful_usual(event: Event, everything: list[Event]) -> bool:
    """Whether an earlier success within 180 days had each of its values."""
    before = [o for o in everything if o.outcome is Outcome.SUCCESS and (o.time, o.vendor_id) < (event.time, event.vendor_id)]
    near = [other for other in before if (event.time.date() - other.time.date()).days <= 180]
    used = all(any(value_of(other, feature) == value_of(event, feature) for other in near) for feature in FEATURES)
    return event.outcome is Outcome.SUCCESS and used


activities = st.builds(
    activity,
    st.integers(1, 6),
    st.sampled_from([0, 0.5, 6.9, 7, 7.5, 100, 180, 187, 188, 190, 270, 368, 369]),
    st.sampled_from(["DE", "FR"]),
    st.sampled_from([1, 2]),
    st.sampled_from(["chrome", "aws-cli"]),
    st.sampled_from([Outcome.SUCCESS, Outcome.SUCCESS, Outcome.SUCCESS, Outcome.FAILURE]),
)
worlds = st.lists(activities, min_size=1, max_size=8, unique_by=lambda event: event.vendor_id)


@given(worlds, st.data())
def test_first_is_what_the_law_says_in_every_order_and_in_pieces(world: list[Event], data: st.DataObject) -> None:
    arrivals = data.draw(st.permutations([*world, *data.draw(st.lists(st.sampled_from(world), max_size=3))]))
    cut = data.draw(st.integers(0, len(arrivals)))
    known = taught(taught(NOTHING, arrivals[:cut], NOW), arrivals[cut:], NOW)
    assert [recognised(known, event).firsts for event in world] == [lawful_firsts(event, world) for event in world]
    assert [recognised(known, event).usual for event in world] == [lawful_usual(event, world) for event in world]


@given(worlds, worlds)
def test_two_documents_merge_to_what_both_taught(one: list[Event], other: list[Event]) -> None:
    together = taught(NOTHING, [*one, *other], NOW)
    apart = merged(taught(NOTHING, one, NOW), taught(NOTHING, other, NOW), NOW)
    assert (apart.runs, apart.beginning) == (together.runs, together.beginning)


@given(worlds, worlds)
def test_every_change_of_what_is_first_or_usual_lies_on_a_touched_day(before: list[Event], later: list[Event]) -> None:
    old = taught(NOTHING, before, NOW)
    new = taught(old, later, NOW)
    told = lambda known, event: (recognised(known, event).firsts, recognised(known, event).usual)  # noqa: E731 - two answers of one question
    changed = {event.time.date().isoformat() for event in before if told(old, event) != told(new, event)}
    assert changed <= touched_days(new, later) | {event.time.date().isoformat() for event in later}


@given(worlds)
def test_what_arrives_in_order_touches_no_other_day(world: list[Event]) -> None:
    known = NOTHING
    for event in sorted((e for e in world if e.outcome is Outcome.SUCCESS), key=lambda e: (e.time, e.vendor_id)):
        known = taught(known, [event], NOW)
        assert touched_days(known, [event]) == set()


def test_a_failure_teaches_nothing() -> None:
    known = taught(NOTHING, [activity(1, 0, outcome=Outcome.FAILURE)], NOW)
    assert known == NOTHING


def test_repetition_says_nothing_new() -> None:
    known = taught(NOTHING, [activity(1, 0), activity(2, 9, country="FR")], NOW)
    assert taught(known, [activity(2, 9, country="FR"), activity(1, 0)], NOW) == known


def test_beyond_the_bound_nothing_is_first_and_it_says_many() -> None:
    world = [activity(n, 8 + n / 10, country=f"{n:02}") for n in range(1, KEPT_STARTS + 3)]
    known = taught(NOTHING, [activity(0, 0), *world], NOW)
    assert known.many == ("country",)
    assert [bool({"country"} & set(recognised(known, event).firsts)) for event in world] == [True] * (KEPT_STARTS - 1) + [False] * 3


def test_the_bound_keeps_the_smallest_starts_in_every_order() -> None:
    world = [activity(n, n / 10, country=f"{n:02}") for n in range(KEPT_STARTS + 20)]
    one_way, other_way = NOTHING, NOTHING
    for event in world:
        one_way = taught(one_way, [event], NOW)
    for event in reversed(world):
        other_way = taught(other_way, [event], NOW)
    assert one_way.runs["country"] == other_way.runs["country"]


def test_what_a_malicious_activity_started_never_becomes_familiar() -> None:
    intruder, later, owner = activity(2, 20, country="KP"), activity(3, 21, country="KP"), activity(4, 22)
    known = taught(NOTHING, [activity(1, 0), intruder, later, owner], NOW)
    assert [recognised(known, event).firsts for event in (intruder, later, owner)] == [("country",), (), ()]
    warned = with_malicious(known, {intruder.vendor_id})
    assert [recognised(warned, event).firsts for event in (intruder, later, owner)] == [("country",), ("country",), ()]
    assert starts_a_run(warned, later)


def test_an_earlier_use_by_the_owner_takes_the_warning_back() -> None:
    intruder, later = activity(2, 20, country="KP"), activity(3, 21, country="KP")
    warned = with_malicious(taught(NOTHING, [activity(1, 0), intruder, later], NOW), {intruder.vendor_id})
    known = taught(warned, [activity(5, 10, country="KP")], NOW)
    assert recognised(known, later).firsts == ()


def test_what_a_malicious_activity_started_is_not_usual_and_what_is_not_known_is_not_either() -> None:
    first, again = activity(1, 8, country="FR"), activity(2, 9, country="FR")
    known = taught(NOTHING, [activity(3, 0), first, again], NOW)
    assert [recognised(known, first).usual, recognised(known, again).usual] == [False, True]
    assert not recognised(with_malicious(known, [first.vendor_id]), again).usual
    assert not recognised(NOTHING, again).usual


def test_who_teaches_is_never_strange() -> None:
    known = taught(NOTHING, [activity(1, 0)], NOW)
    assert recognised(known, activity(2, 9, country="FR")).strange == ()


@pytest.mark.parametrize(
    ("address", "asn", "network"),
    [
        pytest.param("198.51.100.7", 64500, "AS64500", id="the autonomous system"),
        pytest.param("198.51.100.7", None, "198.51.100.0/24", id="the /24"),
        pytest.param("2001:db8:1:2::3", None, "2001:db8:1::/48", id="the /48"),
        pytest.param("10.1.2.3", None, None, id="a private address is none"),
        pytest.param("127.0.0.1", None, None, id="a loopback address is none"),
    ],
)
def test_the_network_of_an_address(address: str, asn: int | None, network: str | None) -> None:
    known = taught(NOTHING, [login(1, at=BEGIN, place=at(address, asn=asn))], NOW)
    assert list(known.runs.get("network", {})) == ([network] if network else [])
