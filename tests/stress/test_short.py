"""A short form of what ``make stress`` does at length."""

import pytest

from tests.elastic_server.fixtures import RUN, elastic_server
from tests.stress.race import Where, race, wrong

__all__ = ["elastic_server"]

pytestmark = pytest.mark.elastic


def test_the_halves_of_a_pair_written_at_once_by_two_processes(elastic_server):
    where = Where.of(elastic_server, f"race-{RUN}")
    race(where, 20)
    assert list(wrong(where, 20)) == []
