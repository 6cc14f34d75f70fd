"""The published KQL, by the query DSL written beside each, on a real server (its bare distribution has no Kibana, EQL or ES|QL)."""

import json
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.elastic

TOLD = {
    "root", "alice", "carol", "ana@contoso.example", "fay@contoso.example", "ida@contoso.example", "emergency@contoso.example",
    "kim@contoso.example", "lea@contoso.example",
}  # fmt: skip
ALERTS = {
    "open_alerts_high": {"root", "emergency@contoso.example", "ana@contoso.example", "fay@contoso.example", "ida@contoso.example"},
    "alerts_of_a_person": {"ana@contoso.example"},
    "suppressed_alerts": {"demo"},
    "owed_notifications": TOLD,  # on the channel that is not wired here
    "unacknowledged_alerts": TOLD,
    "doubtful_alerts": set(),
}
EVIDENCE = {
    "aws_console_login_no_mfa": {"login-alice", "login-demo"},
    "entra_risky_signin": {"s-ana", "s-fay", "s-ida"},
    "entra_risk_detection": {"d-kim", "d-lea"},
    "endpoint_cloud_cli_auth": {"process-1", "process-2", "process-3"},
}


@pytest.fixture(scope="module")
def store(elastic_server, run_day):
    found = elastic_server.store("queries")
    run_day(found)
    yield found
    found.close()


@pytest.fixture(scope="module")
def search(store, folder):
    """Runs the DSL of a query, in this run's own indices."""
    ours = {"gatewatch-alerts-default": store.names.alert_months, "logs-gatewatch.signin-default": store._evidence}

    def run(name, values=None):
        asked = json.loads(put((folder / f"kql/{name}.dsl.json").read_text(), values or {}))
        indices = ",".join(ours.get(index, index) for index in asked["index"].split(","))
        params = {"ignore_unavailable": "true", "allow_no_indices": "true"}
        path = f"/{quote(indices, safe='*,-.')}/_search"
        answer = store.client.json("POST", path, {"query": asked["query"], "size": 1000}, params=params)
        return [hit["_source"] for hit in answer.body["hits"]["hits"]]

    return run


def put(text, values):
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def test_every_file_is_tried(folder):
    assert {path.name.partition(".")[0] for path in (folder / "kql").iterdir()} == {*ALERTS, *EVIDENCE}


@pytest.mark.parametrize("name", ALERTS)
def test_a_query_for_alerts(search, name):
    found = search(name, {"person": "ana@contoso.example"})
    assert {alert["gatewatch"].get("person") or "root" for alert in found} == ALERTS[name]


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_query_for_evidence(search, name):
    assert {document["event"]["id"] for document in search(name)} == EVIDENCE[name]
