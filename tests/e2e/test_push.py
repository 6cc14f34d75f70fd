"""Entra's logs pushed through an Event Hub, on Microsoft's own Functions runtime: nothing is lost, nobody is notified twice."""

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gatewatch.stores import open_store
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud import pushed
from scripts.local_cloud.fake_cloud.records import beta_sign_in, directory_audit, risk_detection, risky_sign_in, sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.functions_runtime import FunctionsRuntime, Invocation
from tests.e2e.azure_world import World, ago, closed_port

pytestmark = [pytest.mark.functions, pytest.mark.slow]

RISKY = "entra_risky_signin"
HUB = {"EVENT_HUB_NAME": "entra", "EVENT_HUB_CONSUMER_GROUP": "gatewatch"}


@pytest.fixture(scope="module")
def runtime(repository: Path) -> Iterator[FunctionsRuntime]:
    with FunctionsRuntime(repository, HUB) as running:
        yield running


@pytest.fixture
def world(runtime: FunctionsRuntime, storage: Azurite, tmp_path: Path) -> Iterator[World]:
    with FakeCloud() as cloud:
        url = f"sqlite:{tmp_path / 'store.sqlite'}"
        made = World(runtime, storage, cloud, {"GATEWATCH_STORE": url}, lambda: open_store(url))
        with runtime.settings(made.settings()):
            yield made


def push(world: World, *bodies: bytes, first: int = 0, age: float = 0.5) -> Invocation:
    return world.runtime.push("push_entra", pushed.batch(bodies, ago(minutes=age), first))


def must(done: Invocation) -> None:
    assert done.ok, done.trace


def numbers(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """What the last run measured."""
    lines = [r.getMessage() for r in caplog.records if r.name == "gatewatch.metrics"]
    return json.loads(lines[-1].partition(" ")[2])


def test_the_host_is_told_of_a_trigger_that_never_gives_up(runtime: FunctionsRuntime):
    (trigger,) = runtime.bindings()["push_entra"]
    assert trigger == {
        "type": "eventHubTrigger",
        "direction": "IN",
        "name": "events",
        "eventHubName": "%EVENT_HUB_NAME%",
        "consumerGroup": "%EVENT_HUB_CONSUMER_GROUP%",
        "connection": "EVENT_HUB",
        "cardinality": "MANY",
        "dataType": "BINARY",
    }
    retries = runtime.retries()
    told = retries.pop("push_entra")
    assert (told.max_retry_count, told.retry_strategy) == (-1, "exponential_backoff")
    assert (told.minimum_interval, told.maximum_interval) == (timedelta(seconds=5), timedelta(minutes=5))
    assert set(retries.values()) == {None}


def test_a_batch_of_several_events_with_several_records_each(world: World):
    tenant = world.tenant
    risky = [pushed.pushed_sign_in(risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example"), tenant) for m in range(1, 7)]
    rest = [pushed.pushed_sign_in(sign_in(ago(minutes=m)), tenant) for m in range(1, 30)]
    others = [pushed.other_record("AuditLogs", ago(minutes=2), tenant), pushed.other_record("RiskyUsers", ago(minutes=2), tenant)]
    must(push(world, pushed.body(*risky[:4], *rest[:20]), pushed.body(*rest[20:], *others), pushed.body(*risky[4:])))
    world.told_once(*[RISKY] * 6)
    assert world.dead_letters() == []


def test_what_a_person_changed_in_the_directory_stands_beside_the_alert(world: World):
    upn, at = "changed@contoso.example", ago(minutes=40)
    entry = pushed.pushed_sign_in(risky_sign_in(at, upn=upn), world.tenant)
    changed = [directory_audit(at + timedelta(minutes=14), upn), directory_audit(at + timedelta(minutes=15), upn, activity="Update user")]
    must(push(world, pushed.body(entry)))
    must(push(world, pushed.body(*(pushed.pushed_audit(one, world.tenant) for one in changed))))
    world.told_once(RISKY)
    [alert] = [alert for alert in world.alerts() if alert.snapshot.person == upn]
    assert [row.context for row in alert.snapshot.events] == [("registered security info 14 min after the sign-in",)]
    assert world.dead_letters() == []


def test_every_kind_of_sign_in_and_detection_is_read(world: World):
    kinds = [
        pushed.pushed_sign_in(beta_sign_in(ago(minutes=m), f"u{m}@contoso.example", **_risk(kind)), world.tenant)
        for m, kind in enumerate(pushed.CATEGORIES, 1)
    ]
    detections = [
        pushed.pushed_detection(risk_detection(ago(minutes=9), "d1@contoso.example", riskLevel="high"), world.tenant),
        pushed.pushed_detection(risk_detection(ago(minutes=9), "d2@contoso.example"), world.tenant, "ServicePrincipalRiskEvents"),
    ]
    must(push(world, pushed.body(*kinds, *detections)))
    store = world.open()
    try:
        stored = store.evidence_of([f"entra|{kind['properties']['id']}" for kind in kinds])
    finally:
        store.close()
    assert len(stored) == 4
    assert len(world.alerts()) >= 6
    assert world.dead_letters() == []


def _risk(kind: str) -> dict[str, Any]:
    return {"signInEventTypes": [kind], "riskState": "atRisk", "riskLevelDuringSignIn": "high", "riskLevelAggregated": "high"}


def test_records_of_another_tenant_are_refused_and_counted(world: World, caplog: pytest.LogCaptureFixture):
    stranger = "99999999-0000-4000-8000-000000000000"
    theirs = [pushed.pushed_sign_in(risky_sign_in(ago(minutes=m)), stranger) for m in range(1, 4)]
    ours = pushed.pushed_sign_in(risky_sign_in(ago(minutes=1)), world.tenant.upper())
    with caplog.at_level(logging.INFO):
        must(push(world, pushed.body(*theirs, ours)))
    world.told_once(RISKY)
    assert "3 pushed records are refused: tenant_not_configured" in caplog.text
    assert "'ignored:tenant_not_configured': 3" in caplog.text
    assert world.dead_letters() == []


def test_what_names_no_tenant_or_is_no_json_becomes_a_dead_letter_and_the_rest_goes_on(world: World, caplog: pytest.LogCaptureFixture):
    good = pushed.pushed_sign_in(risky_sign_in(ago(minutes=1)), world.tenant)
    nameless = {key: value for key, value in good.items() if key not in ("tenantId", "resourceId")}
    broken = pushed.body(pushed.pushed_sign_in(risky_sign_in(ago(minutes=2), upn="b@contoso.example"), world.tenant))
    bad_byte = broken.replace(b'"Oslo"', b'"Os\xfflo"', 1)
    with caplog.at_level(logging.INFO):
        must(push(world, b"\x00 no json at all", pushed.body(nameless), bad_byte, pushed.body(good)))
    world.told_once(RISKY, RISKY)
    reasons = sorted(json.loads(text)["reason"] for text in world.dead_letters())
    assert reasons == ["repaired_record", "tenant_missing", "undecodable_record"]
    assert numbers(caplog)["dead_letters"] == 3


@pytest.mark.parametrize("make", [risky_sign_in, lambda at: beta_sign_in(at, **_risk("interactiveUser"))], ids=["v1.0", "beta"])
@pytest.mark.parametrize("first", ["push", "poll"])
def test_push_and_poll_together_double_nothing(world: World, make: Any, first: str):
    record = make(ago(minutes=5))
    detection = risk_detection(ago(minutes=5), requestId=record["id"], correlationId=record["correlationId"])
    world.cloud.graph.add_sign_ins(record)
    world.cloud.graph.add_risk_detections(detection)
    both = pushed.body(pushed.pushed_sign_in(record, world.tenant), pushed.pushed_detection(detection, world.tenant))

    def polled() -> None:
        world.poll()
        world.poll_risk()

    steps = [lambda: must(push(world, both)), polled]
    for step in steps if first == "push" else reversed(steps):
        step()
    before = [(alert.rule, alert.score) for alert in world.alerts()]
    for step in (*steps, *steps):
        step()
    assert [(alert.rule, alert.score) for alert in world.alerts()] == before
    world.told_once(RISKY)


def test_while_the_store_is_away_the_batch_fails_and_comes_again(world: World, caplog: pytest.LogCaptureFixture):
    records = [
        pushed.pushed_sign_in(
            risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example", riskState="confirmedCompromised", level="high"), world.tenant
        )
        for m in range(1, 4)
    ]
    bodies = [pushed.body(record) for record in records]
    with closed_port() as port:
        away = {"GATEWATCH_STORE": "", "ELASTIC_URL": f"http://127.0.0.1:{port}", "ELASTIC_API_KEY": "aWQ6a2V5"}
        with world.runtime.settings(away), caplog.at_level(logging.INFO):
            assert [push(world, *bodies, age=90).ok for _ in range(3)] == [False] * 3
    assert (numbers(caplog)["state"], numbers(caplog)["hub_age_seconds"] >= 5400) == ("failed", True)
    assert len(world.cloud.teams.cards) == 3  # what is urgent was sent at once, and once
    must(push(world, *bodies, age=90))
    assert len(world.alerts()) == 3
    assert len(world.cloud.teams.cards) == 3


def test_a_batch_again_writes_no_second_version(world: World):
    record = pushed.pushed_sign_in(risky_sign_in(ago(minutes=5)), world.tenant)
    event = pushed.event(pushed.body(record), ago(minutes=3), 7)
    for _ in range(3):
        must(world.runtime.push("push_entra", [event]))
    store = world.open()
    try:
        assert len(store.evidence_of([f"entra|{record['properties']['id']}"])) == 1
    finally:
        store.close()
    world.told_once(RISKY)


def test_a_batch_that_comes_again_goes_on_where_the_last_try_ended(world: World, caplog: pytest.LogCaptureFixture):
    tenant = world.tenant
    many = [pushed.pushed_sign_in(sign_in(ago(minutes=m % 50)), tenant) for m in range(500)]
    risky = pushed.pushed_sign_in(risky_sign_in(ago(minutes=1)), tenant)
    nameless = {key: value for key, value in risky.items() if key not in ("tenantId", "resourceId")}
    events = pushed.batch([pushed.body(*many, risky), pushed.body(nameless)], ago(minutes=1))
    with world.runtime.settings({"DEAD_LETTER_QUEUE": "No Such Name"}):
        assert not world.runtime.push("push_entra", events).ok
    with caplog.at_level(logging.INFO):
        must(world.runtime.push("push_entra", events))
    assert "'through_before': 1" in caplog.text
    assert numbers(caplog)["dead_letters"] == 1
    world.told_once(RISKY)


def test_two_partitions_at_once_with_equal_numbers_hide_nothing_from_each_other(world: World):
    tenant = world.tenant
    for partition in ("0", "1"):
        bodies: Sequence[bytes] = [
            pushed.body(pushed.pushed_sign_in(risky_sign_in(ago(minutes=m), upn=f"p{partition}u{m}@contoso.example"), tenant))
            for m in range(1, 4)
        ]
        must(world.runtime.push("push_entra", pushed.batch(bodies, ago(minutes=1)), partition))
    world.told_once(*[RISKY] * 6)


def test_what_graph_v1_0_does_not_say_takes_nothing_back_that_the_push_said(world: World):
    code = {"authenticationProtocol": "deviceCode", "originalTransferMethod": "deviceCodeFlow"}
    record = beta_sign_in(ago(minutes=5), appId="04b07795-8ddb-461a-bbee-02f9e1bf7b46", **code)
    poorer = {name: value for name, value in record.items() if name in sign_in(ago(minutes=5))}
    world.cloud.graph.add_sign_ins(poorer)
    with world.runtime.settings({"GRAPH_API": "v1.0"}):
        must(push(world, pushed.body(pushed.pushed_sign_in(record, world.tenant))))
        before = [(alert.rule, alert.status, alert.score) for alert in world.alerts()]
        assert before
        for _ in range(2):
            world.poll()
        assert [(alert.rule, alert.status, alert.score) for alert in world.alerts()] == before
