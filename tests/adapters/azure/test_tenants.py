"""Several tenants in one function app, of which one fails in every way: the others lose nothing, and the log says in words what is wrong and where."""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from azure_function.jobs import poll_each
from azure_function.wiring import for_each_tenant
from gatewatch.errors import GatewatchError
from gatewatch.ports import AlertQuery
from gatewatch.stores import open_store
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.records import TENANT, risky_sign_in
from scripts.local_cloud.fake_cloud.server import APP_SECRET, CLIENT_ID, FakeCloud

OTHER = "9a8b7c6d-2222-4333-8444-555566667777"
PREMIUM = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"

pytestmark = pytest.mark.storage


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


@pytest.fixture
def environment(cloud: FakeCloud, storage: Azurite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cloud.authority_file))
    application = {"GRAPH_CLIENT_ID": CLIENT_ID, "GRAPH_CLIENT_SECRET": APP_SECRET, "GRAPH_AUTHORITY": cloud.secure_url}
    state = {**storage.environment(f"t{uuid4().hex}"), "GATEWATCH_STORE": f"sqlite:{tmp_path / 's.sqlite'}"}
    return {**cloud.environment(), **application, **state, "GRAPH_RETRIES": "1", "FURTHER_TENANTS": OTHER}


@pytest.mark.parametrize("failing", [TENANT, OTHER], ids=["the first", "the further one"])
@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        pytest.param(
            {"status_in": 403, "code_in": "Authorization_RequestDenied"}, "the application lacks a permission", id="no permission"
        ),
        pytest.param({"status_in": 403, "code_in": PREMIUM}, "the tenant has no licence for this", id="no licence"),
        pytest.param({"status_in": 429, "code_in": "TooManyRequests"}, "did not answer: status 429", id="throttled for ever"),
        pytest.param(
            {"status_in": 401, "code_in": "InvalidAuthenticationToken"}, "Graph does not take the token", id="its token is refused"
        ),
        pytest.param({"no_consent_in": [...]}, "(AADSTS700016): the application is not let in to this tenant", id="no consent"),
    ],
)
def test_a_tenant_that_fails_costs_the_others_nothing_and_is_named(
    cloud: FakeCloud, environment: dict[str, str], caplog: pytest.LogCaptureFixture, failing: str, trouble: dict[str, object], said: str
):
    cloud.graph.add_sign_ins(risky_sign_in(datetime.now(UTC) - timedelta(minutes=5)))
    for name, value in trouble.items():
        setattr(cloud.graph.tenant, name, [failing] if isinstance(value, list) else {failing: value})

    with caplog.at_level(logging.ERROR), pytest.raises((GatewatchError, ExceptionGroup)):
        for_each_tenant(lambda now: poll_each([now.streams[name] for name in ("sign_ins", "risk_detections")], now.needs), "w", environment)

    with closing(open_store(environment["GATEWATCH_STORE"])) as store:
        assert {alert.key.account for alert in store.search(AlertQuery())} == {TENANT, OTHER} - {failing}
    assert len(cloud.teams.cards) == 1
    lines = [record.getMessage() for record in caplog.records]
    assert {f"poll {stream} of tenant {failing} failed" for stream in ("sign_ins", "risk_detections")} == {
        line.partition(":")[0] for line in lines
    }
    assert all(said in line for line in lines)
