"""The endpoint stream between its index and the poll: deadlines, outages, dead letters, all without a server."""

from datetime import UTC, datetime, timedelta

import pytest

from azure_function.endpoint import KNOWN_SINCE, EndpointPages, stream
from azure_function.endpoint_settings import EndpointSettings
from azure_function.settings import PollSettings
from gatewatch.errors import StoreUnavailable
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.poll import poll
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import Slice, fresh
from gatewatch.ports import AlertQuery, Ports
from gatewatch.providers.endpoint import search
from gatewatch.stores.elastic.index_days import Days
from gatewatch.stores.memory import MemoryStore
from tests.builders import endpoint
from tests.support.azure_memory import Clock, MemoryCheckpoint, MemoryDeadLetters

START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
STREAM = stream(EndpointSettings(), PollSettings())


def started(minutes, **changes):
    return endpoint.started(f"p{minutes}", START + timedelta(minutes=minutes), "az login", **changes)


class Events:
    """Process events in a list: a page each, every page taking its time; away when told."""

    def __init__(self, clock, documents, *, seconds=0.0, away=()):
        self.clock, self.documents, self.seconds, self.away = clock, documents, seconds, list(away)

    def pages(self, since, until):
        for document in self.documents:
            if not since <= datetime.fromisoformat(document["@timestamp"]) <= until:
                continue
            self.clock.advance(seconds=self.seconds)
            if self.away:
                raise self.away.pop()
            yield [RawRecord(data=document, fetched=self.clock(), origin="elastic:test")]


class Stage:
    def __init__(self, documents, **more):
        self.clock, self.store, self.checkpoint, self.dead_letters = Clock(START), MemoryStore(), MemoryCheckpoint(), MemoryDeadLetters()
        self.events = Events(self.clock, documents, **more)

    def poll(self, seconds=240):
        ports = Ports(store=self.store, clock=self.clock)
        deadline = Deadline(self.clock, self.clock() + timedelta(seconds=seconds))
        return poll(STREAM, Dependencies(EndpointPages(self.events), self.checkpoint, self.dead_letters, ports, deadline))

    @property
    def watermark(self):
        return self.checkpoint.rows["endpoint"].watermark

    def stored(self):
        return sorted(e.event.vendor_id for e in self.store._evidence.values())


def test_the_watermark_never_passes_now():
    stage = Stage([started(-10), started(20)])
    stage.poll()
    assert (stage.stored(), stage.watermark) == (["endpoint|p-10"], START - timedelta(seconds=90))
    assert fresh(STREAM, stage.watermark, START - timedelta(hours=1)).end < START - timedelta(hours=1)


def test_a_run_that_ends_before_its_events_do_goes_on_in_shorter_slices():
    stage = Stage([started(-minute) for minute in range(60, 0, -10)], seconds=100)
    assert stage.poll().state == "unfinished"
    for _ in range(40):
        stage.clock.advance(minutes=1)
        if stage.poll().state == "done":
            break
    assert stage.stored() == sorted(f"endpoint|p-{minute}" for minute in range(60, 0, -10))


def test_an_index_that_is_away_holds_the_watermark_and_loses_nothing():
    stage = Stage([started(-10)], away=[StoreUnavailable("Elasticsearch is not available")])
    with pytest.raises(StoreUnavailable):
        stage.poll()
    assert stage.watermark < START - timedelta(minutes=10)
    assert stage.checkpoint.rows["endpoint"].locked_until is None
    stage.poll()
    assert stage.stored() == ["endpoint|p-10"]


def test_a_search_that_the_deadline_cuts_off_is_unfinished_and_no_failure():
    stage = Stage([started(-10)], seconds=300, away=[StoreUnavailable("the time of this call is used up")])
    assert stage.poll().state == "unfinished"


def test_a_document_that_is_none_goes_to_the_dead_letters_once():
    stage = Stage([{"@timestamp": (START - timedelta(minutes=9)).isoformat(), "foo": 1}, started(-8)])
    for _ in range(3):
        stage.clock.advance(minutes=1)
        stage.poll()
    assert stage.stored() == ["endpoint|p-8"]
    assert [(data, reason) for data, reason, _ in stage.dead_letters.kept] == [(stage.events.documents[0], "unrecognised_record")]


class Hosts:
    """Counts which spans are asked for, and answers with one host and a bucket without any."""

    def __init__(self):
        self.asked = []

    def days(self, since, until):
        self.asked.append((since, until))
        yield [Days({"host.id": "h17", "host.name": "ws-17"}, since, until), Days({"host.id": None, "host.name": None}, since, until)]


@pytest.mark.parametrize(
    ("start", "end", "asked"),
    [
        pytest.param(START, START + timedelta(hours=1), 0, id="within a day"),
        pytest.param(START + timedelta(hours=11, minutes=30), START + timedelta(hours=12, minutes=30), 1, id="over midnight"),
    ],
)
def test_once_a_day_hosts_are_learnt_without_reading_their_processes(start, end, asked):
    hosts, clock = Hosts(), Clock(START)
    pages = EndpointPages(Events(clock, [started(730)]), hosts, search.host_record)

    found = [record.data for page in pages.pages(STREAM, Slice(start, end), Deadline(clock, START + timedelta(days=9))) for record in page]

    assert hosts.asked == [(end - KNOWN_SINCE, end)] * asked
    assert [data["process"]["name"] for data in found] == ["first-of-host", "az"][1 - asked :][: len(found)]


def test_a_tool_is_first_on_a_host_that_only_the_aggregation_knows():
    store, clock = MemoryStore(), Clock(START + timedelta(days=1))
    ports = Ports(store=store, clock=clock)
    deadline = Deadline(clock, clock() + timedelta(minutes=4))
    pages = EndpointPages(Events(clock, [started(730)]), Hosts(), search.host_record)
    span = Slice(START + timedelta(hours=11), START + timedelta(hours=13))
    for page in pages.pages(STREAM, span, deadline):
        process(page, ports)

    (alert,) = store.search(AlertQuery())
    assert (alert.snapshot.score, alert.snapshot.rule) == (36, "endpoint_cloud_cli_auth")
