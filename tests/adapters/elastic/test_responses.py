"""Responses on a real server: an analyst's own key responds, a host's sweep applies, and no document of the stream can stop either."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from msgspec import structs, to_builtins

from gatewatch.documents.response import response_document
from gatewatch.errors import StoreError
from gatewatch.flow.pipeline import sweep
from gatewatch.flow.recompute import recompute
from gatewatch.flow.responses import search_alerts
from gatewatch.model import Alert, AlertStatus
from gatewatch.ports import AlertQuery, AlertWrite, Ports
from gatewatch.stores.elastic import ElasticStore
from gatewatch.stores.elastic.roles import KeyRole
from tests.builders.common import NOON, stored
from tests.builders.entra import risky
from tests.builders.responses import close
from tests.elastic_server.fixtures import Elastic
from tests.laws.stage import Pager, ports

pytestmark = pytest.mark.elastic

_PLACES = count()


@dataclass
class Installation:
    """One namespace: its hosts' store, an analyst's store, and an alert."""

    namespace: str
    host: ElasticStore
    analyst: ElasticStore
    author: str  # who made the analyst's key, and its name

    @property
    def bundle(self) -> Ports:
        return structs.replace(ports(self.host, Pager()), clock=lambda: datetime.now(UTC))

    @property
    def alert(self) -> Alert:
        [found] = self.host.search(AlertQuery())
        return found

    def puts(self, name: str, document: dict[str, Any]) -> int:
        """Whatever a holder of the analyst's key may write."""
        path = f"/logs-gatewatch.response-{self.namespace}/_create/{name}"
        return self.analyst.client.json("PUT", path, document, params={"refresh": "true"}).status


@pytest.fixture
def installation(elastic_server: Elastic) -> Iterator[Installation]:
    if not elastic_server.server.elastic:
        pytest.skip("this distribution of OpenSearch has no security to prove")
    namespace = elastic_server.place(f"responses{next(_PLACES)}")
    hosts, analysts = (
        ElasticStore(elastic_server.client(elastic_server.role_key(role, namespace)), namespace=namespace)
        for role in (KeyRole.HOST_AWS, KeyRole.ANALYST)
    )
    made = Installation(namespace, hosts, analysts, f"{elastic_server.server.user}/test")
    evidence = [stored(risky())]
    hosts.append(evidence)
    recompute(evidence, made.bundle)
    yield made
    hosts.close()
    analysts.close()


def test_an_analyst_responds_and_the_sweep_of_a_host_applies_it(installation: Installation) -> None:
    installation.analyst.append_responses([close(installation.alert)])
    [read] = search_alerts(installation.analyst, AlertQuery(), datetime.now(UTC))
    assert (installation.alert.status, read.status) == (AlertStatus.OPEN, AlertStatus.CLOSED)
    sweep(installation.bundle)
    applied = installation.alert
    assert (applied.status, applied.responses) == (AlertStatus.CLOSED, read.responses)
    assert applied.responses[0].author == installation.author


def test_an_analyst_changes_no_alert_and_a_host_responds_to_none(installation: Installation) -> None:
    stored_alert = installation.analyst.read_alerts([installation.alert.key])[installation.alert.key]
    with pytest.raises(StoreError):
        installation.analyst.write_alerts([AlertWrite(stored_alert.alert, stored_alert.version)])
    with pytest.raises(StoreError):
        installation.host.append_responses([close(installation.alert)])
    assert installation.alert.responses == ()


def test_an_author_cannot_be_written_by_hand(installation: Installation) -> None:
    response = close(installation.alert)
    document = response_document(response, namespace=installation.namespace, ingested=datetime.now(UTC))
    document["gatewatch"]["author"] = {"username": "ceo", "authentication_type": "REALM", "api_key": {"name": "ceo"}}
    assert installation.puts(response.id, to_builtins(document)) == 201
    assert [found.author for found in installation.host.responses_of([response.alert_id])] == [installation.author]


FORGED = [
    pytest.param({"gatewatch": {"alert_id": "?", "response": {"record": {"id": 1}}}}, id="no response"),
    pytest.param({"gatewatch": {"alert_id": "?", "response": {"record": "text"}}}, id="text"),
    pytest.param({"gatewatch": {"alert_id": "?"}}, id="nothing"),
]


@pytest.mark.parametrize("forged", FORGED)
def test_a_document_that_is_no_response_stops_nothing(installation: Installation, forged: dict[str, Any]) -> None:
    own = {**forged["gatewatch"], "alert_id": installation.alert.id}
    time = {"@timestamp": NOON.isoformat(), "event": {"ingested": datetime.now(UTC).isoformat()}}
    assert installation.puts("forged", {**time, "gatewatch": own}) == 201
    installation.analyst.append_responses([close(installation.alert)])
    sweep(installation.bundle)
    assert installation.alert.status is AlertStatus.CLOSED


def test_a_response_under_the_id_of_another_one_is_none(installation: Installation) -> None:
    """It would speak for somebody else, or hide what was said."""
    said = close(installation.alert)
    installation.analyst.append_responses([said])
    document = to_builtins(response_document(said, namespace=installation.namespace, ingested=datetime.now(UTC)))
    document["gatewatch"]["response"]["record"]["reason"] = "another one"
    assert installation.puts("other", document) == 201
    assert [found.reason for found in installation.host.responses_of([said.alert_id])] == ["planned"]
