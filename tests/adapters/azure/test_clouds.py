"""Sovereign clouds: requests, tokens and next pages stay in the cloud that is set, and its applications sign in there."""

import logging
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from azure.core.credentials import AccessToken
from azure.identity import AzureAuthorityHosts

from azure_function.clients import application
from azure_function.clouds import CLOUDS, MicrosoftCloud, cloud_of
from azure_function.graph import Graph
from azure_function.graph_http import GraphHttp, GraphUnavailable
from azure_function.graph_streams import queries, streams
from azure_function.poller import Kept
from azure_function.settings import STREAM_NAMES, GraphSettings, PollSettings
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.streams import Slice
from gatewatch.settings import Secret
from scripts.local_cloud.fake_cloud.records import sign_in

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = Slice(NOW - timedelta(hours=1), NOW)
EVERY_CLOUD = pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.graph)


class Away:
    """A Graph that answers one page with a link to the next, and what was asked of whom with which token."""

    def __init__(self, cloud: MicrosoftCloud, link: str) -> None:
        self.asked: list[tuple[str, str]] = []
        self.scopes: list[str] = []
        self.link = link
        self.settings = GraphSettings(tenant_id="t", base_url=f"https://{cloud.graph}", api="v1.0", retries=0)
        http = GraphHttp(self.settings, self, lambda: NOW, lambda _: None, httpx.MockTransport(self._answer))
        self.graph = Graph(http, "t", queries(self.settings))

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.scopes += scopes
        return AccessToken("the-token", 2**33)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.url.host, request.headers.get("Authorization", "")))
        page = {"value": [sign_in(NOW - timedelta(minutes=5))]} | ({"@odata.nextLink": self.link} if len(self.asked) == 1 else {})
        return httpx.Response(200, content=msgspec.json.encode(page))

    def read(self) -> int:
        stream = streams(self.settings, PollSettings())["sign_ins"]
        return sum(len(page) for page in self.graph.pages(stream, HOUR, Deadline(lambda: NOW, NOW + timedelta(minutes=4))))


@EVERY_CLOUD
def test_requests_tokens_and_next_pages_stay_in_the_cloud(cloud: MicrosoftCloud):
    here = Away(cloud, f"https://{cloud.graph}/v1.0/auditLogs/signIns?$skiptoken=x")
    assert here.read() == 2
    assert here.asked == [(cloud.graph, "Bearer the-token")] * 2
    assert set(here.scopes) == {f"https://{cloud.graph}/.default"}
    here.graph.close()


@EVERY_CLOUD
def test_a_next_page_in_another_cloud_is_not_followed(cloud: MicrosoftCloud):
    other = next(one for one in CLOUDS if one.graph != cloud.graph)
    here = Away(cloud, f"https://{other.graph}/v1.0/auditLogs/signIns?$skiptoken=x")
    with pytest.raises(GraphUnavailable, match="another address"):
        here.read()
    assert len(here.asked) == 1
    here.graph.close()


@EVERY_CLOUD
def test_an_application_signs_in_where_its_cloud_says(cloud: MicrosoftCloud):
    settings = GraphSettings(tenant_id="t", base_url=f"https://{cloud.graph}", app_client_id="app", app_client_secret=Secret("secret"))
    credential = application(settings)
    assert credential._authority == cloud.authority
    credential.close()


def test_the_hosts_are_those_that_microsoft_s_own_library_knows():
    known = {AzureAuthorityHosts.AZURE_PUBLIC_CLOUD, AzureAuthorityHosts.AZURE_GOVERNMENT, AzureAuthorityHosts.AZURE_CHINA}
    assert {cloud.authority.removeprefix("https://") for cloud in CLOUDS} == known
    assert cloud_of("https://graph.example") is None


def test_a_cloud_without_risk_detections_polls_none_and_says_so_once(caplog: pytest.LogCaptureFixture):
    graph = GraphSettings(tenant_id="t", base_url="https://microsoftgraph.chinacloudapi.cn", api="beta", streams=STREAM_NAMES)
    assert not [name for name in streams(graph, PollSettings()) if "risk_detections" in name]
    kept = Kept(lambda: NOW)
    with caplog.at_level(logging.WARNING):
        kept.say_missing(graph)
        kept.say_missing(graph)
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == ["risk_detections, workload_risk_detections"]
