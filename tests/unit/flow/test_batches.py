"""Lines of a file come many at a time: a replay says of them what it says of the same records one by one."""

import pytest
from msgspec import Raw

from benchmarks.corpus import corpus
from gatewatch.flow.batches import in_batches, with_numbers
from gatewatch.flow.replay import replay
from gatewatch.model import RawRecord, Refused
from gatewatch.reading.files import Lines, one_by_one
from gatewatch.reading.files.location import Location
from gatewatch.stores.memory import MemoryStore
from tests.laws.stage import final
from tests.support.channels import bundle

PLACE = Location("a.jsonl", "0f0e0d0c-1111-4222-8333-444455556666")
TEXTS = [line.body for line in corpus("realistic", 1_500)]
GIVEN = [
    Lines(PLACE, 1, TEXTS[:700]),
    Refused(origin="a.jsonl:701", reason="invalid_json"),
    Lines(PLACE, 702, [b'{"id": "broken', *TEXTS[700:]]),
    RawRecord(data=Raw(TEXTS[0]), tenant=PLACE.tenant, origin="a.jsonl:1503"),
]
SINGLE = list(one_by_one(GIVEN))


def outcome(given):
    store = MemoryStore()
    done = replay(lambda: given, bundle(store, alone=True))
    evidence = {item.id for day in store.days() for page in store.evidence_on(day) for item in page}
    return evidence, final(store), done.counts, done.files, done.refused, done.records


def test_many_lines_give_what_single_records_give():
    assert outcome(GIVEN) == outcome(SINGLE)


def test_a_batch_has_enough_records_and_each_item_the_number_of_its_first():
    found = list(in_batches(GIVEN, 600))
    assert [[number for number, _ in batch] for batch in found] == [[1], [701, 702], [1503]]
    assert [number for batch in in_batches(SINGLE, 600) for number, _ in batch] == list(range(1, len(SINGLE) + 1))


@pytest.mark.parametrize("numbers", [[], [1], [700, 701, 702], [2, 1_503], [1_503, 1_504, 2_000], [5]])
def test_records_are_found_by_their_number_and_refusals_are_none(numbers):
    expected = [(n, SINGLE[n - 1]) for n in numbers if n <= len(SINGLE) and isinstance(SINGLE[n - 1], RawRecord)]
    assert list(with_numbers(GIVEN, numbers)) == list(with_numbers(SINGLE, numbers)) == expected


def test_nothing_is_read_behind_the_last_number():
    def endless():
        yield GIVEN[0]
        raise AssertionError

    assert len(list(with_numbers(endless(), [1, 700]))) == 2
