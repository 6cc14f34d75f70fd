"""Laws 1, 2 and 5 on Azure: two streams, a table as the only memory, a store that leaves at any call and comes back at any call."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gatewatch.model import Severity
from gatewatch.ports import AlertQuery
from gatewatch.ports import Store as StorePort
from gatewatch.stores import open_store
from tests.laws.polled import TIMEOUT, Run, Tenant, stories
from tests.support.azure_memory import MemoryCheckpoint
from tests.support.azure_stage import RISKS, SIGN_INS
from tests.support.in_memory import folder

EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "60"))


@pytest.fixture(params=["memory:", "sqlite"])
def store(request: pytest.FixtureRequest) -> Iterator[Callable[[], StorePort]]:
    opened: list[StorePort] = []

    def new() -> StorePort:
        opened.append(open_store(request.param if request.param == "memory:" else f"sqlite:{place / str(len(opened))}.sqlite"))
        return opened[-1]

    with folder() as place:
        yield new
        for one in opened:
            one.close()


def holds_the_laws(tenant: Tenant, runs: list[Run]) -> None:
    """Through the faults, then all is well; what people heard is what the laws say."""
    for run in runs:
        tenant.polls(run)
    for _ in range(3):
        tenant.polls(Run(SIGN_INS))
        tenant.polls(Run(RISKS))
    tenant.sweeps()
    tenant.sweeps()
    alerts = tenant.real.search(AlertQuery(limit=1000))
    urgent = {alert.id for alert in alerts if alert.severity >= Severity.CRITICAL}
    heard = [(one.alert, one.severity, one.event_ids) for one in tenant.heard]
    assert {alert for alert, *_ in heard} >= urgent, "law 1"
    assert len(heard) == len(set(heard)), "law 2: each once"
    assert not [one for one in tenant.heard if one.not_stored and one.stored], "law 2: not stored is true"
    assert tenant.longest <= timedelta(seconds=240), "law 5"
    assert [alert.pending for alert in alerts] == [()] * len(alerts)


AWAY, AWAY_RISKS = Run(fault="away"), Run(RISKS, "away")
KINDS = st.lists(st.sampled_from(["urgent", "both", "medium"]), min_size=1, max_size=4)
RUNS = st.lists(
    st.builds(
        Run,
        stream=st.sampled_from([SIGN_INS, RISKS, None]),
        fault=st.sampled_from(["none", "away", "away", "refuses_alerts"]),
        calls=st.integers(0, 20),
        gone=st.sampled_from([1, 2, 1_000]),
        channel=st.sampled_from(["up", "up", "away", "hangs"]),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(kinds=["both"], runs=[AWAY, AWAY_RISKS, AWAY])
@example(kinds=["both"], runs=[AWAY_RISKS, AWAY, AWAY_RISKS])
@example(kinds=["urgent"] * 4, runs=[Run(), AWAY, AWAY, AWAY])
@example(kinds=["urgent"], runs=[AWAY._replace(channel="away")] * 4)
@given(kinds=KINDS, runs=RUNS)
def test_urgent_findings_are_sent_once(store: Callable[[], StorePort], kinds: list[str], runs: list[Run]) -> None:
    holds_the_laws(Tenant(stories(kinds), store()), runs)


@pytest.mark.parametrize("gone", [1, 1_000], ids=["one call fails", "and stays away"])
def test_an_outage_repeats_none_of_forty_stored_alerts(store: Callable[[], StorePort], gone: int) -> None:
    tenant = Tenant(stories(["urgent"] * 40), store())
    tenant.polls(Run())
    assert (len(tenant.heard), {one.not_stored for one in tenant.heard}) == (40, {False})
    for _ in range(3):
        tenant.polls(AWAY._replace(gone=gone))
        tenant.polls(AWAY_RISKS._replace(gone=gone))
    assert len(tenant.heard) == 40
    holds_the_laws(tenant, [])


@pytest.mark.parametrize("calls", range(14))
@pytest.mark.parametrize("gone", [1, 1_000], ids=["one call fails", "and stays away"])
def test_a_store_that_leaves_after_any_call_repeats_nothing_and_says_nothing_false(
    store: Callable[[], StorePort], calls: int, gone: int
) -> None:
    runs = [AWAY._replace(calls=calls, gone=gone)] * 2 + [AWAY_RISKS, AWAY]
    holds_the_laws(Tenant(stories(["both", "medium"]), store()), runs)


@pytest.mark.parametrize("refusal", ["refuses_evidence", "refuses_alerts"])
def test_a_refused_record_is_announced_once_however_often_it_is_read(store: Callable[[], StorePort], refusal: str) -> None:
    tenant = Tenant(stories(["urgent", "medium"]), store())
    for _ in range(3):
        tenant.polls(Run(fault=refusal))
    assert [(one.not_stored, one.severity) for one in tenant.heard] == [(True, Severity.CRITICAL)]


@pytest.mark.parametrize("alerts", [40, 120])
def test_a_channel_that_hangs_while_the_store_is_away_costs_a_bounded_part(store: Callable[[], StorePort], alerts: int) -> None:
    tenant = Tenant(stories(["urgent"] * alerts), store())
    tenant.polls(AWAY._replace(channel="hangs"))
    assert (tenant.heard, tenant.longest) == ([], timedelta(seconds=TIMEOUT))
    holds_the_laws(tenant, [])


class Forgets(MemoryCheckpoint):
    """The guard taken out: neither announcements nor marks are kept."""

    def remember(self, announcements: Any) -> None:
        """Forget them."""

    def add_marks(self, marks: Any) -> None:
        """Forget them."""


def test_without_the_memory_two_outages_announce_twice(store: Callable[[], StorePort]) -> None:
    with pytest.raises(AssertionError, match="each once"):
        holds_the_laws(Tenant(stories(["urgent"]), store(), Forgets()), [AWAY, AWAY])


def test_without_the_marks_what_is_stored_is_called_not_stored(store: Callable[[], StorePort]) -> None:
    with pytest.raises(AssertionError, match="law 2"):
        holds_the_laws(Tenant(stories(["urgent"]), store(), Forgets()), [Run(), AWAY])
