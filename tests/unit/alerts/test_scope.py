"""How far a chunk reaches: the days, subjects and groups that are read before anything is written."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gatewatch.alerts.reach import Reach
from gatewatch.alerts.scope import Scope, scope_of
from gatewatch.evidence import links
from gatewatch.familiarity import key_of
from gatewatch.model import AlertStatus, Event, Evidence, GroupKey, Place
from gatewatch.model.familiarity import Familiarity, Start
from gatewatch.model.tokens import ADDRESS, address_token, person_token, principal_token
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.catalogue import CHAIN_REACH
from gatewatch.tuning import Tuning
from tests.builders.aws import login, saml
from tests.builders.common import ALICE, stored
from tests.builders.endpoint import typed
from tests.builders.entra import detection, found, risky, sign_in
from tests.support.alert_story import Story

DAY = datetime(2026, 3, 14, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def reach(*seeds: Event | Evidence, known: tuple[Event, ...] = (), oldest: datetime = LONG_AGO, **tuning: object) -> Scope:
    items = [item if isinstance(item, Evidence) else stored(item) for item in seeds]
    found = Reach(items, (), Tuning(**tuning), oldest)  # type: ignore[arg-type] # a table of settings
    found.meet([stored(event) for event in known])
    return found.scope()


A_DAY = timedelta(days=1)
A_TICK = timedelta(microseconds=1)
BEFORE, TODAY, AFTER = "2026-03-13", "2026-03-14", "2026-03-15"
DAYS = [  # the reach is longer than half a day and shorter than a day: twelve hours of a pair, and what decides its sides
    pytest.param(timedelta(hours=12), {BEFORE, TODAY, AFTER}, id="noon"),
    pytest.param(CHAIN_REACH, {TODAY, AFTER}, id="the-reach-after-midnight"),
    pytest.param(CHAIN_REACH - A_TICK, {BEFORE, TODAY, AFTER}, id="less-than-the-reach"),
    pytest.param(A_DAY - CHAIN_REACH - A_TICK, {BEFORE, TODAY}, id="more-than-the-reach-before-midnight"),
    pytest.param(A_DAY - CHAIN_REACH, {BEFORE, TODAY, AFTER}, id="the-reach-before-midnight"),
]


def around(*days: int) -> set[str]:
    """These days of March, each with the day before and after."""
    return {(DAY + A_DAY * (day - 14 + offset)).date().isoformat() for day in days for offset in (-1, 0, 1)}


@pytest.mark.parametrize(("since_midnight", "days"), DAYS)
def test_the_days_within_the_reach(since_midnight: timedelta, days: set[str]) -> None:
    found_days = reach(login(at=DAY + since_midnight)).days
    assert found_days == days


def test_evidence_is_read_from_the_reach_before_the_first_day_to_the_reach_after_the_last() -> None:
    one = reach(login(at=DAY + timedelta(hours=12)))
    assert one.spans() == [(DAY - A_DAY - CHAIN_REACH, DAY + 2 * A_DAY + CHAIN_REACH)]
    two = reach(login(at=DAY + timedelta(hours=22)))
    assert two.spans() == [(DAY - CHAIN_REACH, DAY + 2 * A_DAY + CHAIN_REACH)]


def test_days_older_than_the_retention_are_left_alone() -> None:
    event = login(at=DAY + timedelta(hours=1))
    assert reach(event, oldest=DAY).days == {"2026-03-14"}
    assert reach(event, oldest=DAY + timedelta(days=1)).days == frozenset()
    assert reach(event, oldest=DAY - timedelta(seconds=1)).days == {"2026-03-13", "2026-03-14"}


def test_the_groups_of_an_event_are_its_own_its_addresses_and_its_persons() -> None:
    event = login(at=DAY + timedelta(hours=12))
    owners = [("aws", "111122223333", "111122223333/alice"), ("aws", "111122223333", "address|89.160.20.156"), ("xcloud", "", "alice")]
    assert reach(event).keys == {GroupKey(*owner, day) for owner in owners for day in around(14)}
    assert reach(event).subjects == {principal_token(event), person_token("alice")}


def test_a_host_has_no_account_and_nobody_is_no_person() -> None:
    started = typed(0, person=None, names=())
    assert reach(started).keys == {GroupKey("endpoint", "", "h17|alice", day) for day in around(14)}
    hidden = login(subject=AwsSubject.HIDDEN, person=None)
    assert {key.family for key in reach(hidden).keys} == {"aws"}


def test_every_spelling_of_a_person_is_read() -> None:
    event = login(person="alice")
    found_tokens = reach(event, aliases={"Alice": ALICE, "root-alice": "alice"}).subjects
    assert found_tokens == {principal_token(event), *(person_token(p) for p in ("alice", ALICE, "root-alice"))}


def test_what_is_tied_by_id_brings_its_days_however_far() -> None:
    """Detection to sign-in by request id, sign-in to sign-in by correlation id and user."""
    first = sign_in("R-1", at=DAY + timedelta(days=9, hours=12), correlation="C-1")
    second = sign_in("R-2", at=DAY + timedelta(days=20, hours=12), correlation="C-1")
    stranger = sign_in("R-9", at=DAY + timedelta(days=30, hours=12), correlation="C-9")
    seed = detection(1, request="R-1", correlation_id=None, at=DAY + timedelta(hours=12))
    assert reach(seed, known=(second, stranger, first)).days == around(14, 23, 34)


def test_what_is_known_brings_its_person_but_not_its_day() -> None:
    other = sign_in("R-2", user="U-2", correlation=None, at=DAY + timedelta(days=9))
    found_reach = reach(login(at=DAY + timedelta(hours=12)), known=(other,))
    assert found_reach.days == around(14)
    assert GroupKey("entra", "tenant", "U-2", "2026-03-14") in found_reach.keys
    assert person_token("u-2@contoso.example") in found_reach.subjects


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def quiet(request: str, hours: float) -> Event:
    """A sign-in of Alice that says nothing by itself."""
    return sign_in(request, correlation=None, level_during="none", app_id="aws", person=ALICE, at=at(hours))


def test_three_hours_from_the_evidence_that_decides_to_the_pair_across_midnight() -> None:
    """A sign-in at nine takes a detection away from one at eleven, whose pair lies on the next day: three windows of an hour."""
    place = quiet("R-2", 23).place
    story = (
        Story(aws_app_ids=("aws",))
        .comes(quiet("R-2", 23), found("high", None, at=at(22), place=place))
        .comes(structs.replace(saml(0), time=at(24)))
    )
    assert [(a.key.family, a.key.day, a.status) for a in story.alerts()] == [
        ("entra", "2026-03-14", AlertStatus.OPEN),
        ("xcloud", "2026-03-15", AlertStatus.OPEN),
    ]
    story.comes(quiet("R-1", 21))
    entra, pair = story.alerts()
    assert (entra.status, entra.snapshot.event_ids) == (AlertStatus.OPEN, ("entra|r-1",))
    assert pair.status is AlertStatus.RETRACTED


def test_a_pair_is_found_when_its_first_half_comes_last_across_midnight() -> None:
    story = Story().comes(saml(12 * 60 + 5)).comes(risky("high", at=at(23.5)))
    assert story.only("xcloud").key.day == "2026-03-15"


POOL = (
    *(sign_in(f"R-{n}", user=f"U-{n % 3}", at=DAY + timedelta(days=n), correlation=f"C-{n // 2}") for n in range(6)),
    *(detection(n, request=f"R-{n + 1}", user=f"U-{n % 3}", correlation_id=None, at=DAY + timedelta(days=9 - n)) for n in range(4)),
    *(login(n, at=DAY + timedelta(hours=5 * n), principal=f"111122223333/{name}", person=name) for n, name in enumerate("abac")),
    *(typed(n, person=None, names=()) for n in range(2)),
)
FAMILIAR = {
    principal_token(event): Familiarity(
        beginning=Start(DAY - timedelta(days=30), "aws|0"), former_days=("2026-03-20",), former_beginning=DAY + timedelta(days=2)
    )
    for event in POOL[1::3]
}


@given(st.lists(st.sampled_from(POOL), max_size=3), st.permutations(POOL), st.sets(st.integers(0, len(POOL))), st.integers(0, len(POOL)))
def test_the_reach_depends_neither_on_order_nor_on_pieces(chunk: list[Event], pool: list[Event], cuts: set[int], known_at: int) -> None:
    """Met one by one, twice, in any order, with scopes taken in between: the same as everything at once."""
    seeds, evidence = [stored(event) for event in chunk], [stored(event) for event in pool]

    def begun() -> Reach:
        return Reach(seeds, chunk, Tuning(aliases={"a": "b"}), LONG_AGO)

    at_once = begun()
    at_once.know(FAMILIAR)
    at_once.meet(evidence[:-4], evidence[-4:])
    piece_by_piece = begun()
    edges = [0, *sorted(cuts), len(evidence) - 4]
    for start, end in pairwise(edges):
        piece_by_piece.meet(evidence[start : min(end, len(evidence) - 4)])
        if start >= known_at:
            piece_by_piece.know(FAMILIAR)
        piece_by_piece.scope()
    piece_by_piece.know(FAMILIAR)
    piece_by_piece.meet(evidence[:-4], evidence[-4:])
    assert piece_by_piece.scope() == at_once.scope()


def test_what_is_usual_is_read_of_everybody_who_acted() -> None:
    one, met = login(), saml(5)
    assert key_of(one) != key_of(met)
    assert reach(one, known=(met,)).familiar == {key_of(one), key_of(met)}


def test_what_was_taught_and_what_was_in_scope_is_read() -> None:
    taught = saml(5)
    grown = Reach((), [taught], Tuning(), LONG_AGO, Scope(familiar=frozenset({"somebody"})))
    assert grown.scope().familiar == {"somebody", key_of(taught)}


def test_the_days_that_a_lesson_touches_are_read_with_what_is_near_and_no_others() -> None:
    taught = saml(5)
    found = Reach((), [taught], Tuning(), LONG_AGO)
    found.know({key_of(taught): Familiarity(former_days=("2026-03-20",)), "somebody": Familiarity(former_days=("2026-03-25",))})
    assert found.scope().days == {"2026-03-19", "2026-03-20", "2026-03-21"}
    assert principal_token(taught) in found.scope().subjects


def test_a_lesson_that_touches_no_day_reads_nobody() -> None:
    taught = saml(5)
    found = Reach((), [taught], Tuning(), LONG_AGO)
    found.know({key_of(taught): Familiarity()})
    assert (found.scope().days, found.scope().subjects) == (set(), set())


def test_an_address_is_read_where_rules_ask_about_addresses() -> None:
    entered, nowhere = login(account=None), login(place=Place(address="AWS Internal"))
    host = structs.replace(typed(0), place=entered.place)
    assert reach(entered).addresses == {address_token(entered)}
    assert GroupKey("aws", "", f"{ADDRESS}{entered.place.ip}", TODAY) in reach(entered).keys
    for other in (nowhere, host):
        assert reach(other).addresses == set()
        assert not [key for key in reach(other).keys if key.principal.startswith(ADDRESS)]


def test_every_link_that_is_met_is_followed() -> None:
    one, other = risky(), risky(request="R-9", correlation="C-9", user="U-9")
    assert links(one)
    assert reach(one, known=(other,)).links == {*links(one), *links(other)}


def test_of_what_an_address_did_only_what_is_usual_is_read() -> None:
    at_address = saml(5)
    found = Reach((), (), Tuning(), LONG_AGO)
    found.meet((), [stored(at_address)])
    found.meet((), [stored(at_address), stored(login(2))])
    assert (found.scope().familiar, found.scope().subjects) == ({key_of(at_address), key_of(login(2))}, set())


def test_what_is_in_scope_already_stays_from_the_oldest_day_on() -> None:
    keys = {day: GroupKey("aws", "", "alice", day) for day in (BEFORE, TODAY, AFTER)}
    found = Reach((), (), Tuning(), DAY, Scope(days=frozenset(keys), keys=frozenset(keys.values()))).scope()
    assert found.days == {TODAY, AFTER}
    assert found.keys == {keys[TODAY], keys[AFTER]}


def test_days_whose_margins_meet_are_read_at_once() -> None:
    found = Scope(days=frozenset({TODAY, AFTER, "2026-03-20", "2026-03-21"})).spans()
    assert found == [
        (DAY - CHAIN_REACH, DAY + 2 * A_DAY + CHAIN_REACH),
        (DAY + 6 * A_DAY - CHAIN_REACH, DAY + 8 * A_DAY + CHAIN_REACH),
    ]


def test_a_group_is_decided_by_whoever_it_names_under_this_policy_and_by_its_own_name() -> None:
    principal, address = GroupKey("aws", "1", "alice", TODAY), GroupKey("aws", "1", f"{ADDRESS}198.51.100.7", AFTER)
    pair = GroupKey("xcloud", "", "a.lice", BEFORE)
    found = scope_of([principal, address, pair], Tuning(aliases={"a.lice": ALICE, "al": ALICE}))
    people = {person_token(name) for name in ("a.lice", ALICE, "al")}
    assert found.subjects == {"principal:1|alice", f"principal:1|{address.principal}", *people}
    assert (found.addresses, found.days) == ({"address:1|198.51.100.7"}, {BEFORE, TODAY, AFTER})
    assert (found.keys, found.links, found.familiar) == ({principal, address, pair}, set(), set())
    assert person_token("a.lice") in scope_of([pair], Tuning()).subjects


def test_a_group_of_a_name_in_a_circle_of_aliases_is_decided_by_its_own_name_too() -> None:
    pair = GroupKey("xcloud", "", "a", TODAY)
    assert scope_of([pair], Tuning(aliases={"a": "b", "b": "a"})).subjects == {person_token("a"), person_token("b")}
