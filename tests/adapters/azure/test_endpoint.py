"""The endpoint stream over a real Elasticsearch: three agents' shapes, their own mappings, a key that may read and nothing else."""

import base64
import json
import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from uuid import uuid4

import pytest

from azure_function.endpoint import EndpointPages, stream
from azure_function.endpoint_settings import EndpointSettings
from azure_function.settings import PollSettings
from azure_function.wiring import endpoint_session
from gatewatch.errors import StoreUnavailable
from gatewatch.evidence import ignore_reason
from gatewatch.flow.decoding import event
from gatewatch.model import Event, RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.poll import poll
from gatewatch.polling.ports import Dependencies
from gatewatch.ports import AlertQuery, Ports
from gatewatch.providers.endpoint import search
from gatewatch.stores.elastic import Authorization
from gatewatch.stores.elastic.client import NDJSON
from gatewatch.stores.elastic.index_days import IndexDays
from gatewatch.stores.elastic.index_pages import IndexPages, reader_key
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from scripts.local_cloud.fake_cloud.server import FakeCloud
from tests.builders import endpoint
from tests.builders.common import detail
from tests.elastic_server.fixtures import RUN, elastic_server
from tests.support.azure_memory import Clock, MemoryCheckpoint, MemoryDeadLetters, Sink

__all__ = ["elastic_server"]

pytestmark = pytest.mark.elastic

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
PATTERNS = (f"logs-endpoint.events.process-{RUN}*", f"winlogbeat-{RUN}*", f"auditbeat-{RUN}*")
DEFEND, WINLOGBEAT, AUDITBEAT = (f"{name.removesuffix('*')}.test" for name in PATTERNS)
AZ = r'"C:\Program Files\Microsoft SDKs\Azure\CLI2\wbin\az.cmd" login'
ENCODED = "powershell.exe -enc " + base64.b64encode("Connect-AzAccount".encode("utf-16-le")).decode()
LONG = "bash -c 'true " + "x" * 4000 + "; az login'"
# As Elastic's own templates map text that nobody searches word by word.
MAPPINGS = {
    "dynamic_templates": [{"texts": {"match_mapping_type": "string", "mapping": {"type": "keyword", "ignore_above": 1024}}}],
    "properties": {"@timestamp": {"type": "date"}},
}


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


def defend(number, line, name="bash", minutes=10.0, **changes):
    """As Elastic Defend writes it."""
    return endpoint.started(f"defend-{number}", ago(minutes), line, name, **{"host": {"id": "h1", "name": "ws-1"}, **changes})


def sysmon(line, image=r"C:\Windows\System32\cmd.exe", minutes=11.0, **changes):
    return endpoint.sysmon(line, image, ago(minutes), **changes)


def audit(args, name="aws", minutes=12.0, **changes):
    return endpoint.audit(args, name, ago(minutes), **changes)


WANTED = [
    (DEFEND, defend(1, "az login --use-device-code", "az")),
    (DEFEND, defend(2, LONG)),
    (WINLOGBEAT, sysmon(f"cmd.exe /c {AZ}")),
    (WINLOGBEAT, defend(3, ENCODED, "POWERSHELL.EXE", event={"category": "Process", "type": "START", "id": "winlogbeat-3"})),
    (AUDITBEAT, audit(["aws", "sts", "get-caller-identity"])),
]
UNWANTED = [
    (DEFEND, defend(11, "chrome --type=renderer", "chrome")),
    (DEFEND, defend(12, "az login", "az", event={"category": ["process"], "type": ["end"], "id": "defend-12"})),
    (DEFEND, defend(13, 'git commit -m "az login"', "git")),
    (DEFEND, defend(14, "az login", "az", event={"category": ["process"], "type": ["start"], "module": "gatewatch"})),
    (WINLOGBEAT, sysmon("notepad.exe", r"C:\Windows\notepad.exe")),
    (WINLOGBEAT, sysmon("az login", winlog={"event_id": "1", "provider_name": "Microsoft-Windows-Kernel-General"}, event={"code": "1"})),
    (AUDITBEAT, {"@timestamp": ago(5).isoformat(), "event": {"category": ["network"], "type": ["start"]}, "process": {"name": "az"}}),
]
JUDGED = [(DEFEND, defend(21, "bash backup.sh"))]
"""What only reading the command line can tell from a login."""


@pytest.fixture(scope="module")
def secured(elastic_server):
    if not elastic_server.server.elastic:
        pytest.skip("this distribution of OpenSearch has no security to prove")
    return elastic_server


@pytest.fixture(scope="module")
def admin(secured):
    client = secured.admin()
    body = {"priority": 900, "template": {"mappings": MAPPINGS}}
    client.json("PUT", f"/_index_template/endpoint-{RUN}", {**body, "index_patterns": [PATTERNS[0]], "data_stream": {}})
    client.json("PUT", f"/_index_template/beats-{RUN}", {**body, "index_patterns": list(PATTERNS[1:])})
    yield client
    client.json("DELETE", f"/_data_stream/{PATTERNS[0]}", accept=(400, 404))  # the bare distribution cannot: its server ends with us
    for pattern in PATTERNS[1:]:
        for name in client.json("GET", f"/{pattern}", params={"expand_wildcards": "all"}).body:
            client.json("DELETE", f"/{name}")
    client.json("DELETE", f"/_index_template/beats-{RUN}")
    client.json("DELETE", f"/_index_template/endpoint-{RUN}", accept=(400,))  # still in use where the data stream stays
    client.close()


@pytest.fixture(scope="module")
def index(admin):
    """Writes documents as an agent does."""

    def write(*documents):
        for name, document in documents:
            admin.json("POST", f"/{name}/_doc", document, params={"refresh": "true", "op_type": "create"})

    return write


@pytest.fixture(scope="module")
def agents(index):
    """What three agents shipped."""
    index(*WANTED, *UNWANTED, *JUDGED)


@pytest.fixture
def reader(secured):
    """A client with the shipped key, for this run's patterns."""
    opened = []

    def make(patterns=PATTERNS):
        key = secured.server.key(reader_key(patterns, "endpoint")["role_descriptors"])
        opened.append(secured.client(Authorization.api_key(key)))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


class Stage:
    """One function app whose store is in memory and whose endpoints are real."""

    def __init__(self, client, size=100, tuning=None):
        self.clock, self.store, self.checkpoint, self.dead_letters = Clock(NOW), MemoryStore(), MemoryCheckpoint(), MemoryDeadLetters()
        self.tuning = tuning or Tuning()
        self.pages = EndpointPages(IndexPages(client, PATTERNS, query=search.starts, clock=self.clock, size=size))

    def poll(self):
        ports = Ports(store=self.store, clock=self.clock, tuning=self.tuning, channels=("teams",), notifiers={"teams": Sink()})
        deadline = Deadline(self.clock, self.clock() + timedelta(minutes=4))
        settings = PollSettings(first_look_back_hours=2, end_delay_seconds=0)
        return poll(stream(EndpointSettings(), settings), Dependencies(self.pages, self.checkpoint, self.dead_letters, ports, deadline))

    def tools(self):
        return sorted(detail(e.event).tool for e in self.store._evidence.values())


LOGINS = ["Connect-AzAccount", "aws sts get-caller-identity", "az login", "az login", "az login"]


def test_three_agents_one_key_and_every_login_once(agents, reader):
    stage = Stage(reader(), size=2)
    report = stage.poll()
    assert (report.state, stage.tools(), stage.dead_letters.kept) == ("done", LOGINS, [])
    assert report.counts == {
        "read": len(WANTED) + len(JUDGED), "unchanged": 0, "stored": len(WANTED), "ignored:process_not_a_cloud_cli_login": len(JUDGED),
        "damaged": 0, "alerts_written": 4, "notified": 1,
    }  # fmt: skip
    alerts = stage.store.search(AlertQuery())
    assert {(alert.rule, alert.score) for alert in alerts} == {("endpoint_cloud_cli_auth", 21), ("endpoint_cloud_cli_auth", 31)}


def test_the_first_moment_of_every_host_is_counted_by_the_server(agents, reader):
    hosts = IndexDays(reader(), PATTERNS, query=search.host_days, fields=search.HOST_FIELDS)
    found = {each.values["host.name"]: (each.values["host.id"], each.first) for page in hosts.days(ago(60), NOW) for each in page}
    assert set(found) == {"ws-1", "ws-2", "srv-3"}
    assert (found["ws-1"][0], found["ws-1"][1] <= ago(10), found["ws-2"][0]) == ("h1", True, None)


def test_the_overlap_doubles_nothing(agents, reader):
    stage = Stage(reader())
    stage.poll()
    before = stage.store.search(AlertQuery())
    for _ in range(3):
        stage.clock.advance(minutes=5)
        report = stage.poll()
    assert (report.counts["read"], report.counts["unchanged"]) == (len(WANTED) + len(JUDGED), len(WANTED))
    assert (stage.tools(), stage.store.search(AlertQuery())) == (LOGINS, before)


def test_a_document_that_its_machine_ships_late_is_found(agents, index, reader):
    stage = Stage(reader())
    stage.poll()
    stage.clock.advance(minutes=5)
    index((AUDITBEAT, audit(["gcloud", "auth", "login"], "gcloud", minutes=90)))
    stage.poll()
    assert stage.tools() == sorted([*LOGINS, "gcloud auth login"])
    assert stage.checkpoint.rows["endpoint"].watermark <= stage.clock()


def test_the_watermark_stays_while_the_index_is_away(agents, reader, secured):
    away = Stage(secured.client(Authorization.api_key(base64.b64encode(b"no:key").decode())))
    with pytest.raises(StoreUnavailable, match="401"):
        away.poll()
    assert away.checkpoint.rows["endpoint"].watermark is None
    away.pages = Stage(reader()).pages
    away.poll()
    assert set(LOGINS) <= set(away.tools())


def test_a_key_that_may_not_read_is_noticed(agents, reader, caplog):
    caplog.set_level(logging.WARNING)
    stage = Stage(reader((f"other-{RUN}*",)))
    stage.poll()
    assert stage.tools() == []
    assert "no index matches" in caplog.text
    assert "the key may not read it" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("POST", f"/{AUDITBEAT}/_doc", {"@timestamp": ago(1).isoformat()}, id="write"),
        pytest.param("DELETE", f"/{AUDITBEAT}", None, id="delete an index"),
        pytest.param("POST", "/logs-gatewatch.signin-default/_search", {}, id="read evidence"),
        pytest.param("PUT", f"/{AUDITBEAT}/_mapping", {"properties": {"x": {"type": "keyword"}}}, id="change a mapping"),
        pytest.param("GET", "/_cluster/health", None, id="look at the cluster"),
    ],
)
def test_the_key_may_do_nothing_else(agents, reader, method, path, body):
    with pytest.raises(StoreUnavailable, match="403"):
        reader().json(method, path, body)


@pytest.fixture
def environment(secured, storage, tmp_path, monkeypatch):
    """A function app with its storage, whose endpoints are in this Elasticsearch and whose alerts are in a file."""
    with FakeCloud() as cloud:
        for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
            monkeypatch.setenv(name, cloud.environment()[name])
        yield {
            **cloud.environment(),
            **storage.environment(f"t{uuid4().hex}"),
            "GATEWATCH_STORE": f"sqlite:{tmp_path / 's.sqlite'}",
            "ENDPOINT_INDICES": ",".join(PATTERNS),
            "ENDPOINT_ELASTIC_URL": secured.server.url,
            "ENDPOINT_ELASTIC_CA_FILE": str(secured.server.ca),
            "ENDPOINT_ELASTIC_API_KEY": secured.server.key(reader_key(PATTERNS, "endpoint")["role_descriptors"]),
        }


def test_the_wired_stream_from_its_settings_to_its_evidence(environment, index):
    shipped = audit(["az", "login"], "az", **{"@timestamp": (datetime.now(UTC) - timedelta(minutes=5)).isoformat()})
    index((AUDITBEAT, shipped))
    for stored in (1, 0):
        with endpoint_session("w", environment) as here:
            report = poll(here.streams["endpoint"], here.needs)
        assert (report.state, report.counts.get("stored", 0)) == ("done", stored)


def test_nothing_is_opened_while_the_stream_is_off(environment):
    with endpoint_session("w", {**environment, "ENDPOINT_INDICES": ""}) as here:
        assert here is None


NAMES = ["az", "AZ.CMD", "python3.11", "cmd.exe", "PowerShell.exe", "-bash", "git", "", None]
LINES = [
    "az  login", AZ, "python3.11 -Im azure.cli login", ENCODED, "sh -c 'a''z login'", LONG, "aws\tsts x", 'git commit -m "gcloud auth login"',
    "notepad", None,
]  # fmt: skip


def shapes(name, line):
    """The same start as several agents would say it, some fields missing."""
    given = {"name": name, "command_line": line, "args": (line or "aws sts x").split()}
    yield defend(0, "x", process={key: value for key, value in given.items() if value is not None})
    yield defend(0, "x", process={"executable": f"/opt/bin/{name}", "command_line": line} if name and line else {"args": given["args"]})
    yield defend(0, "x", event={"action": "Process-Created"}, process={key: value for key, value in given.items() if value is not None})
    yield sysmon(line or "x", f"C:\\x\\{name}") if name else sysmon(line or "x", "")
    yield sysmon(line or "x", event={"code": 4688, "provider": "x"}, winlog={
        "event_id": 4688, "provider_name": "Microsoft-Windows-Security-Auditing", "computer_name": "c", "event_data": {"CommandLine": line or "x"},
    })  # fmt: skip


@pytest.mark.parametrize("mode", ["precise", "wildcard"])
def test_the_search_finds_whatever_the_source_would_keep(admin, reader, mode):
    documents = [document for name, line in product(NAMES, LINES) for document in shapes(name, line)]
    name = f"winlogbeat-{RUN}-{mode}.law"
    for number, document in enumerate(documents):
        document["labels"] = {"n": number}
    lines = [part for document in documents for part in ({"create": {}}, document)]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    assert admin.send("POST", f"/{name}/_bulk", body, NDJSON, params={"refresh": "true"}).body["errors"] is False
    events = IndexPages(reader(), (name,), query=partial(search.starts, anywhere=mode == "wildcard"), clock=lambda: NOW, size=200)
    found = [record.data["labels"]["n"] for page in events.pages(NOW - timedelta(hours=1), NOW) for record in page]
    admin.json("DELETE", f"/{name}")
    tuning = Tuning(endpoint_mode=mode)
    wanted = {n for n, document in enumerate(documents) if kept(document, tuning)}
    assert len(found) == len(set(found))
    assert len(wanted) > 50
    assert wanted - set(found) == set()
    assert len(found) < len(documents)


def kept(document, tuning):
    decoded = event(RawRecord(data=document, fetched=NOW))
    return isinstance(decoded, Event) and ignore_reason(decoded, tuning) is None
