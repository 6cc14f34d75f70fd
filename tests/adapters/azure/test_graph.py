"""Reading Microsoft Graph: requests as documented, retries within the deadline, the token to our host only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from azure_function.graph import Graph, GraphSignInLookup
from azure_function.graph_http import GraphError, GraphHttp, GraphUnavailable, _code
from azure_function.graph_streams import queries, streams
from azure_function.retry import delay, retry_after
from azure_function.settings import GraphSettings, PollSettings
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import DeadlineReached, SliceRefused, SliceTooLong
from gatewatch.polling.ports import Damaged
from gatewatch.polling.streams import Slice, Stream
from gatewatch.reading.json_text import value_of
from scripts.local_cloud.fake_cloud import graph as fake
from scripts.local_cloud.fake_cloud.records import risk_detection, sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.fake_cloud.tenant import NEEDED

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = Slice(NOW - timedelta(hours=1), NOW)


class Credential:
    """Gives the one token that the fake accepts."""

    def __init__(self, cloud: FakeCloud) -> None:
        cloud.graph.tokens["the-token"] = [*NEEDED.values()]
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.scopes += scopes
        return AccessToken("the-token", 2**33)


@dataclass
class Invocation:
    """A Graph client whose time passes only while it waits."""

    cloud: FakeCloud
    settings: GraphSettings
    now: datetime = NOW
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.credential = Credential(self.cloud)
        self.graph = Graph(GraphHttp(self.settings, self.credential, lambda: self.now, self.sleep), "tenant-1", queries(self.settings))
        self.streams = streams(self.settings, PollSettings())

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)

    def deadline(self, seconds: float = 240) -> Deadline:
        return Deadline(lambda: self.now, self.now + timedelta(seconds=seconds))

    def read(self, stream: str = "sign_ins", seconds: float = 240) -> list[str]:
        chosen: Stream = self.streams[stream]
        return [value_of(raw.data)["id"] for page in self.graph.pages(chosen, HOUR, self.deadline(seconds)) for raw in page]


@pytest.fixture(scope="module")
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


@pytest.fixture
def invocation(cloud: FakeCloud) -> Iterator[Invocation]:
    cloud.graph.reset()
    made = Invocation(
        cloud, GraphSettings(tenant_id="tenant-1", base_url=cloud.url, api="v1.0", interval=0, risk_interval=0, retry_delay=3)
    )
    yield made
    made.graph.close()


def asked(invocation: Invocation) -> dict[str, str]:
    return invocation.cloud.graph.asked[0].query


def test_sign_ins_are_asked_for_by_time_with_ge_and_le_and_full_pages(invocation: Invocation):
    invocation.read()
    start, end = (t.strftime("%Y-%m-%dT%H:%M:%S.000Z") for t in (HOUR.start, HOUR.end))
    assert asked(invocation) == {"$filter": f"createdDateTime ge {start} and createdDateTime le {end}", "$top": "1000"}


def test_risk_detections_are_asked_for_by_update_time(invocation: Invocation):
    invocation.read("risk_detections")
    assert asked(invocation)["$filter"].startswith("lastUpdatedDateTime ge ")
    assert asked(invocation)["$top"] == "500"


def test_risk_of_workloads_is_a_collection_of_its_own(cloud: FakeCloud):
    cloud.graph.reset()
    settings = GraphSettings(tenant_id="t", base_url=cloud.url, api="v1.0", streams=("workload_risk_detections",))
    invocation = Invocation(cloud, settings)
    detection = risk_detection(NOW - timedelta(minutes=5), id="w-1", servicePrincipalId="s-1", userId=None)
    cloud.graph.add("servicePrincipalRiskDetections", detection)
    assert invocation.read("workload_risk_detections") == ["w-1"]
    assert cloud.graph.asked[0].path == "/v1.0/identityProtection/servicePrincipalRiskDetections"
    invocation.graph.close()


def test_values_newer_than_the_api_version_are_asked_for(invocation: Invocation):
    invocation.read()
    assert invocation.cloud.graph.asked[0].prefer == "include-unknown-enum-members"


def test_the_token_is_for_graph_s_own_audience(invocation: Invocation):
    invocation.read()
    assert set(invocation.credential.scopes) == {f"{invocation.cloud.url}/.default"}


def test_all_pages_are_read_each_stamped_with_its_answer_s_time(invocation: Invocation):
    invocation.cloud.graph.largest_page = 2
    records = [sign_in(NOW - timedelta(minutes=m)) for m in range(1, 8)]
    invocation.cloud.graph.add_sign_ins(*records)
    assert sorted(invocation.read()) == sorted(r["id"] for r in records)
    raws = [raw for page in invocation.graph.pages(invocation.streams["sign_ins"], HOUR, invocation.deadline()) for raw in page]
    assert {(raw.fetched, raw.tenant, raw.origin) for raw in raws} == {(invocation.now, "tenant-1", "graph:signIns")}


def test_beta_reads_non_interactive_sign_ins_when_asked(cloud: FakeCloud):
    cloud.graph.reset()
    settings = GraphSettings(tenant_id="t", base_url=cloud.url, api="beta", interval=0, streams=("sign_ins", "non_interactive"))
    invocation = Invocation(cloud, settings)
    quiet = sign_in(NOW - timedelta(minutes=3), signInEventTypes=["nonInteractiveUser"])
    loud = sign_in(NOW - timedelta(minutes=3), signInEventTypes=["interactiveUser"])
    cloud.graph.add_sign_ins(quiet, loud)
    assert (invocation.read("sign_ins"), invocation.read("non_interactive")) == ([loud["id"]], [quiet["id"]])
    invocation.graph.close()


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        pytest.param([fake.status(429, "7")], [7], id="Retry-After is kept"),
        pytest.param([fake.status(429)] * 3, [3, 6, 12], id="without it our own backoff doubles"),
        pytest.param([fake.status(503, "1"), fake.status(500), fake.RESET], [1, 6, 12], id="mixed"),
        pytest.param([fake.TRUNCATED, fake.CUT, fake.NOT_JSON], [3, 6, 12], id="bodies that are not whole"),
    ],
)
def test_retries_wait_as_told(invocation: Invocation, faults: list[fake.Fault], waits: list[float]):
    invocation.cloud.graph.fail("signIns", *faults)
    invocation.read()
    assert invocation.waits == waits


def test_retries_end(invocation: Invocation):
    invocation.cloud.graph.outage("signIns", fake.status(502))
    with pytest.raises(GraphUnavailable, match="502"):
        invocation.read()
    assert len(invocation.cloud.graph.asked) == 6


def test_a_pause_that_passes_the_deadline_is_not_slept(invocation: Invocation):
    invocation.cloud.graph.fail("signIns", fake.status(429, "300"))
    with pytest.raises(GraphUnavailable, match="429"):
        invocation.read(seconds=240)
    assert invocation.waits == []


def test_no_request_is_made_after_the_deadline(invocation: Invocation):
    with pytest.raises(DeadlineReached):
        invocation.read(seconds=0)
    assert invocation.cloud.graph.asked == []


def test_an_answer_that_hangs_is_given_up_at_the_deadline(invocation: Invocation):
    invocation.cloud.graph.outage("signIns", fake.HANG)
    with pytest.raises(GraphUnavailable, match="TimeoutError"):
        invocation.read(seconds=0.2)


def test_a_deadline_that_comes_within_a_request_is_no_trouble_of_graph_s(invocation: Invocation):
    invocation.cloud.graph.outage("signIns", fake.HANG)
    clock = lambda: datetime.now(UTC)  # noqa: E731 - the clock that the hanging request spends
    with pytest.raises(DeadlineReached):
        list(invocation.graph.pages(invocation.streams["sign_ins"], HOUR, Deadline(clock, clock() + timedelta(seconds=0.2))))


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_not_tried_again(invocation: Invocation, status: int):
    invocation.cloud.graph.fail("signIns", fake.status(status))
    with pytest.raises(GraphError) as raised:
        invocation.read()
    assert (raised.value.status, raised.value.code, len(invocation.cloud.graph.asked)) == (status, "UnknownError", 1)


def test_a_slice_that_graph_calls_bad_is_refused_and_not_tried_again(invocation: Invocation):
    invocation.cloud.graph.fail("signIns", fake.status(400))
    with pytest.raises(SliceRefused, match="400 UnknownError"):
        invocation.read()
    assert len(invocation.cloud.graph.asked) == 1


def test_a_link_that_expired_begins_the_slice_anew_and_loses_nothing(invocation: Invocation):
    invocation.cloud.graph.largest_page = 1
    ids = [f"id{m}" for m in range(3)]
    invocation.cloud.graph.add_sign_ins(*(sign_in(NOW - timedelta(minutes=m), id=name) for m, name in enumerate(ids)))
    invocation.cloud.graph.fail("signIns", fake.PASS, fake.status(400))
    assert invocation.read() == ["id0", *ids]


def test_links_that_keep_expiring_say_that_the_slice_is_too_long(invocation: Invocation):
    invocation.cloud.graph.largest_page = 1
    invocation.cloud.graph.add_sign_ins(*(sign_in(NOW - timedelta(minutes=m)) for m in range(3)))
    invocation.cloud.graph.fail("signIns", *[fake.PASS, fake.status(400)] * 4)
    with pytest.raises(SliceTooLong, match="expired, again and again"):
        invocation.read()


def test_a_link_that_leads_back_ends_after_a_few_readings(invocation: Invocation):
    invocation.cloud.graph.add_sign_ins(sign_in(NOW, id="id0"))
    back = f"{invocation.cloud.url}/v1.0/auditLogs/signIns?$top=1"
    invocation.cloud.graph.outage("signIns", fake.next_link(back))
    with pytest.raises(SliceTooLong, match="leads back to a page that was read, again and again"):
        invocation.read()
    assert len(invocation.cloud.graph.asked) < 20


def test_the_pace_stays_below_graph_s_limits(cloud: FakeCloud):
    cloud.graph.reset()
    invocation = Invocation(cloud, GraphSettings(tenant_id="t", base_url=cloud.url, api="v1.0"))
    cloud.graph.largest_page = 1
    cloud.graph.add_sign_ins(*(sign_in(NOW - timedelta(minutes=m)) for m in range(1, 5)))
    cloud.graph.add_risk_detections(*(risk_detection(NOW - timedelta(minutes=m)) for m in range(1, 4)))
    invocation.read()
    invocation.read("risk_detections")
    assert (invocation.waits, sum(invocation.waits)) == ([1.1, 1.1], 2.2)  # five reports at once are within the limit
    invocation.graph.close()


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://evil.example/v1.0/auditLogs/signIns?$skiptoken=x", id="another host"),
        pytest.param("{other}/v1.0/auditLogs/signIns", id="another port"),
        pytest.param("https://{netloc}/v1.0/auditLogs/signIns", id="another scheme"),
        pytest.param("{url}/beta/auditLogs/signIns", id="another version"),
        pytest.param("http://user@{netloc}/v1.0/auditLogs/signIns", id="a name before the host"),
        pytest.param("//{netloc}/v1.0/auditLogs/signIns", id="no scheme"),
        pytest.param("{url}.evil.example/v1.0/x", id="our address as a prefix"),
        pytest.param("", id="empty"),
        pytest.param("https://[{netloc}/v1.0/x", id="no address at all"),
        pytest.param("{url}/v1.0/auditLogs/signIns?\x00", id="a control character"),
    ],
)
def test_a_next_page_elsewhere_is_not_followed(invocation: Invocation, link: str):
    netloc = invocation.cloud.url.removeprefix("http://")
    made = link.format(url=invocation.cloud.url, netloc=netloc, other=invocation.cloud.url[:-1])
    invocation.cloud.graph.fail("signIns", fake.next_link(made))
    with pytest.raises(GraphUnavailable, match="another address"):
        invocation.read()
    assert len(invocation.cloud.graph.asked) == 1


def test_damaged_records_are_marked_and_the_pages_go_on(invocation: Invocation):
    invocation.cloud.graph.largest_page = 2
    agents = ("<a>", "<b>", "<c>", "<d>")
    invocation.cloud.graph.add_sign_ins(*(sign_in(NOW - timedelta(minutes=m), id=f"id{m}", appDisplayName=agents[m]) for m in range(4)))
    broken = fake.replaced(b'"<c>"', b'"<c')
    invocation.cloud.graph.fail("signIns", fake.replaced(b"<b>", b"<\xff>"), fake.PASS)
    pages = [list(page) for page in invocation.graph.pages(invocation.streams["sign_ins"], HOUR, invocation.deadline())]
    assert [[isinstance(item, Damaged) for item in page] for page in pages] == [[False, True], [False, False]]
    assert (pages[0][1].repaired, pages[0][1].raw.data["appDisplayName"]) == (True, "<\ufffd>")
    invocation.cloud.graph.outage("signIns", broken)
    (first, second) = (list(page) for page in invocation.graph.pages(invocation.streams["sign_ins"], HOUR, invocation.deadline()))
    assert [value_of(item.raw.data if isinstance(item, Damaged) else item.data)["id"] for item in first] == ["id0", "id1"]
    assert (second[0].repaired, second[0].raw.origin, value_of(second[1].data)["id"]) == (False, "graph:signIns", "id3")
    assert '"id": "id2"' in second[0].raw.data


def test_a_sign_in_is_found_by_id_or_is_not_there_yet(invocation: Invocation):
    there, later = sign_in(NOW), sign_in(NOW)
    invocation.cloud.graph.add_sign_ins(there)
    lookup = GraphSignInLookup(invocation.graph, invocation.deadline(), 10, "seed")
    (found,) = lookup.records([f"entra|{there['id']}", f"entra|{later['id']}"])
    assert (found.data["id"], found.wanted, "@odata.context" in found.data) == (there["id"], True, False)


def test_lookups_are_bounded_and_every_run_asks_in_its_own_order(invocation: Invocation):
    ids = [f"entra|{sign_in(NOW)['id']}" for _ in range(30)]
    orders = []
    for seed in ("a", "b"):
        invocation.cloud.graph.asked.clear()
        GraphSignInLookup(invocation.graph, invocation.deadline(), 5, seed).records(ids)
        orders.append([a.path.rpartition("/")[2] for a in invocation.cloud.graph.asked])
    assert [len(order) for order in orders] == [5, 5]
    assert orders[0] != orders[1]


def test_trouble_with_lookups_is_left_to_the_sweep(invocation: Invocation, caplog: pytest.LogCaptureFixture):
    invocation.cloud.graph.outage("signIns", fake.status(403))
    assert GraphSignInLookup(invocation.graph, invocation.deadline(), 5, "s").records([f"entra|{sign_in(NOW)['id']}"]) == []
    assert "403" in caplog.text


@pytest.mark.parametrize("strange", ["../users/me", "a b", "", "x" * 65, "1$filter"])
def test_ids_that_are_none_are_not_asked_for(invocation: Invocation, strange: str):
    assert GraphSignInLookup(invocation.graph, invocation.deadline(), 5, "s").records([f"entra|{strange}"]) == []
    assert invocation.cloud.graph.asked == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5),
        (" 120 ", 120),
        ("0", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("\u0665", None),
        ("9" * 40, 999999999),
        ("1 Jan %s 0:00" % ("9" * 20), None),
    ],
)
def test_retry_after_in_seconds(value: str, seconds: float | None):
    assert retry_after(value, NOW) == seconds


def test_retry_after_as_a_date():
    later = (NOW + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert retry_after(later, NOW) == 90
    assert retry_after("Sat, 01 Jan 2000 00:00:00 GMT", NOW) == 0


def test_our_own_backoff_has_a_ceiling():
    assert [delay({}, attempt, 3.0, NOW) for attempt in (1, 2, 5, 20)] == [3, 6, 48, 60]


def test_no_token_is_trouble_of_graph_s_and_says_no_more_than_its_code(invocation: Invocation):
    def refuse(*_: str, **__: object) -> AccessToken:
        raise ClientAuthenticationError("AADSTS7000215: the secret hush is wrong")

    invocation.credential.get_token = refuse
    with pytest.raises(
        GraphUnavailable, match=r"^no token for Graph in tenant \S+ \(AADSTS7000215\): the application's secret is wrong.*not its id\)$"
    ):
        invocation.read()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": {"code": "Authentication_RequestFromUnsupportedUserRole"}}', "Authentication_RequestFromUnsupportedUserRole"),
        (b'{"error": {"code": "two\nlines"}}', ""),
        (b'{"error": "text"}', ""),
        (b"<html>", ""),
        (b"\xff", ""),
    ],
)
def test_an_error_code_is_logged_only_if_it_is_one(body: bytes, code: str):
    assert _code(body) == code


def test_a_date_without_a_zone_is_utc():
    assert retry_after((NOW + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S"), NOW) == 30
