"""The table of streams: what is asked by which filter, which timer polls it, and which setting enables it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from azure_function.graph_filters import TERMS_AT_MOST, WATCHED_AT_MOST, narrow
from azure_function.graph_streams import RISK_TIMER, SIGN_IN_TIMER, SWEEP_TIMER, of_timer, queries, streams
from azure_function.settings import STREAM_NAMES, GraphSettings, PollSettings
from gatewatch.polling.streams import Slice
from gatewatch.providers.entra import control_planes
from gatewatch.tuning import Tuning
from scripts.local_cloud.fake_cloud.odata import compile_filter
from scripts.local_cloud.fake_cloud.records import beta_sign_in

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = Slice(AT - timedelta(minutes=30), AT + timedelta(minutes=30))
GRAPH = GraphSettings(tenant_id="t", api="beta")
EVERY = structs.replace(GRAPH, streams=STREAM_NAMES)
WATCHED = Tuning(
    break_glass=("o'brien@contoso.example",),
    privileged_principals=("0b1c2d3e-1111-4222-8333-444455556666", "arn:aws:iam::1:root", "adm*@x.example"),
)
DEFAULT = {
    SIGN_IN_TIMER: ["control_planes_1", "control_planes_2", "watched_people_1", "blocked_1", "sign_ins", "sign_ins_last"],
    RISK_TIMER: ["risk_detections", "risk_detections_undated"],
    SWEEP_TIMER: ["risky_sign_ins"],
}  # fmt: skip


def test_what_each_timer_polls_by_default():
    found = streams(GRAPH, PollSettings(), WATCHED)
    assert {timer: [stream.name for stream in of_timer(timer, found)] for timer in DEFAULT} == DEFAULT


@pytest.mark.parametrize("name", STREAM_NAMES)
def test_each_setting_enables_streams_of_its_own(name: str):
    found = streams(structs.replace(GRAPH, streams=(name,)), PollSettings(), WATCHED)
    others = streams(structs.replace(GRAPH, streams=tuple(one for one in STREAM_NAMES if one != name)), PollSettings(), WATCHED)
    assert found
    assert found.keys() | others.keys() == streams(EVERY, PollSettings(), WATCHED).keys()
    assert not found.keys() & others.keys()
    assert sum(len(of_timer(timer, found)) for timer in DEFAULT) == len(found)


def test_every_stream_has_a_query_and_streams_of_an_earlier_release_keep_their_names():
    found = streams(EVERY, PollSettings(), WATCHED)
    assert found.keys() == queries(EVERY, WATCHED).keys()
    assert {"sign_ins", "non_interactive", "service_principals", "risk_detections", "risky_sign_ins"} <= found.keys()


def test_no_filter_has_more_terms_than_graph_takes():
    everybody = Tuning(break_glass=tuple(f"person{n}@contoso.example" for n in range(200)))
    filters = narrow(everybody)
    assert max(text.count(" or ") + 1 for text in filters.values()) == TERMS_AT_MOST
    assert sum(text.count("userPrincipalName eq") for text in filters.values()) == WATCHED_AT_MOST


@pytest.mark.parametrize(
    ("stream", "changes"),
    [
        *(pytest.param("control_planes", {"appId": id_}, id=name) for id_, name in control_planes.CLIENTS.items()),
        *(pytest.param("control_planes", {"resourceId": id_}, id=name) for id_, name in control_planes.RESOURCES.items()),
        pytest.param("watched_people", {"userPrincipalName": "o'brien@contoso.example"}, id="a name with an apostrophe"),
        pytest.param("watched_people", {"userId": "0b1c2d3e-1111-4222-8333-444455556666"}, id="an object id"),
        pytest.param("blocked", {"status": {"errorCode": 53003}}, id="blocked by conditional access"),
    ],
)
def test_a_narrow_stream_shows_what_it_is_for_and_not_the_rest(stream: str, changes: dict[str, object]):
    asked = [compile_filter(query.filter(HOUR)) for name, query in queries(GRAPH, WATCHED).items() if re.fullmatch(rf"{stream}_\d+", name)]
    assert sum(keep(beta_sign_in(AT, **changes)) for keep in asked) == 1
    assert not any(keep(beta_sign_in(AT)) for keep in asked)


def test_directory_audits_are_asked_for_by_time_alone_and_read_again_as_sign_ins_are():
    graph = structs.replace(GRAPH, streams=("directory_audits",), api="v1.0")
    found, asked = streams(graph, PollSettings()), queries(graph)
    assert [stream.name for stream in of_timer(SIGN_IN_TIMER, found)] == ["directory_audits", "directory_audits_last"]
    assert {asked[name].extra for name in found} == {""}
    assert {asked[name].filter(HOUR).split()[0] for name in found} == {"activityDateTime"}
    assert found["directory_audits_last"].delay == timedelta(hours=48)
