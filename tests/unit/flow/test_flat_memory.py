"""What a replay knows of people and kinds of records takes few bytes of memory each, and comes back whole from where it was put."""

import tracemalloc
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.flow.byte_file import ByteFile, NamedBytes
from gatewatch.flow.held import Held
from gatewatch.flow.learner import AT_HAND, Learner
from gatewatch.flow.numbered import HashNumbers, HashPairs
from gatewatch.flow.record_kinds import UNMET, KnownKinds, RecordKind, end_of_day
from gatewatch.model.familiarity import Start
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.support.channels import bundle

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIGN_IN = RecordKind("sign_in_without_risk", "ignored:sign_in_without_risk", dated=True)
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=8)


@contextmanager
def memory():
    """Counts the bytes that what is made within still holds at its end."""
    held = []
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        yield held
        held.append(tracemalloc.get_traced_memory()[0] - before)
    finally:
        tracemalloc.stop()


def lesson(number):
    """What a person teaches who has a device of their own."""
    features = (("country", "NO"), ("network", f"AS{number % 300}"), ("client", "edge/windows"), ("device", f"{number:07d}-0000-4000-8000"))
    return f"principal:t|{number:08x}-1111-4000-8000-00000000aaaa", features


def teach(learner, people, days=1):
    for day in range(days):
        for number in people:
            learner.lesson(*lesson(number), Start(NOW + timedelta(days=day, seconds=number), f"entra-signin|{day}-{number}"))


def test_beyond_some_thousands_a_person_who_teaches_takes_a_few_bytes():
    with memory() as held:
        learner = Learner(bundle(MemoryStore(), alone=True))
        teach(learner, range(AT_HAND))
        few = tracemalloc.get_traced_memory()[0]
        teach(learner, range(AT_HAND, 4 * AT_HAND))
        learner_alone = tracemalloc.get_traced_memory()[0] - few
        assert learner_alone < 3 * AT_HAND * 150
    assert held[0] < AT_HAND * 3_000


@pytest.mark.parametrize("at_hand", [0, 1, 2, 7])
def test_what_is_learnt_does_not_depend_on_who_is_at_hand(at_hand):
    def written(at_hand):
        store = MemoryStore()
        learner = Learner(bundle(store, alone=True), at_hand)
        teach(learner, [*range(20), *range(0, 20, 3), 7], days=3)
        learner.lesson("principal:\ud800", (("country", "\udfff"),), Start(NOW, "half a surrogate pair"))
        taught = {key: own for some in learner.taught() for key, own in some}
        other = Learner(bundle(MemoryStore(), alone=True), at_hand)
        other.absorb(taught.items())
        assert {key: own for some in other.taught() for key, own in some} == taught
        return taught

    assert written(at_hand) == written(AT_HAND)


def test_a_kind_of_records_takes_a_few_bytes():
    kinds = KnownKinds(200_000)
    with memory() as held:
        for number in range(20_000):
            kinds.put(hash(f"question {number}"), kinds.of(SIGN_IN))
    assert held[0] < 20_000 * 60
    with memory() as held:
        for number in range(20_000):
            since = NOW + timedelta(seconds=number)
            kinds.put(hash(f"question of {number}"), kinds.of(SIGN_IN, lesson(number), (since, end_of_day(since))))
    assert held[0] < 20_000 * 250
    known = kinds.get(hash("question of 17"))
    assert (known.kind, kinds.lesson(known), known.until) == (SIGN_IN, lesson(17), end_of_day(NOW))
    kinds.close()


def test_what_is_met_again_is_known_longer_than_what_is_not():
    kinds = KnownKinds(40)
    for number in range(200):
        kinds.put(number + 1, kinds.of(SIGN_IN) if number % 2 else None)
        assert kinds.get(1) is None
        assert len(kinds) <= 40
    assert [kinds.get(number) for number in (200, 199, 1)] == [kinds.of(SIGN_IN), None, None]
    assert [kinds.get(number) for number in (2, 3, 100, 160)] == [UNMET] * 4
    kinds.close()


def test_of_a_person_who_has_evidence_a_few_bytes_stay_in_memory():
    with closing(Held(Tuning(), in_memory=0)) as held_back, memory() as held:
        for number in range(20_000):
            name, address = hash(f"person {number}"), hash(f"address {number}")
            held_back.put(((name, hash((name, 1))), (hash((name, 2)),), address, name, "", b"{" + b" " * 1_000))
    assert held[0] < 20_000 * 200


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 1 << 40))))
def test_numbers_are_those_of_a_dictionary(puts):
    found, expected = HashNumbers(), {}
    for name, number in puts:  # all of them want the same slot
        found.put(name << 20, number)
        expected[name << 20 or 1] = number
    assert {name: found.get(name) for name in expected} == expected
    assert (len(found), sorted(found.values()), found.get(3)) == (len(expected), sorted(expected.values()), -1)


def test_a_table_grows():
    found = HashNumbers()
    for number in range(5_000):
        found.put(hash(str(number)), number)
    assert [found.get(hash(str(number))) for number in range(5_000)] == list(range(5_000))


def test_pairs_are_found_again_and_their_numbers_are_ordered():
    pairs = HashPairs([(5, 3), (6, 1), (7, 3)])
    assert list(pairs.numbers()) == [1, 3]
    assert [(5, 3) in pairs, (5, 1) in pairs, (7, 3) in pairs] == [True, False, True]


@given(st.lists(st.tuples(TEXTS, st.binary(max_size=300))), st.sampled_from([0, 200, 1 << 20]))
def test_named_bytes_are_those_of_a_dictionary(puts, near):
    with closing(NamedBytes(near)) as found:
        for name, data in puts:
            found.put(name, data)
        assert dict(found) == dict(puts)
        assert {name: found.get(name) for name, _ in puts} == dict(puts)
        assert (len(found), found.get("a text that is too long")) == (len(dict(puts)), None)


def test_bytes_that_fit_stay_where_they_are():
    notes = ByteFile()
    first, second = notes.put(b"short"), notes.put(b"other")
    assert notes.put(b"longer" * 9, first) == first
    moved = notes.put(b"too long" * 20, first)
    assert moved > second
    assert [notes.at(second), notes.at(moved)] == [b"other", b"too long" * 20]
    notes.close()
