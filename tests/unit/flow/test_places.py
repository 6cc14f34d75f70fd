"""A record that is read again comes from its place in the file, and from a new reading where the file is not as it was or not at hand."""

import gzip
from itertools import chain

import pytest

from benchmarks.corpus import corpus
from gatewatch.flow.batches import in_batches
from gatewatch.flow.places import Places
from gatewatch.flow.replay import replay
from gatewatch.model import RawRecord
from gatewatch.reading.files import Journal, named, one_by_one, read_many
from gatewatch.stores.memory import MemoryStore
from tests.laws.stage import final
from tests.support.channels import bundle

BODIES = [line.body for line in corpus("realistic", 400)]
ODD = [b'{"id":"J\xc3\xb6rg"}', b"", b'{"a":1} {"b":2}', b'["x"]', b"text", b'{"id": "broken']
LAYOUTS = {
    "lines": b"\n".join([*BODIES, b""]),
    "no line feed at the end": b"\n".join(BODIES),
    "with a mark": b"\xef\xbb\xbf" + b"\n".join([*BODIES, b""]),
    "carriage returns": b"\r\n".join([*BODIES, b""]),
    "odd lines among them": b"\n".join([*chain.from_iterable((body, ODD[n % len(ODD)]) for n, body in enumerate(BODIES)), b""]),
    "two kinds after each other": (b'{"x":"' + b"y" * 90 + b'"}\n') * 2_000 + b"\n".join([*BODIES, b""]),
    "broken UTF-8 in the middle": b"\n".join([*BODIES[:200], b'{"\xc3\xb6":"\xff"}', *BODIES[200:], b""]),
    "cp1252": b"\n".join([*BODIES[:200], b'{"n":"J\xf6rg"}', *BODIES[200:], b""]),
    "UTF-16": b"\n".join([*BODIES, b""]).decode().encode("utf-16"),
    "gzip": gzip.compress(b"\n".join([*BODIES, b""])),
}
AS_THEY_ARE = ("lines", "with a mark", "carriage returns")


def given(path):
    return read_many(named([str(path)], None, journal := Journal()), journal=journal)


def noted(path, **room):
    places = Places(**room)
    for batch in in_batches(given(path), 100):
        places.note(batch)
    return places


@pytest.mark.parametrize("layout", LAYOUTS)
def test_records_that_are_read_again_are_the_same(layout, tmp_path):
    path = tmp_path / "records"
    path.write_bytes(LAYOUTS[layout])
    expected = [(number, one) for number, one in enumerate(one_by_one(given(path)), 1) if isinstance(one, RawRecord)]
    readings = []

    def anew():
        readings.append(1)
        return given(path)

    some = expected[::7]
    assert sorted(noted(path).again([number for number, _ in some], anew), key=lambda one: one[0]) == some
    assert (len(readings) == 0) or layout not in AS_THEY_ARE


def test_the_more_runs_there_are_the_longer_they_are(tmp_path):
    path = tmp_path / "records"
    path.write_bytes(LAYOUTS["lines"])
    expected = [(number, one) for number, one in enumerate(one_by_one(given(path)), 1) if isinstance(one, RawRecord)]
    short, longer = noted(path, size=30_000), noted(path, size=30_000, runs=2)
    assert 2 < len(longer) < len(short)
    assert list(longer.again([number for number, _ in expected], list)) == expected


def test_a_file_that_is_shorter_or_gone_is_read_anew(tmp_path):
    path = tmp_path / "records"
    path.write_bytes(LAYOUTS["lines"])
    places, whole = noted(path), list(given(path))
    path.write_bytes(LAYOUTS["lines"][:1_000])
    assert [number for number, _ in places.again([300], lambda: whole)] == [300]
    path.unlink()
    assert [number for number, _ in places.again([1, 300], lambda: whole)] == [1, 300]


def test_a_replay_of_a_file_says_what_it_says_of_its_records(tmp_path):
    path = tmp_path / "records"
    path.write_bytes(LAYOUTS["lines"])
    singles = list(one_by_one(given(path)))
    assert outcome(lambda: given(path)) == outcome(lambda: singles)


def outcome(records):
    store = MemoryStore()
    done = replay(records, bundle(store, alone=True))
    evidence = {item.id for day in store.days() for page in store.evidence_on(day) for item in page}
    return evidence, final(store), done.counts, done.files
