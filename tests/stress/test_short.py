"""A short form of what ``make stress`` does at length."""

import pytest

from tests.elastic_server.faults import Fault
from tests.elastic_server.fixtures import RUN, elastic_server
from tests.stress.outage import Down, outage
from tests.stress.race import Where, race, wrong

__all__ = ["elastic_server"]

pytestmark = pytest.mark.elastic


def test_the_halves_of_a_pair_written_at_once_by_two_processes(elastic_server):
    where = Where.of(elastic_server, f"race_{RUN}")
    race(where, 20)
    assert list(wrong(where, 20)) == []


@pytest.mark.parametrize(
    "fault",
    [Down.REFUSED, Fault.RESET_AFTER, Fault.THROTTLED_ITEMS, Fault.FAILURE_STORE, Fault.KEY_EXPIRED],
    ids=lambda fault: fault.name.lower(),
)
def test_a_fault_loses_nothing_and_doubles_nothing(elastic_server, fault):
    if fault is Fault.FAILURE_STORE and not elastic_server.server.elastic:
        pytest.skip("only Elasticsearch is told to write to data streams alone, by which this fault finds the evidence")
    figures = outage(elastic_server, fault, 40, f"short_{fault.name.lower()}_{RUN}")
    assert figures.right, figures
    assert figures.faults
