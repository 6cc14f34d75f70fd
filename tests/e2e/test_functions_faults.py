"""The function app on Microsoft's own Functions runtime while Graph, the store, Teams or the worker fails: nothing is lost or said twice."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from gatewatch.stores import open_store
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud import graph
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud, Teams
from scripts.local_cloud.functions_runtime import FunctionsRuntime, start_child
from tests.e2e.azure_world import World, ago, closed_port

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


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(graph.status(429, "0"), id="429 with Retry-After"),
        pytest.param(graph.status(429), id="429 without Retry-After"),
        pytest.param(graph.status(500), id="500"),
        pytest.param(graph.status(502), id="502"),
        pytest.param(graph.status(503, "0"), id="503"),
        pytest.param(graph.RESET, id="connection reset"),
        pytest.param(graph.CUT, id="connection cut in the body"),
        pytest.param(graph.TRUNCATED, id="half a body that calls itself whole"),
        pytest.param(graph.NOT_JSON, id="a gateway's HTML page"),
    ],
)
def test_a_fault_of_graph_is_ridden_out_within_the_run(world: World, fault: graph.Fault):
    world.cloud.graph.largest_page = 2
    world.cloud.graph.add_sign_ins(*(risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example") for m in range(2, 7)))
    world.cloud.graph.fail("signIns", fault, fault)
    world.poll()
    world.told_once(*[RISKY] * 5)


@pytest.mark.parametrize("fault", [graph.status(500), graph.status(429), graph.status(403)], ids=["500", "429", "403"])
def test_an_outage_of_graph_fails_the_run_and_moves_nothing(world: World, fault: graph.Fault):
    world.poll()
    before = world.cursor("sign_ins")["watermark"]
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=3)))
    world.cloud.graph.outage("signIns", fault)
    assert not world.fire("poll_sign_ins").ok
    assert world.cursor("sign_ins")["watermark"] == before
    world.cloud.graph.outage("signIns", None)
    world.poll()
    world.told_once(RISKY)


def test_one_stream_does_not_wait_for_another(world: World):
    world.cloud.graph.outage("signIns", graph.status(500))
    world.cloud.graph.add_risk_detections(risk_detection(ago(minutes=20)))
    assert not world.fire("poll_sign_ins").ok
    world.poll_risk()
    world.told_once("entra_user_risk_detection")


def test_a_next_page_on_another_host_is_not_followed_and_gets_no_token(world: World):
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=5)))
    with FakeCloud() as hostile:
        world.cloud.graph.fail("signIns", graph.next_link(f"{hostile.url}/v1.0/auditLogs/signIns?$skiptoken=x"))
        done = world.fire("poll_sign_ins")
        assert not done.ok
        assert "another address" in done.error
        assert hostile.graph.asked == []
    world.poll()
    world.told_once(RISKY)


POISON = [
    pytest.param("not an object", id="a string"),
    pytest.param({"surprise": {"deep": [1, None]}}, id="a stranger"),
    pytest.param({"blob": "x" * 400_000}, id="a large stranger"),
]


@pytest.mark.parametrize("poison", POISON)
def test_a_poison_record_goes_to_the_dead_letters_once_and_the_rest_goes_on(world: World, poison: object):
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=5)), poison, risky_sign_in(ago(minutes=9), upn="ben@contoso.example"))
    for _ in range(3):
        world.poll()
    world.told_once(RISKY, RISKY)
    assert len(world.dead_letters()) == 1


DAMAGE = [
    pytest.param(b"<\xff>", 3, id="a byte that is no UTF-8"),
    pytest.param(b"<\\ud83d>", 3, id="half a surrogate pair"),
    pytest.param(b'"x', 2, id="no JSON"),
]


@pytest.mark.parametrize(("bytes_", "found"), DAMAGE)
def test_a_damaged_record_goes_to_the_dead_letters_once_and_the_stream_goes_on(world: World, bytes_: bytes, found: int):
    names = [f"u{number}@contoso.example" for number in range(3)]
    world.cloud.graph.add_sign_ins(
        *(risky_sign_in(ago(minutes=5 + n), upn=name, appDisplayName="<damage>" if n == 1 else "x") for n, name in enumerate(names))
    )
    world.cloud.graph.outage("signIns", graph.replaced(b"<damage>", bytes_))
    for _ in range(3):
        world.poll()
    world.told_once(*[RISKY] * found)
    assert len(world.dead_letters()) == 1
    assert world.cursor("sign_ins")["watermark"] > ago(minutes=4).isoformat()


def test_store_away_then_back_announces_what_is_urgent_once_and_loses_nothing(world: World):
    urgent = risky_sign_in(ago(minutes=6), level="high", riskState="confirmedCompromised", upn="root@contoso.example")
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=5)), urgent)
    with closed_port() as port:
        world.runtime.set({"GATEWATCH_STORE": "", "ELASTIC_URL": f"http://127.0.0.1:{port}", "ELASTIC_API_KEY": "aWQ6a2V5"})
        for _ in range(2):
            assert not world.fire("poll_sign_ins").ok
    assert len(world.cloud.teams.cards) == 1
    assert world.cursor("sign_ins").get("watermark", "") < ago(minutes=6).isoformat()  # nothing of what was there is passed over
    world.runtime.set(world.store)
    for _ in range(2):
        world.poll()
    world.told_once(RISKY, CONFIRMED)


def away(world: World, port: int) -> None:
    world.runtime.set({"GATEWATCH_STORE": "", "ELASTIC_URL": f"http://127.0.0.1:{port}", "ELASTIC_API_KEY": "aWQ6a2V5"})


def test_an_outage_repeats_no_stored_alert(world: World):
    urgent = {"level": "high", "riskState": "confirmedCompromised"}
    world.cloud.graph.add_sign_ins(*(risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example", **urgent) for m in range(2, 14)))
    world.poll()
    assert len(world.cloud.teams.cards) == 12
    with closed_port() as port:
        away(world, port)
        for _ in range(2):
            assert not world.fire("poll_sign_ins").ok
    world.runtime.set(world.store)
    world.poll()
    world.told_once(*[CONFIRMED] * 12)


def test_a_sign_in_and_its_detection_are_announced_once_though_teams_failed_first(world: World):
    urgent = risky_sign_in(ago(minutes=6), level="high", riskState="confirmedCompromised")
    named = {"requestId": urgent["id"], "correlationId": urgent["correlationId"], "userId": urgent["userId"]}
    world.cloud.graph.add_sign_ins(urgent)
    world.cloud.graph.add_risk_detections(
        risk_detection(ago(minutes=6), detected=ago(minutes=5), riskLevel="high", riskState="confirmedCompromised", **named)
    )
    world.cloud.teams.then(503)
    with closed_port() as port:
        away(world, port)
        for function in ("poll_sign_ins", "poll_risk_detections", "poll_sign_ins"):
            assert not world.fire(function).ok
    assert (world.cloud.teams.refused, len(world.cloud.teams.cards)) == (1, 1)
    world.runtime.set(world.store)
    world.poll()
    world.poll_risk()
    world.told_once(CONFIRMED)


def test_teams_away_keeps_the_notification_owed_until_the_sweep(world: World):
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=5)))
    world.cloud.teams.then(503)
    world.poll()
    assert [alert.pending for alert in world.alerts()] == [("teams",)]
    world.sweep()
    world.told_once(RISKY)


@pytest.mark.parametrize("alerts", [40, 120])
def test_teams_that_hangs_costs_one_message(world: World, alerts: int):
    world.runtime.set({"RUN_DEADLINE_SECONDS": "60"})
    world.cloud.graph.add_sign_ins(*(risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example") for m in range(2, 2 + alerts)))
    world.cloud.teams.then(*[Teams.HANG] * alerts)
    began = monotonic()
    world.poll()
    took = monotonic() - began
    assert (world.cloud.teams.refused, [alert.pending for alert in world.alerts()]) == (1, [("teams",)] * alerts)
    assert took < 60


def test_a_worker_killed_in_the_middle_of_a_run_costs_nothing(world: World, repository: Path):
    world.cloud.graph.largest_page = 2
    world.cloud.graph.add_sign_ins(*(risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example") for m in range(2, 8)))
    hangs = graph.Fault("hang")
    before = 10  # requests of the narrow streams, of the slices without records, and of the first page of these
    world.cloud.graph.fail("signIns", graph.status(503, "0"), *[graph.PASS] * before, hangs)
    child = start_child(repository, world.settings(), "poll_sign_ins")
    assert world.cloud.graph.wait_for_hang(60)
    child.kill()
    child.wait()
    child.stdout.close()
    world.cloud.graph.release()
    assert len(world.cloud.teams.cards) == 2
    world.poll()
    assert len(world.cloud.teams.cards) == 2  # the dead worker's lease still stands
    world.expire_lease("sign_ins")
    world.poll()
    world.told_once(*[RISKY] * 6)
