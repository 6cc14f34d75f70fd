"""What is remembered of kept records, and how the garbage collector is asked to wait."""

import gc

import pytest

from gatewatch.flow.decoding import decode
from gatewatch.flow.known_events import NAME_AT_MOST, KnownEvents, name_of, of_parsed
from gatewatch.flow.rare_collections import rarely_collected
from tests.builders.aws import raw_login
from tests.builders.entra import raw_detection, raw_sign_in


def asked(raw):
    question, rest, own = of_parsed(raw.data)
    return name_of(question, rest, raw.tenant), question, own


PAIRS = [
    pytest.param(raw_sign_in("s-1", 1, level="high"), raw_sign_in("s-2", 2, level="high"), id="sign-in"),
    pytest.param(raw_login(1, 1), raw_login(2, 2), id="console login"),
    pytest.param(raw_detection(1, "s-1", 1), raw_detection(2, "s-2", 2), id="detection"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_record_that_differs_in_ids_and_times_is_read_from_its_twin(first, second):
    known = KnownEvents()
    name, question, own = asked(first)
    assert known.twin(name, question, own) is None
    known.add(name, tuple(decode(first)), question, own)
    again, question, own = asked(second)
    assert again == name
    assert [known.twin(again, question, own)] == decode(second)


def test_an_event_that_has_not_the_values_of_its_record_is_not_remembered():
    known, (first, second) = KnownEvents(), PAIRS[0].values
    name, question, own = asked(first)
    known.add(name, tuple(decode(second)), question, own)
    known.add(name, (), question, own)
    assert known.twin(name, question, own) is None


LONG = b"x" * (NAME_AT_MOST + 1)


def test_names_are_short_and_tell_tenants_forms_and_rests_apart():
    questions = [asked(pair.values[0])[1] for pair in PAIRS]
    names = {
        name_of(question, rest, tenant)
        for question in questions
        for rest in (b"", b"x", LONG, LONG + b"x")
        for tenant in (None, "None", "t")
    }
    assert len(names) == len(PAIRS) * 4 * 3
    assert max(map(len, names)) <= NAME_AT_MOST


def test_records_without_twins_are_hardly_asked_for_them():
    known = KnownEvents()
    assert sum(known.is_worth_asking() for _ in range(512 + 8_000)) == pytest.approx(512 + 1_000, abs=2)


@pytest.mark.parametrize("data", [{"id": "a"}, {"id": "a", "createdDateTime": "yesterday"}, {"a": 1}, {"detail": {}, "detail-type": "x"}])
def test_what_is_not_in_a_vendors_form_takes_the_slow_way(data):
    assert of_parsed(data) is None


def test_the_collector_is_as_before_afterwards():
    before = gc.get_threshold()
    with rarely_collected():
        assert gc.get_threshold()[0] >= before[0]
    assert gc.get_threshold() == before
