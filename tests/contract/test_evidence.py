"""What every store owes to evidence: appended once, read back equal, found by subject, range and link."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from gatewatch.evidence import encode, links, prepared, stored_time
from gatewatch.model import Outcome, Place
from gatewatch.model.tokens import principal_token, subjects
from gatewatch.ports import Appended, Store
from tests.builders.aws import login, many
from tests.builders.common import HOSTILE, NOON, ids, minutes, stored
from tests.builders.entra import detection, sign_in

ALICE = principal_token(login())
WIDE = (minutes(-600), minutes(600))


def around(store: Store, *tokens: str, since: datetime = WIDE[0], until: datetime = WIDE[1], by: tuple[str, ...] = ()) -> list[str]:
    return [item.id for item in store.context(tokens, [(since, until)], by).evidence]


def test_append_says_created_in_order(store: Store) -> None:
    assert [result.status for result in store.append(many(3))] == [Appended.CREATED] * 3


def test_append_of_nothing(store: Store) -> None:
    assert store.append([]) == []


def test_append_again_is_a_duplicate(store: Store) -> None:
    first, second = many(2)
    store.append([first])
    assert [result.status for result in store.append([first, second])] == [Appended.DUPLICATE, Appended.CREATED]


def test_what_another_process_prepared_is_appended_as_if_it_were_at_hand(store: Store) -> None:
    first, second, third = many(3)
    store.append([first])
    unreadable = replace(prepared(third), body=None)  # no JSON holds its text
    results = store.append_prepared([prepared(first), unreadable, prepared(second), prepared(second, encode(second))])
    assert [result.status for result in results] == [Appended.DUPLICATE, Appended.REFUSED, Appended.CREATED, Appended.DUPLICATE]
    assert results[1].reason == "text_not_unicode"
    assert around(store, ALICE) == ids([first, second])
    assert store.evidence_of([second.event.vendor_id]) == [second]


def test_append_twice_within_a_batch(store: Store) -> None:
    (item,) = many(1)
    assert [result.status for result in store.append([item, item])] == [Appended.CREATED, Appended.DUPLICATE]
    assert around(store, ALICE) == [item.id]


def test_a_duplicate_never_overwrites(store: Store) -> None:
    early, late = stored(login(), ingested=minutes(1)), stored(login(), ingested=minutes(99))
    store.append([early])
    store.append([late])
    assert store.evidence_of(["aws|00000001"]) == [early]


def test_reads_its_own_writes_on_every_handle(backend: Any) -> None:
    one, other = backend(), backend()
    items = many(3)
    one.append(items)
    assert around(other, ALICE) == ids(items)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(login(), id="login"),
        pytest.param(sign_in(), id="sign-in"),
        pytest.param(detection(), id="detection"),
        pytest.param(login(place=Place(), person=None, client=None, account=None), id="unknowns"),
        pytest.param(login(time=NOON.replace(microsecond=1)), id="microseconds"),
        *(pytest.param(login(user_agent=text, user_name=text, display_name=text), id=f"hostile-{name}") for name, text in HOSTILE.items()),
    ],
)
def test_an_event_comes_back_equal(store: Store, event: Any) -> None:
    item = stored(event, fetched=minutes(20))
    store.append([item])
    assert list(store.context(subjects(event), [WIDE], links(event)).evidence) == [item]
    assert store.evidence_of([event.vendor_id]) == [item]


def test_a_record_without_time_is_found_by_when_it_was_fetched(store: Store) -> None:
    item = stored(login(time=None), fetched=minutes(7))
    store.append([item])
    assert around(store, ALICE, since=minutes(6), until=minutes(8)) == [item.id]
    assert around(store, ALICE, since=minutes(8)) == []


def test_the_range_includes_both_ends_to_the_microsecond(store: Store) -> None:
    items = many(5)
    store.append(items)
    times = [stored_time(item) for item in items]
    assert around(store, ALICE, since=times[1], until=times[3]) == ids(items[1:4])
    tick = timedelta(microseconds=1)
    assert around(store, ALICE, since=times[1] + tick, until=times[3] - tick) == ids(items[2:3])


def test_subjects_are_a_union(store: Store) -> None:
    mine, theirs = stored(login(1)), stored(login(2, principal="111122223333/bob", person="bob"))
    store.append([mine, theirs])
    assert around(store, ALICE, "person:bob") == ids([mine, theirs])
    assert around(store, "person:bob") == [theirs.id]


def test_a_person_crosses_clouds(store: Store) -> None:
    both = [stored(login(person="joe@contoso.example")), stored(sign_in(person="joe@contoso.example"))]
    store.append(both)
    assert around(store, "person:joe@contoso.example") == ids(both)


def test_links_are_found_at_any_time(store: Store) -> None:
    old, new = stored(sign_in(at=NOON - timedelta(days=29))), stored(detection())
    store.append([old, new])
    assert around(store, by=("id:entra|r-1",)) == ids([old, new])
    assert around(store, by=("corr:c-1|u-1",)) == ids([old, new])
    assert around(store, by=(f"id:{new.event.vendor_id}",)) == [new.id]


def test_a_token_is_exact(store: Store) -> None:
    store.append([stored(login(1, person="alice.smith")), stored(login(2, person="ALICE")), stored(login(3, person="alice "))])
    assert around(store, "person:alice") == []


def test_nothing_asked_nothing_found(store: Store) -> None:
    store.append(many(1))
    assert store.context((), [WIDE], ()).evidence == ()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_are_found_by_themselves_alone(store: Store, text: str) -> None:
    mine = stored(login(1, principal=text, person=text, vendor_id=f"aws|{text}"))
    store.append([mine, *many(2, first=2)])
    assert around(store, f"person:{text}") == [mine.id]
    assert around(store, principal_token(mine.event)) == [mine.id]
    assert store.evidence_of([f"aws|{text}"]) == [mine]


def test_long_names_that_share_a_long_beginning_stay_apart(store: Store) -> None:
    one, other = (stored(login(number, person="x" * 9_000 + str(number))) for number in (1, 2))
    store.append([one, other])
    assert around(store, "person:" + "x" * 9_000 + "1") == [one.id]


def test_every_version_of_a_vendor_id(store: Store) -> None:
    versions = [stored(sign_in(updated=minutes(step))) for step in range(3)]
    store.append(versions)
    assert ids(store.evidence_of(["entra|r-1", "entra|absent"])) == ids(versions)


BUSY = login(principal="111122223333/busy", person="busy")


def test_a_neighbourhood_is_bounded_and_says_so(store: Store) -> None:
    good = many(1_005, principal=BUSY.principal, person=BUSY.person)
    bad = many(1_002, first=5_000, principal=BUSY.principal, person=BUSY.person, outcome=Outcome.FAILURE)
    for items in (good, bad):
        for start in range(0, len(items), 500):
            store.append(items[start : start + 500])
    found = store.context([principal_token(BUSY), ALICE], [WIDE], ())
    assert found.truncated == {principal_token(BUSY)}
    assert [item.id for item in found.evidence] == ids([*good[5:], *bad[2:]])


def test_one_below_the_bound_is_whole(store: Store) -> None:
    items = many(1_000)
    store.append(items[:500])
    store.append(items[500:])
    found = store.context([ALICE], [WIDE], ())
    assert (len(found.evidence), found.truncated) == (1_000, frozenset())


def test_a_link_reaches_what_the_bound_left_out(store: Store) -> None:
    items = many(1_001)
    store.append(items[:500])
    store.append(items[500:])
    assert items[0].id in around(store, ALICE, by=("id:aws|00000001",))


def test_unresolved_are_the_sign_ins_that_detections_name_in_vain(store: Store) -> None:
    store.append(
        [
            stored(detection(1, request="R-1"), ingested=minutes(3)),
            stored(detection(2, request="R-2"), ingested=minutes(2)),
            stored(detection(3, request="R-2"), ingested=minutes(4)),
            stored(detection(4, request="R-Old"), ingested=minutes(0)),
            stored(detection(5, request=None), ingested=minutes(3)),
            stored(detection(6, request="R-6"), ingested=minutes(3)),
            stored(sign_in("R-6"), ingested=minutes(3)),
        ]
    )
    assert sorted(store.unresolved(minutes(1), 10)) == ["entra|r-1", "entra|r-2"]
    assert len(store.unresolved(minutes(1), 1)) == 1


def test_a_sign_in_resolves_whatever_the_case_of_its_id(store: Store) -> None:
    store.append([stored(detection(1, request="r-aa")), stored(sign_in("R-AA"))])
    assert store.unresolved(minutes(0), 10) == []


def test_kinds_survive(store: Store) -> None:
    store.append([stored(sign_in()), stored(detection())])
    found = store.context(["principal:tenant|U-1"], [WIDE], ()).evidence
    assert {item.event.kind for item in found} == {"graph.signIn", "graph.riskDetection"}
    assert msgspec.json.encode(found) == msgspec.json.encode(tuple(sorted(found, key=lambda item: item.id)))
