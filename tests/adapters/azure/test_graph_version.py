"""GRAPH_API=auto: beta if it answers, else v1.0, and the log names the rules that see nothing."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from azure_function.graph_http import GraphHttp
from azure_function.graph_streams import streams
from azure_function.graph_version import ASK_AGAIN, GraphVersions, blind_rules
from azure_function.settings import GraphSettings, PollSettings
from gatewatch.polling.deadline import Deadline
from gatewatch.providers.catalogue import RULES
from gatewatch.providers.entra.graph_v1 import SIGN_IN_PROPERTIES
from scripts.local_cloud.fake_cloud import graph as fake
from scripts.local_cloud.fake_cloud.graph import V1_SIGN_IN
from scripts.local_cloud.fake_cloud.server import FakeCloud

from .test_graph import NOW, Credential

ALL = ("sign_ins", "non_interactive", "service_principals", "risk_detections")


class Worker:
    """A process of the function app, and its clock."""

    def __init__(self, cloud: FakeCloud, **changes: Any) -> None:
        self.cloud, self.now = cloud, NOW
        self.settings = GraphSettings(tenant_id="t", base_url=cloud.url, interval=0, retries=0, streams=ALL, **changes)
        self.versions = GraphVersions(lambda: self.now)
        self.credential = Credential(cloud)

    def reads(self) -> str:
        """The version that an invocation reads."""
        http = self.versions.connect(self.settings, self._opened, Deadline(lambda: self.now, self.now + timedelta(minutes=4)))
        http.close()
        return http.api

    def _opened(self, api: str) -> GraphHttp:
        return GraphHttp(structs.replace(self.settings, api=api), self.credential, lambda: self.now, lambda _: None)

    def questions(self) -> int:
        return len(self.cloud.graph.asked)


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


def test_beta_is_read_when_it_answers(cloud: FakeCloud):
    process = Worker(cloud)
    assert (process.reads(), [asked.path for asked in cloud.graph.asked]) == ("beta", ["/beta/auditLogs/signIns"])


@pytest.mark.parametrize("status", [400, 403, 404])
def test_v1_is_read_when_beta_is_refused(cloud: FakeCloud, status: int, caplog: pytest.LogCaptureFixture):
    cloud.graph.outage("signIns", fake.status(status))
    assert Worker(cloud).reads() == "v1.0"
    assert "rule entra_device_code_signin sees nothing from Graph: Graph v1.0 does not have authenticationProtocol" in caplog.text
    (line,) = (record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR)
    assert line.endswith("non_interactive, service_principals")


@pytest.mark.parametrize("status", [401, 429, 503])
def test_trouble_says_nothing_about_a_version(cloud: FakeCloud, status: int):
    process = Worker(cloud)
    cloud.graph.outage("signIns", fake.status(status))
    assert process.reads() == "v1.0"
    cloud.graph.outage("signIns", None)
    assert process.reads() == "beta"
    process.now += ASK_AGAIN
    cloud.graph.outage("signIns", fake.status(status))
    assert process.reads() == "beta"


def test_an_answer_is_believed_for_hours(cloud: FakeCloud):
    process = Worker(cloud)
    assert [process.reads() for _ in range(3)] == ["beta"] * 3
    assert process.questions() == 1
    process.now += ASK_AGAIN
    cloud.graph.outage("signIns", fake.status(404))
    assert (process.reads(), process.reads(), process.questions()) == ("v1.0", "v1.0", 2)


@pytest.mark.parametrize("api", ["v1.0", "beta"])
def test_a_version_that_is_set_is_not_asked_about(cloud: FakeCloud, api: str):
    process = Worker(cloud, api=api)
    assert (process.reads(), process.questions()) == (api, 0)


def test_v1_has_fewer_streams(cloud: FakeCloud):
    found = {api: set(streams(structs.replace(Worker(cloud).settings, api=api), PollSettings())) for api in ("v1.0", "beta")}
    assert found["beta"] - found["v1.0"] == {
        f"{name}{last}" for name in ("non_interactive", "service_principals") for last in ("", "_last")
    }


@pytest.mark.parametrize(
    ("api", "polled", "blind"),
    [
        ("v1.0", ALL, {"entra_device_code_signin", "entra_password_grant_signin", "entra_single_factor_control_plane", "entra_workload_unfamiliar"}),
        ("beta", ("sign_ins",), {"entra_device_code_signin", "entra_workload_unfamiliar"}),
        ("beta", ALL, set()),
    ],
)  # fmt: skip
def test_which_rules_are_blind(api: str, polled: tuple[str, ...], blind: set[str]):
    assert set(blind_rules(api, polled)) == blind


def test_the_properties_of_v1_are_those_that_the_fake_graph_shows():
    assert SIGN_IN_PROPERTIES == V1_SIGN_IN


def test_what_a_rule_needs_is_a_property_of_beta():
    needed = {name for rule in RULES for name in rule.metadata.needs}
    assert needed == {"authenticationProtocol", "originalTransferMethod", "authenticationRequirement", "signInEventTypes"}
