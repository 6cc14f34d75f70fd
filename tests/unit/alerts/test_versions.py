"""Which of several versions counts when no clock says which is newer."""

import pytest

from gatewatch.alerts.versions import reduce
from gatewatch.model import Event
from gatewatch.tuning import Tuning
from tests.builders.common import having, minutes, stored
from tests.builders.entra import sign_in

SILENT = {"level_during": None, "level_aggregated": None, "risk_state": None, "risk_types": ()}
RANKED = [
    pytest.param(SILENT, {"risk_state": "atrisk"}, id="what says nothing counts least"),
    pytest.param({"risk_state": "atrisk"}, {"risk_state": "dismissed"}, id="an end counts more than a risk"),
    pytest.param({"risk_state": "dismissed"}, {"risk_state": "confirmedcompromised"}, id="a confirmation counts most"),
]


@pytest.mark.parametrize("agent", [f"agent {number}" for number in range(6)])  # the ids, which decide between equals, differ
@pytest.mark.parametrize(("less", "more"), RANKED)
def test_what_counts_without_a_clock(less: dict[str, object], more: dict[str, object], agent: str) -> None:
    def version(changes: dict[str, object]) -> Event:
        return having(sign_in(), user_agent=agent, **changes)

    evidence = [stored(version(changes), fetched=None) for changes in (more, less)]
    found = {reduce(order, Tuning()).newest.detail for order in (evidence, evidence[::-1])}
    assert found == {version(more).detail}


def test_the_newest_open_version_is_completed_by_each_later_one() -> None:
    versions = [
        having(sign_in(), risk_state=state, user_agent=agent, updated=minutes(minute))
        for minute, (state, agent) in enumerate([("atrisk", None), ("dismissed", "curl/8"), ("dismissed", None)])
    ]
    found = reduce([stored(version) for version in versions], Tuning())
    assert (found.newest.user_agent, found.newest_open and found.newest_open.user_agent) == ("curl/8", "curl/8")
