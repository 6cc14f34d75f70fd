"""Evidence that waits for the end of a replay lies in few files, however much there is, and comes back whole."""

import resource
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from gatewatch.evidence import make
from gatewatch.flow.decoding import decode
from gatewatch.flow.held import Held
from gatewatch.flow.spool import Hashes
from gatewatch.tuning import Tuning
from tests.builders.aws import raw_login
from tests.laws.stage import NOW

PEOPLE = 200
FILES = 5  # of the evidence, its parts, its links and its addresses; one for the system


@contextmanager
def no_more_files_than(more):
    """Within, this process opens no more than so many further files."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(one.name) for one in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1 + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def login(number):
    """A console login of a person of their own, from one office."""
    (event,) = decode(raw_login(number, number % 50, f"person{number}"))
    return make(event, fetched=None, now=NOW)


@pytest.mark.parametrize("in_memory", [0, 50, 10_000], ids=["all in files", "most in files", "all in memory"])
def test_evidence_of_many_parts_needs_few_open_files_and_comes_back(in_memory):
    evidence = [login(number) for number in range(PEOPLE)]
    with closing(Held(Tuning(), in_memory, part=2)) as held, no_more_files_than(FILES):
        for item in (*evidence, evidence[0]):
            held.add(item)
        parts = [part.components() for part in held.of_people()]
        handed_in = len(held)
    assert len(parts) >= PEOPLE / 2
    assert sorted(item.id for part in parts for one in part for item in one.evidence) == sorted(item.id for item in evidence)
    assert handed_in == PEOPLE + 1


@pytest.mark.parametrize("in_memory", [1, 7, 10_000])
def test_texts_that_two_have_in_common_are_found_in_few_files(in_memory):
    with closing(Hashes(in_memory)) as ours, closing(Hashes(in_memory)) as theirs, no_more_files_than(FILES):
        for number in range(400):
            ours.add(f"a{number}", number)
        for number in range(0, 800, 8):
            theirs.add(f"a{number}")
        assert set(ours.shared_with(theirs)) == {(hash(f"a{number}"), number) for number in range(0, 400, 8)}
        with closing(Hashes(in_memory)) as copied:
            for some in ours.given():
                copied.take(some)
            pairs = sorted(pair for part in copied.parts() for pair in part)
    assert pairs == sorted((hash(f"a{number}"), number) for number in range(400))
