"""What every store must do for small documents, for the list of days and for the groups of a day."""

from datetime import timedelta

import pytest

from gatewatch.ports import AlertWrite, StateKey, StateWrite, Store, Written
from tests.builders.alerts import alert, key
from tests.builders.aws import login
from tests.builders.common import DAY, HOSTILE, NOON, stored
from tests.builders.endpoint import typed

POLICY, OTHER = StateKey("policy", "policy"), StateKey("familiarity", "policy")


def write(store: Store, body: bytes, version: str | None = None, name: StateKey = POLICY) -> Written:
    [result] = store.write_state([StateWrite(name, body, version)])
    return result


def test_nothing_is_there_at_first(store: Store) -> None:
    state = store.read_state((), [POLICY])
    assert (state.alerts, state.documents) == ({}, {})


def test_a_document_is_created_once(store: Store) -> None:
    assert (write(store, b'{"a":1}'), write(store, b'{"a":2}')) == (Written.DONE, Written.CONFLICT)
    assert store.read_state((), [POLICY]).documents[POLICY].body == b'{"a":1}'


def test_a_document_is_swapped_by_its_version(store: Store) -> None:
    write(store, b'{"a":1}')
    first = store.read_state((), [POLICY]).documents[POLICY]
    assert (write(store, b'{"a":2}', first.version), write(store, b'{"a":3}', first.version)) == (Written.DONE, Written.CONFLICT)
    assert store.read_state((), [POLICY]).documents[POLICY].body == b'{"a":2}'


def test_a_document_that_does_not_exist_is_not_swapped(store: Store) -> None:
    write(store, b"{}")
    version = store.read_state((), [POLICY]).documents[POLICY].version
    assert write(store, b"{}", version, OTHER) is Written.CONFLICT


def test_two_kinds_do_not_meet(store: Store) -> None:
    write(store, b'{"kind":1}')
    write(store, b'{"kind":2}', name=OTHER)
    found = store.read_state((), [POLICY, OTHER]).documents
    assert (found[POLICY].body, found[OTHER].body) == (b'{"kind":1}', b'{"kind":2}')


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_an_id_may_be_anything_that_an_attacker_writes(store: Store, text: str) -> None:
    name = StateKey("familiarity", f"familiar:{text}")
    assert write(store, b"{}", name=name) is Written.DONE
    assert set(store.read_state((), [name, StateKey("familiarity", f"familiar:{text}x")]).documents) == {name}


def test_alerts_and_documents_come_in_one_read(store: Store) -> None:
    write(store, b"{}")
    store.write_alerts([AlertWrite(alert(), None)])
    state = store.read_state([key(), key("nobody")], [POLICY, OTHER])
    assert (set(state.alerts), set(state.documents)) == ({key()}, {POLICY})


def test_a_thousand_documents_are_read_at_once(store: Store) -> None:
    names = [StateKey("familiarity", f"familiar:{number}") for number in range(1_001)]
    for start in range(0, len(names), 500):
        assert set(store.write_state([StateWrite(name, b"{}", None) for name in names[start : start + 500]])) == {Written.DONE}
    assert len(store.read_state((), names).documents) == len(names)


def test_the_days_with_evidence_and_what_is_on_them(store: Store) -> None:
    here, there = stored(login(1)), stored(login(2, at=NOON + timedelta(days=40)))
    assert store.days() == []
    store.append([here, there])
    assert store.days() == [DAY, "2026-04-23"]
    assert [[item.id for page in store.evidence_on(day) for item in page] for day in (*store.days(), "2026-04-01")] == [
        [here.id],
        [there.id],
        [],
    ]


def test_the_groups_of_a_day(store: Store) -> None:
    assert store.groups_on(DAY) == []
    store.write_alerts([AlertWrite(alert(key()), None), AlertWrite(alert(key("bob", day="2026-03-15")), None)])
    assert store.groups_on(DAY) == [key()]


def test_a_context_of_several_spans_leaves_out_what_is_between_them(store: Store) -> None:
    days = [stored(login(number, at=NOON + timedelta(days=number))) for number in (0, 5, 10)]
    store.append(days)
    hour = timedelta(hours=1)
    spans = [(NOON - hour, NOON + hour), (NOON + timedelta(days=10) - hour, NOON + timedelta(days=10) + hour)]
    found = store.context(["principal:111122223333|111122223333/alice"], spans, ())
    assert {item.id for item in found.evidence} == {days[0].id, days[2].id}


def test_the_evidence_of_an_address_is_beside_that_of_people(store: Store) -> None:
    mine, theirs = stored(login(1)), stored(login(2, principal="111122223333/bob", person="bob"))
    store.append([mine, theirs])
    address = f"address:111122223333|{login(1).place.ip}"
    span = (NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    found = store.context(["principal:111122223333|111122223333/alice"], [span], (), [address])
    assert [item.id for item in found.evidence] == [mine.id]
    assert {item.id for item in found.of_addresses} == {mine.id, theirs.id}


def test_evidence_is_found_by_what_it_mentions(store: Store) -> None:
    key = "AKIAIOSFODNN7EXAMPLE"
    used, typed_in = stored(login(1, access_key_id=key)), stored(typed(number=2, access_keys=(key,)))
    store.append([used, typed_in, stored(login(3, access_key_id="AKIAI44QH8DHBEXAMPLE"))])
    span = (NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    assert {item.id for item in store.context([f"access_key:{key}"], [span], ()).evidence} == {used.id, typed_in.id}
    assert store.context([f"access_key:{key}"], [(span[1], span[1] + timedelta(hours=1))], ()).evidence == ()
