"""The Azure half against a real Elasticsearch over TLS with the functions' own key: an outage loses and doubles nothing."""

import json
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from gatewatch.stores.elastic import ElasticStore
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in, sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.functions_runtime import FunctionsRuntime
from tests.e2e.azure_world import World, ago
from tests.e2e.lambda_world import api_key
from tests.elastic_server.faults import Fault, FaultProxy, Forward
from tests.elastic_server.fixtures import Elastic
from tests.support.tcp_gate import Gate

pytestmark = [pytest.mark.functions, pytest.mark.elastic, pytest.mark.slow]


@pytest.fixture
def world(elastic_server: Elastic, gate: Gate, runtime: FunctionsRuntime, storage: Azurite) -> Iterator[World]:
    url, namespace = urlsplit(elastic_server.server.url), f"e2e{uuid4().hex[:8]}"
    store = {
        "ELASTIC_URL": f"{url.scheme}://{url.hostname}:{gate.port}",
        "ELASTIC_NAMESPACE": namespace,
        "ELASTIC_API_KEY": api_key(elastic_server),
        **({"ELASTIC_CA_FILE": str(elastic_server.server.ca)} if elastic_server.server.ca else {}),
    }
    with FakeCloud() as cloud:
        made = World(runtime, storage, cloud, store, lambda: ElasticStore(elastic_server.client(), namespace=namespace))
        with runtime.settings(made.settings()):
            yield made


def test_polls_overlaps_and_late_detections_tell_once(world: World):
    harmless = sign_in(ago(minutes=50), upn="cleo@contoso.example")
    named = {"requestId": harmless["id"], "correlationId": harmless["correlationId"], "riskEventType": "anonymizedIPAddress"}
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=30)), harmless)
    world.poll()
    world.poll()
    world.told_once("entra_risky_signin")
    world.cloud.graph.add_risk_detections(risk_detection(ago(minutes=50), "cleo@contoso.example", detected=ago(minutes=1), **named))
    world.poll_risk()
    world.poll_risk()
    world.sweep()
    world.told_once("entra_risky_signin", "entra_risky_signin")


def test_two_workers_at_once_do_the_work_once(world: World):
    world.cloud.graph.add_sign_ins(*(risky_sign_in(ago(minutes=m), upn=f"u{m}@contoso.example") for m in range(2, 7)))
    assert all(done.ok for done in world.runtime.fire_together(["poll_sign_ins", "poll_sign_ins", "sweep"]))
    world.told_once(*["entra_risky_signin"] * 5)


def test_an_outage_of_the_index_loses_nothing_and_tells_what_is_urgent_once(world: World, gate: Gate):
    urgent = risky_sign_in(ago(minutes=6), level="high", riskState="confirmedCompromised", upn="root@contoso.example")
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=5)), urgent)
    gate.shut()
    for _ in range(2):
        assert not world.fire("poll_sign_ins").ok
    assert len(world.cloud.teams.cards) == 1
    gate.open()
    for _ in range(2):
        world.poll()
    world.told_once("entra_confirmed_compromised", "entra_risky_signin")


URGENT = {"level": "high", "riskState": "confirmedCompromised"}
REFUSALS = [Fault.BAD_REQUEST, Fault.TOO_LARGE, Fault.MAPPING_CONFLICT, Fault.FAILURE_STORE]


def test_urgent_in_records_that_the_index_refuses_is_sent_once(world: World, elastic_server: Elastic):
    with closing(Forward(elastic_server.server)) as real, FaultProxy(real, matching="require_data_stream") as proxy:
        world.runtime.set({"ELASTIC_URL": proxy.url, "ELASTIC_CA_FILE": ""})
        for number, fault in enumerate(REFUSALS):
            world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=5 - number), upn=f"u{number}@contoso.example", **URGENT))
            proxy.always = lambda _path, fault=fault: fault
            world.poll()
            assert len(world.cloud.teams.cards) == number + 1, fault
    assert set(proxy.met) == set(REFUSALS)
    assert {json.loads(letter)["reason"] for letter in world.dead_letters()} == {
        "action_request_validation_exception",
        "too_large",
        "document_parsing_exception",
        "failure_store_used",
    }
    world.runtime.set(world.store)
    world.poll()
    world.told_once(*["entra_confirmed_compromised"] * 4)


def test_a_malformed_key_is_an_index_that_is_away(world: World):
    world.cloud.graph.add_sign_ins(risky_sign_in(ago(minutes=6), **URGENT))
    world.runtime.set({"ELASTIC_API_KEY": "schl\u00fcssel"})
    for _ in range(2):
        done = world.fire("poll_sign_ins")
        assert not done.ok
        assert "schl" not in done.error + done.trace
    assert len(world.cloud.teams.cards) == 1
    world.runtime.set(world.store)
    world.poll()
    world.told_once("entra_confirmed_compromised")
