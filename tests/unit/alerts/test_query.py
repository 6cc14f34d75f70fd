"""Which alerts match what people ask for: every filter by itself, its edges, and all together."""

from datetime import timedelta
from typing import Any

import pytest

from gatewatch.alerts.query import matches_query
from gatewatch.model import AlertStatus
from gatewatch.ports import AlertQuery
from tests.builders.alerts import alert, changed, key
from tests.builders.common import ALICE, NOON

TICK = timedelta(microseconds=1)
OPEN = changed(alert(key("111122223333/Anaya"), score=50), last_seen=NOON, person=ALICE)
QUERIES = [
    pytest.param({}, True, id="nothing is asked"),
    pytest.param({"since": NOON}, True, id="last seen at its beginning"),
    pytest.param({"since": NOON + TICK}, False, id="last seen before it"),
    pytest.param({"until": NOON}, True, id="last seen at its end"),
    pytest.param({"until": NOON - TICK}, False, id="last seen after it"),
    pytest.param({"statuses": ("open", "merged")}, True, id="its status is one of them"),
    pytest.param({"statuses": ("closed",)}, False, id="another status"),
    pytest.param({"severities": ("medium",)}, True, id="its severity"),
    pytest.param({"severities": ("high",)}, False, id="another severity"),
    pytest.param({"text": "ANAYA"}, True, id="a part of its principal, whatever the case"),
    pytest.param({"text": "alice@"}, True, id="a part of its person"),
    pytest.param({"text": OPEN.id[:20]}, True, id="a part of its id"),
    pytest.param({"text": "bob"}, False, id="in none of them"),
    pytest.param({"text": ""}, True, id="an empty text"),
    pytest.param({"since": NOON, "text": "bob"}, False, id="one of two"),
]


@pytest.mark.parametrize(("filters", "matches"), QUERIES)
def test_a_query(filters: dict[str, Any], matches: bool) -> None:
    assert matches_query(OPEN, AlertQuery(**filters)) is matches


def test_an_alert_without_a_person_and_one_that_is_closed() -> None:
    nobody = changed(OPEN, person=None, status=AlertStatus.CLOSED)
    assert not matches_query(nobody, AlertQuery(text="alice@"))
    assert not matches_query(nobody, AlertQuery(text="none"))
    assert matches_query(nobody, AlertQuery(statuses=("closed",)))
