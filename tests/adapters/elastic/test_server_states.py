"""States that operators and calendars bring about, on a real server: blocks, closed indices, rollovers, months, keys that end."""

from datetime import UTC, datetime, timedelta

import pytest

from gatewatch.errors import StoreUnavailable
from gatewatch.flow.pipeline import process
from gatewatch.flow.policy import begin
from gatewatch.model import RawRecord
from gatewatch.model.tokens import principal_token
from gatewatch.ports import AlertWrite, Appended, Ports, StateKey, Written
from gatewatch.stores.elastic import Authorization, ElasticStore
from gatewatch.stores.elastic.bulk import BulkStatus, Op, bulk
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.roles import KeyRole, api_key
from tests.builders.alerts import alert, key
from tests.builders.aws import envelope, login, many, user_record
from tests.builders.common import NOON, ids, minutes, stored
from tests.builders.entra import detection, sign_in

pytestmark = pytest.mark.elastic

ALICE = principal_token(login())


class Place:
    """One store's own indices, and an administrator beside it."""

    def __init__(self, elastic, name):
        self.name = elastic.place(name)
        self.store = elastic.store(name)
        self.admin = elastic.admin()
        self.stream = f"logs-gatewatch.signin-{self.name}"
        self.month = f"gatewatch-alerts-{self.name}-2026.03"

    def block(self, index, value, name="blocks.write"):
        self.admin.json("PUT", f"/{index}/_settings", {"index": {name: value}})

    def backing(self):
        held = self.admin.json("GET", f"/{self.stream}/_mapping", params={"expand_wildcards": "all"}).body
        return sorted(held)


@pytest.fixture
def place(elastic_server, request):
    made = Place(elastic_server, "".join(dead_letter for dead_letter in request.node.name.lower() if dead_letter.isalnum())[-40:])
    yield made
    made.store.close()
    made.admin.close()


def found(store):
    return store.context([ALICE], [(minutes(-600), minutes(600))], ()).evidence


@pytest.mark.parametrize("block", ["blocks.write", "blocks.read_only_allow_delete"])
def test_a_read_only_index_waits_and_then_takes_all(place, block):
    first, second = many(2)
    place.store.append([first])
    place.block(place.backing()[0], True, block)
    with pytest.raises(StoreUnavailable):
        place.store.append([second])
    assert ids(found(place.store)) == [first.id]
    place.block(place.backing()[0], None, block)
    assert [result.status for result in place.store.append([first, second])] == [Appended.DUPLICATE, Appended.CREATED]


def test_a_closed_month_waits(place):
    place.store.write_alerts([AlertWrite(alert(), None)])
    place.admin.json("POST", f"/{place.month}/_close")
    with pytest.raises(StoreUnavailable):
        place.store.write_alerts([AlertWrite(alert(key("bob")), None)])
    with pytest.raises(StoreUnavailable):
        place.store.read_alerts([key()])
    place.admin.json("POST", f"/{place.month}/_open", params={"wait_for_active_shards": "1"})
    assert place.store.write_alerts([AlertWrite(alert(key("bob")), None)]) == [Written.DONE]


def test_a_rollover_in_the_middle_of_a_group(place):
    """Ids are unique in one backing index only: a redelivery is stored again, and read once."""
    first, second = many(2)
    place.store.append([first])
    place.admin.json("POST", f"/{place.stream}/_rollover")
    assert [result.status for result in place.store.append([first, second])] == [Appended.CREATED, Appended.CREATED]
    assert len(place.backing()) == 2
    assert [item.id for item in found(place.store)] == ids([first, second])
    assert place.store.evidence_of(["aws|00000001"]) == [first]


def test_a_month_boundary_in_the_middle_of_a_chunk(place):
    march, april = key(day="2026-03-31"), key(day="2026-04-01")
    late = stored(login(1, at=NOON.replace(day=31, hour=23, minute=59)))
    early = stored(login(2, at=NOON.replace(day=31, hour=23, minute=59) + timedelta(minutes=2)))
    place.store.append([late, early])
    assert place.store.write_alerts([AlertWrite(alert(march), None), AlertWrite(alert(april), None)]) == [Written.DONE] * 2
    assert set(place.store.read_alerts([march, april])) == {march, april}
    held = place.admin.json("GET", f"/gatewatch-alerts-{place.name}-*/_mapping").body
    assert sorted(held) == [place.month, place.month.removesuffix("03") + "04"]


def test_a_key_that_ends_in_the_middle(place, elastic_server):
    if not elastic_server.server.elastic:
        pytest.skip("this distribution of OpenSearch has no keys")
    made = place.admin.json("POST", "/_security/api_key", api_key(Names(place.name), KeyRole.HOST_AWS, "ending")).body
    client = elastic_server.client(Authorization.api_key(made["encoded"]))
    store = ElasticStore(client, namespace=place.name)
    first, second = many(2)
    store.append([first])
    place.admin.json("DELETE", "/_security/api_key", {"ids": [made["id"]]})
    with pytest.raises(StoreUnavailable, match="401") as caught:
        store.append([second])
    store.close()
    assert made["encoded"] not in str(caught.value)
    assert [result.status for result in place.store.append([first, second])] == [Appended.DUPLICATE, Appended.CREATED]


def test_one_refused_document_leaves_its_neighbours(place, elastic_server):
    client = elastic_server.client()
    good = b'{"@timestamp":"2026-03-14T12:00:00Z","message":"m"}'
    bad = b'{"@timestamp":"2026-03-14T12:00:00Z","event":"an object in the mapping, a hidden-word here"}'
    ops = [Op(index=place.stream, id=str(number), document=document) for number, document in enumerate([good, bad, good])]
    items = bulk(client, ops)
    client.close()
    assert [item.status for item in items] == [BulkStatus.DONE, BulkStatus.REFUSED, BulkStatus.DONE]
    assert "hidden-word" not in items[1].reason


def test_an_id_too_long_is_refused_alone(place, elastic_server):
    client = elastic_server.client()
    document = b'{"@timestamp":"2026-03-14T12:00:00Z"}'
    items = bulk(client, [Op(index=place.stream, id=name, document=document) for name in ("a", "x" * 513, "b")])
    client.close()
    assert [item.status for item in items] == [BulkStatus.DONE, BulkStatus.REFUSED, BulkStatus.DONE]


def test_a_document_that_does_not_parse_as_time_or_address_is_still_taken(place):
    """``ignore_malformed``: one bad field must not cost the document."""
    event = login(person="x", place=login().place.__class__(address="not an address", country="SE"))
    assert [result.status for result in place.store.append([stored(event)])] == [Appended.CREATED]


class Counting:
    """What a store asks of its server."""

    def __init__(self, store):
        self.store, self.client = store, store.client

    def calls(self, method, *arguments):
        before = self.client.calls
        getattr(self.store, method)(*arguments)
        return self.client.calls - before


def test_each_step_is_one_round_trip(place):
    counting = Counting(place.store)
    people = [login(n, principal=f"111122223333/u{n}", person=f"u{n}", vendor_id=f"aws|{n}") for n in range(30)]
    tokens = [principal_token(event) for event in people]
    groups = [key(event.principal) for event in people]
    assert counting.calls("read_state", groups, [StateKey("familiarity", f"familiar:{token}") for token in tokens]) == 1
    assert counting.calls("append", [stored(event) for event in people]) == 1
    assert counting.calls("read_alerts", groups) == 1
    assert counting.calls("context", tokens, [(minutes(-600), minutes(600))], [f"id:{event.vendor_id}" for event in people]) == 1
    assert counting.calls("write_alerts", [AlertWrite(alert(group), None) for group in groups]) == 1
    assert counting.calls("pending", 10) == 1
    assert counting.calls("evidence_of", [event.vendor_id for event in people]) == 1


def raw(number, **changes):
    return RawRecord(data=envelope(user_record(f"u{number}", **changes)), origin=str(number))


MFA = {"additionalEventData": {"MFAUsed": "Yes"}}


@pytest.mark.parametrize(
    ("changes", "calls"),
    [
        pytest.param(MFA, 5, id="familiarity read and taught, evidence, alerts, context when no alert changes"),
        pytest.param({}, 8, id="and write, read again when one does"),
    ],
)
def test_the_round_trips_of_a_chunk(place, changes, calls):
    now = datetime.now(UTC)
    counting = Counting(place.store)
    ports = begin(Ports(store=place.store, clock=lambda: now))
    before = counting.client.calls
    done = process([raw(number, **changes) for number in range(60)], ports)
    assert counting.client.calls - before == calls
    assert len(done.alerts) == (0 if changes else 60)


@pytest.fixture
def busy(place):
    """2,300 logins of two people: more than a page; one of them above the bound."""
    alice = many(1_300)
    bob = many(1_000, first=5_000, principal="111122223333/bob", person="bob")
    for start in range(0, 1_300, 500):
        place.store.append(alice[start : start + 500])
    for start in range(0, 1_000, 500):
        place.store.append(bob[start : start + 500])
    return alice[300:] + bob


def test_a_neighbourhood_of_several_pages_is_whole(place, busy):
    counting = Counting(place.store)
    asked = ([ALICE, "person:bob"], [(minutes(-600), minutes(600))], ())
    assert counting.calls("context", *asked) == 2
    read = place.store.context(*asked)
    assert ([item.id for item in read.evidence], read.truncated) == (ids(busy), {ALICE})


def test_more_than_a_worker_should_hold_is_read_by_token(place, busy, elastic_server):
    streams = elastic_server.server.elastic
    small = ElasticStore(elastic_server.client(), namespace=place.name, data_streams_only=streams, most_documents=500)
    read = small.context([ALICE, "person:bob"], [(minutes(-600), minutes(600))], ("id:aws|00000001",))
    small.close()
    assert ([item.id for item in read.evidence], read.truncated) == (ids([*busy, stored(many(1)[0].event)]), {ALICE})


def test_unresolved_detections_behind_a_page_of_resolved_ones(place):
    """1,000 detections name a sign-in that is there; the one that names another came last."""
    place.store.append([stored(sign_in("R-1"))])
    for start in range(0, 1_000, 500):
        place.store.append([stored(detection(n, request="R-1"), ingested=minutes(1)) for n in range(start, start + 500)])
    place.store.append([stored(detection(5_000, request="R-2"), ingested=minutes(2))])
    assert place.store.unresolved(minutes(0), 10) == ["entra|r-2"]
