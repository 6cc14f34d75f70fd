"""The poller of Azure in a simulated tenant: whatever Graph, the store, the table, the channel and the process do, nothing is lost or said twice."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.simulation.scenarios import outcome, outcome_with_audits, short

EVERY = timedelta(hours=3)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)  # every fault is logged, thousands of times
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hard_life_loses_nothing_and_says_nothing_twice(seed: int) -> None:
    tenant, verdict = outcome(seed, EVERY)
    assert (verdict.lost, verdict.stale, verdict.unnotified, verdict.twice, verdict.strayed) == ([], [], [], [], [])
    assert verdict.records > 150
    assert verdict.messages > 100
    assert tenant.ends["crash"] > 2
    assert tenant.trouble.met.total() > 100


def test_directory_audits_are_read_whatever_happens_and_nobody_hears_of_them() -> None:
    tenant, verdict = outcome_with_audits(4, EVERY)
    assert verdict.right, verdict
    assert verdict.records > 150
    assert tenant.graph.asked["directoryAudits"] > 20
    kept = [item.event for day in tenant.store.days() for page in tenant.store.evidence_on(day) for item in page]
    assert {event.action for event in kept if event.vendor_id.startswith("entra-audit|")} == {"User registered security info"}


def test_a_process_that_dies_at_any_call_loses_nothing() -> None:
    calm, verdict = short()
    assert verdict.right, verdict
    for call in range(1, calm.trouble.calls, 131):
        tenant, verdict = short(call, after=call % 2 == 0)
        assert tenant.ends["crash"] == 1, call
        assert verdict.right, (call, verdict)
