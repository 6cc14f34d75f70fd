"""The function app's main path runs on azure-functions, azure-identity and msgraph-sdk: seen in the calls of one timer of each kind."""

import importlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from uuid import uuid4

import azure.functions as func
import pytest

from azure_function import clients
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud import faults
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in, sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from tests.support.calls import Calls, watched

NOW = datetime.now(UTC)


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    """Two pages of sign-ins, a risk detection that names a sign-in which no page holds, and one failed request."""
    with FakeCloud() as running:
        running.graph.largest_page = 2
        running.graph.add_sign_ins(*(risky_sign_in(NOW - timedelta(minutes=minute)) for minute in range(2, 6)))
        named = sign_in(NOW - timedelta(days=5))
        running.graph.add_sign_ins(named)
        running.graph.add_risk_detections(risk_detection(NOW - timedelta(minutes=5), requestId=named["id"]))
        yield running


@pytest.fixture
def app(cloud: FakeCloud, storage: Azurite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The function app in an environment of its own, imported anew: a FunctionApp takes its functions once."""
    store = {"GATEWATCH_STORE": f"sqlite:{tmp_path / 's.sqlite'}"}
    for name, value in {**cloud.environment(), **storage.environment(f"t{uuid4().hex}"), **store}.items():
        monkeypatch.setenv(name, value)
    assert os.environ["IDENTITY_ENDPOINT"].startswith(cloud.url)
    clients.credential.cache_clear()
    monkeypatch.delitem(sys.modules, "azure_function.app", raising=False)
    yield importlib.import_module("azure_function.app")
    clients.credential.cache_clear()


def run(app: ModuleType, cloud: FakeCloud, *names: str) -> Calls:
    timer, context = SimpleNamespace(past_due=False), SimpleNamespace(invocation_id=uuid4().hex)
    functions = {function.get_function_name(): function.get_user_function() for function in app.app.get_functions()}
    cloud.graph.asked.clear()
    with watched() as calls:
        for name in names:
            functions[name](timer, context)
    return calls


def test_the_timers_are_functions_of_azure_functions(app: ModuleType):
    assert isinstance(app.app, func.FunctionApp)
    kinds = {function.get_function_name(): function.get_trigger().get_binding_name() for function in app.app.get_functions()}
    assert kinds == dict.fromkeys(("poll_sign_ins", "poll_risk_detections", "poll_endpoint", "sweep"), "timerTrigger")


def test_every_request_to_graph_is_built_by_the_sdk_and_authorised_by_azure_identity(app: ModuleType, cloud: FakeCloud):
    cloud.graph.fail("signIns", faults.status(503))
    calls = run(app, cloud, "poll_sign_ins", "poll_risk_detections", "sweep")
    paths = [asked.path for asked in cloud.graph.asked]
    assert {path.partition("/v1.0/")[2].split("/")[1] for path in paths} == {"signIns", "riskDetections"}
    assert [path for path in paths if path.count("/") > 3]  # the sign-in that the detection names, by its id
    assert calls.of("msgraph.generated", "to_get_request_information") == len(paths)
    assert calls.of("msgraph.generated", "with_url") > 0  # the next page, too
    assert all(asked.authorized for asked in cloud.graph.asked)
    assert calls.of("azure.identity", "get_token") > 0
