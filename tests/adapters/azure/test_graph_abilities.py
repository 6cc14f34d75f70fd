"""Filters that a tenant's Graph does not take: another one is asked, or other streams read the same, and the log says so."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from azure_function.graph import Graph
from azure_function.graph_abilities import BELIEVED_FOR, GraphAbilities
from azure_function.graph_http import GraphHttp
from azure_function.graph_streams import queries, streams
from azure_function.settings import GraphSettings, PollSettings
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import FilterRefused, SliceRefused
from gatewatch.polling.streams import Slice
from gatewatch.reading.json_text import value_of
from scripts.local_cloud.fake_cloud import graph as fake
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud

from .test_graph import NOW, Credential

DAY = Slice(NOW - timedelta(days=1), NOW)


class Asking:
    """A process whose Graph refuses filters that name ``refused``, and what it asked."""

    def __init__(self, cloud: FakeCloud, refused: str) -> None:
        self.cloud, self.now = cloud, NOW
        cloud.graph.tenant.refused_filter = refused
        self.settings = GraphSettings(tenant_id="t", base_url=cloud.url, api="beta", retries=0)
        http = GraphHttp(self.settings, Credential(cloud), lambda: self.now, lambda _: None)
        self.graph = Graph(http, "t", queries(self.settings), GraphAbilities(lambda: self.now))

    def read(self, name: str) -> list[str]:
        stream = streams(self.settings, PollSettings())[name]
        deadline = Deadline(lambda: self.now, self.now + timedelta(minutes=4))
        return [value_of(raw.data)["id"] for page in self.graph.pages(stream, DAY, deadline) for raw in page]

    def filters(self) -> list[str]:
        return [asked.query.get("$filter", "").split(" ")[0] for asked in self.cloud.graph.asked]


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


def test_detections_are_asked_by_the_time_of_detection_where_the_other_is_refused(cloud: FakeCloud, caplog: pytest.LogCaptureFixture):
    process = Asking(cloud, "lastUpdatedDateTime")
    cloud.graph.add_risk_detections(risk_detection(NOW - timedelta(minutes=5), id="d-1"))
    assert process.read("risk_detections") == ["d-1"]
    assert "Graph refuses this filter for riskDetections: lastUpdatedDateTime: asked by detectedDateTime instead" in caplog.text
    asked = len(process.filters())
    assert process.read("risk_detections") == ["d-1"]
    assert process.filters()[asked:] == ["detectedDateTime"]
    process.now += BELIEVED_FOR
    cloud.graph.tenant.refused_filter = ""
    process.read("risk_detections")
    assert process.filters()[-1] == "lastUpdatedDateTime"
    process.graph.close()


def test_a_narrow_stream_is_left_out_and_the_wide_one_is_read(cloud: FakeCloud, caplog: pytest.LogCaptureFixture):
    process = Asking(cloud, "riskState")
    cloud.graph.add_sign_ins(risky_sign_in(NOW - timedelta(minutes=5), id="s-1"))
    for _ in range(2):
        with pytest.raises(FilterRefused, match="riskState"):
            process.read("risky_sign_ins")
    assert caplog.text.count("left out, other streams read the same later") == 1
    assert process.read("sign_ins") == ["s-1"]
    process.graph.close()


def test_a_slice_that_is_too_old_says_nothing_of_the_filter(cloud: FakeCloud):
    process = Asking(cloud, "")
    cloud.graph.fail("riskDetections", fake.status(400))
    with pytest.raises(SliceRefused):
        process.read("risk_detections")
    assert process.read("risk_detections") == []
    assert set(process.filters()) == {"lastUpdatedDateTime"}
    process.graph.close()
