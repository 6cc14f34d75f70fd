"""The function app on Microsoft's own Functions runtime, with Azurite and a stateful fake of Entra, Graph and Teams.

Whatever goes wrong in between: every expected alert once, every person told once.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gatewatch.stores import open_store
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud import graph
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in, sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.functions_runtime import FunctionsRuntime
from tests.builders.common import detail
from tests.e2e.azure_world import World, ago

pytestmark = [pytest.mark.functions, pytest.mark.slow]


RISKY = "entra_risky_signin"


CONFIRMED = "entra_confirmed_compromised"


@pytest.fixture
def world(runtime: FunctionsRuntime, storage: Azurite, tmp_path: Path) -> Iterator[World]:
    with FakeCloud() as cloud:
        url = f"sqlite:{tmp_path / 'store.sqlite'}"
        made = World(runtime, storage, cloud, {"GATEWATCH_STORE": url}, lambda: open_store(url))
        with runtime.settings(made.settings()):
            yield made


def test_the_host_is_told_of_four_timers_and_nothing_that_listens(runtime: FunctionsRuntime):
    schedules = {name: [(b["type"], b["schedule"]) for b in bindings] for name, bindings in runtime.bindings().items()}
    assert schedules == {
        "poll_sign_ins": [("timerTrigger", "%POLL_SCHEDULE%")],
        "poll_risk_detections": [("timerTrigger", "%POLL_SCHEDULE%")],
        "poll_endpoint": [("timerTrigger", "%POLL_SCHEDULE%")],
        "sweep": [("timerTrigger", "%SWEEP_SCHEDULE%")],
    }


def test_the_first_run_finds_what_is_risky_and_keeps_quiet_about_the_rest(world: World):
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=30)), *(sign_in(ago(minutes=m)) for m in range(1, 40)))
    world.poll()
    world.told_once(RISKY)
    assert [len(alert.snapshot.event_ids) for alert in world.alerts()] == [1]


def test_overlapping_polls_tell_once(world: World):
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=30)))
    for _ in range(4):
        world.poll()
    world.told_once(RISKY)


def test_a_record_that_graph_shows_32_minutes_late_is_found(world: World):
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=40)), late=timedelta(minutes=32))
    world.poll()
    assert world.alerts() == []
    world.cloud.graph.advance(timedelta(minutes=33))
    world.poll()
    world.told_once(RISKY)


def test_a_risk_raised_after_the_fact_raises_the_alert_and_is_told_again(world: World):
    record = risky_sign_in(ago(minutes=30), level="medium", riskEventTypes_v2=["unfamiliarFeatures"])
    world.cloud.graph.add_sign_ins(record)
    world.poll()
    world.poll()
    world.cloud.graph.change("signIns", record["id"], riskState="confirmedCompromised", riskLevelAggregated="high")
    world.poll()
    world.poll()
    (alert,) = world.alerts()
    assert (alert.rule, [told.why for told in alert.notification_log]) == (CONFIRMED, ["new", "raised"])
    assert len(world.cloud.teams.cards) == 2


def test_a_risk_closed_after_the_fact_closes_the_alert_silently(world: World):
    record = risky_sign_in(ago(minutes=30))
    world.cloud.graph.add_sign_ins(record)
    world.poll()
    world.cloud.graph.change("signIns", record["id"], riskState="dismissed")
    world.poll()
    (alert,) = world.alerts()
    assert alert.status.value == "closed"
    assert len(world.cloud.teams.cards) == 1


def test_two_workers_at_once_do_the_work_once(world: World):
    world.cloud.graph.add_sign_ins(*(risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example") for m in range(2, 12)))
    results = world.runtime.fire_together(["poll_sign_ins"] * 3)
    assert all(result.ok for result in results)
    world.told_once(*[RISKY] * 10)


def test_pages_are_followed_to_the_end(world: World):
    world.cloud.graph.largest_page = 3
    world.cloud.graph.add_sign_ins(*(risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example") for m in range(2, 12)))
    world.poll()
    world.told_once(*[RISKY] * 10)
    assert any("$skiptoken" in asked.query for asked in world.cloud.graph.asked)


def test_an_offline_detection_two_days_late_pulls_its_sign_in_in(world: World):
    harmless = sign_in(ago(hours=40))
    world.cloud.graph.add_sign_ins(harmless)
    world.poll()
    assert world.alerts() == []
    named = {"requestId": harmless["id"], "correlationId": harmless["correlationId"], "riskEventType": "anonymizedIPAddress"}
    world.cloud.graph.add_risk_detections(risk_detection(ago(hours=40), detected=ago(minutes=5), **named))
    world.poll_risk()
    world.poll_risk()
    world.told_once(RISKY)
    assert [alert.lead.event.vendor_id for alert in world.alerts()] == [f"entra|{harmless['id']}"]


def test_a_sign_in_that_graph_shows_after_its_detection_is_found_by_the_sweep(world: World):
    named = sign_in(ago(minutes=50), appId="04b07795-8ddb-461a-bbee-02f9e1bf7b46")
    world.cloud.graph.add_sign_ins(named, late=timedelta(hours=1))
    detection = risk_detection(ago(minutes=50), requestId=named["id"], correlationId=named["correlationId"], riskLevel="high")
    world.cloud.graph.add_risk_detections(detection)
    world.poll_risk()
    (before,) = world.alerts()
    world.cloud.graph.advance(timedelta(hours=1))
    world.sweep()
    (after,) = world.alerts()
    assert before.id == after.id
    assert (detail(before.lead.event).synthetic, detail(after.lead.event).synthetic) == (True, False)
    assert after.score > before.score


def test_the_sweep_looks_deeper_for_risk_than_the_poll(world: World):
    record = sign_in(ago(hours=30))
    world.cloud.graph.add_sign_ins(record)
    world.poll()
    world.sweep()
    risk = {
        "riskState": "atRisk",
        "riskLevelAggregated": "high",
        "riskLevelDuringSignIn": "none",
        "riskEventTypes_v2": ["anonymizedIPAddress"],
    }
    world.cloud.graph.change("signIns", record["id"], **risk)
    world.poll()
    assert world.alerts() == []
    world.sweep()
    assert [alert.rule for alert in world.alerts()] == [RISKY]
    assert len(world.cloud.teams.cards) == 1


def test_settings_that_are_wrong_are_all_named_at_once(world: World):
    world.runtime.set({"TENANT_ID": "", "OVERLAP_MINUTES": "5", "TEAMS_WEBHOOK_URL": "@Microsoft.KeyVault(SecretUri=https://x/)"})
    done = world.fire("poll_sign_ins")
    assert not done.ok
    assert all(name in done.error for name in ("TENANT_ID", "OVERLAP_MINUTES", "TEAMS_WEBHOOK_URL"))


def test_a_teams_secret_that_does_not_resolve_stops_no_function(world: World):
    world.runtime.set({"TEAMS_WEBHOOK_URL": "@Microsoft.KeyVault(SecretUri=https://x/)"})
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=5)))
    world.poll()
    world.poll_risk()
    world.sweep()
    assert [alert.pending for alert in world.alerts()] == [("teams",)]
    world.runtime.set({"TEAMS_WEBHOOK_URL": world.cloud.environment()["TEAMS_WEBHOOK_URL"]})
    world.sweep()
    world.told_once(RISKY)


def test_no_secret_reaches_a_log(world: World, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=5)))
    world.cloud.graph.fail("signIns", graph.status(500), graph.RESET)
    world.cloud.teams.then(503)
    world.poll()
    world.sweep()
    secrets = [world.cloud.secret, *world.cloud.graph.tokens]
    assert world.cloud.graph.tokens
    assert not [secret for secret in secrets if secret in caplog.text]
