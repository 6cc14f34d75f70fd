"""What the function really writes is what the alarms read: after polls and sweeps that went well no rule of the template fires, after a refusal one does."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gatewatch.stores import open_store
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud import graph
from scripts.local_cloud.fake_cloud.records import beta_sign_in, risk_detection
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.functions_runtime import FunctionsRuntime
from tests.e2e.azure_world import World, ago
from tests.support.azure_monitor import Traces, fires
from tests.support.bicep.arm import INFRA, PLAIN
from tests.support.bicep.template import evaluate

pytestmark = [pytest.mark.functions, pytest.mark.slow]

TIMERS = ("poll_sign_ins", "poll_risk_detections", "sweep")


@pytest.fixture
def world(runtime: FunctionsRuntime, storage: Azurite, tmp_path: Path) -> Iterator[World]:
    with FakeCloud() as cloud:
        url = f"sqlite:{tmp_path / 'store.sqlite'}"
        made = World(runtime, storage, cloud, {"GATEWATCH_STORE": url}, lambda: open_store(url))
        with runtime.settings({**made.settings(), "GRAPH_API": "beta"}):
            yield made


def firing(caplog: pytest.LogCaptureFixture) -> dict[str, list[dict[str, Any]]]:
    """The rules that fire a minute after these lines."""
    now = datetime(2026, 3, 14, tzinfo=UTC)
    traces = Traces()
    for record in caplog.records:
        traces.add(now - timedelta(minutes=1), record.getMessage(), record.levelno // 10 - 1)
    rules = evaluate(INFRA / "main.bicep", {**PLAIN, "alarmEmail": "a@b.example"}).of("Microsoft.Insights/scheduledQueryRules")
    found = {rule["name"].removeprefix("gatewatch-"): fires(rule["properties"], traces, now, timedelta(0)) for rule in rules}
    return {name: dimensions for name, dimensions in found.items() if dimensions}


def test_after_polls_that_went_well_nobody_hears_of_anything(world: World, caplog: pytest.LogCaptureFixture):
    world.cloud.graph.add_sign_ins(*(beta_sign_in(ago(minutes=m), f"u{m}@contoso.example") for m in range(2, 20)))
    world.cloud.graph.add_risk_detections(risk_detection(ago(minutes=5)))
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            for timer in TIMERS:
                assert world.fire(timer).ok
    assert {r.getMessage().partition('"stream":"')[2].partition('"')[0] for r in caplog.records if r.name == "gatewatch.metrics"} >= {
        "sign_ins",
        "risk_detections",
        "sweep",
    }
    assert firing(caplog) == {}


@pytest.mark.parametrize(("status", "rule"), [(401, "refused"), (403, "refused")])
def test_a_graph_that_refuses_is_heard_of(world: World, caplog: pytest.LogCaptureFixture, status: int, rule: str):
    world.cloud.graph.outage("signIns", graph.status(status))
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            world.fire("poll_sign_ins")
    heard = firing(caplog)
    assert {rule, "failing", "no-data"} <= set(heard)
    assert {"tenant": world.tenant, "stream": "sign_ins"} in heard["failing"]
