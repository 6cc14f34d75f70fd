"""Gatewatch's own documents as input."""

import json

import pytest
from msgspec import structs

from gatewatch import evidence as ev
from gatewatch.documents import alert_document, evidence_document
from gatewatch.flow.decoding import decode, decoded
from gatewatch.flow.replay import replay
from gatewatch.model import Event, Ignored, RawRecord, Refused
from gatewatch.ports import AlertQuery
from tests.builders.common import NOON
from tests.support.aws_forms import ROOT_LOGIN
from tests.support.channels import NOW, bundle


@pytest.fixture
def evidence():
    event = decode(RawRecord(data=dict(ROOT_LOGIN)))[0]
    assert isinstance(event, Event)
    return ev.make(event, fetched=NOON, now=NOW)


@pytest.fixture
def hit(evidence):
    return {"_index": ".ds-logs-gatewatch.signin-default", "_id": "0", "_source": json.loads(json.dumps(evidence_document(evidence)))}


def run(*records):
    ports = bundle()
    return replay(lambda: [RawRecord(data=record, origin="x") for record in records], ports), ports.store


def test_evidence_is_stored_under_its_own_id_and_alerts_again(evidence, hit):
    done, store = run(hit)

    assert done.counts == {"stored": 1}
    assert [alert.rule for alert in store.search(AlertQuery())] == ["aws_root_console_login"]
    assert store.append([evidence])[0].status.value == "duplicate"


def test_evidence_and_the_record_it_was_made_of_are_one_event(hit):
    done, store = run(hit, dict(ROOT_LOGIN))

    assert [alert.snapshot.event_count for alert in store.search(AlertQuery())] == [1]
    assert sum(done.counts.values()) == 2


def test_the_id_of_located_evidence_is_kept(evidence, hit):
    place = structs.replace(evidence.event.place, country="SE", asn=29518)
    located = structs.replace(evidence, event=structs.replace(evidence.event, place=place))
    found = decoded(RawRecord(data={"_source": json.loads(json.dumps(evidence_document(located)))}))

    assert found.found == (located.event,)
    assert (found.raw_of(0).evidence_id, found.raw_of(0).fetched) == (evidence.id, NOON)


def test_a_search_answer_gives_each_document_its_own_id(evidence, hit):
    event = structs.replace(evidence.event, vendor_id="aws|other")
    other = ev.make(event, fetched=None, now=NOW)
    second = {"_source": json.loads(json.dumps(evidence_document(other)))}
    found = decoded(RawRecord(data={"hits": {"hits": [hit, second, dict(ROOT_LOGIN)]}}, origin="x"))

    assert [found.raw_of(place).evidence_id for place in range(3)] == [evidence.id, other.id, ""]
    assert found.raw_of(1).fetched == other.ingested


def test_an_id_that_does_not_fit_is_not_believed(evidence, hit):
    """A forged document with the id of real evidence would make that a duplicate."""
    typed = hit["_source"]["gatewatch"]["evidence"]
    typed["event"]["principal"] = "nobody in particular"
    done, store = run(hit, dict(ROOT_LOGIN))

    assert done.counts == {"stored": 2}
    assert store.append([evidence])[0].status.value == "duplicate"


def test_a_document_from_before_the_detail_had_one_name_is_read(evidence, hit):
    typed = hit["_source"]["gatewatch"]["evidence"]
    detail = typed["event"].pop("detail")
    typed["event"] |= {"kind": detail.pop("kind"), "aws": detail}

    assert decode(RawRecord(data=hit)) == [evidence.event]


def test_broken_evidence_is_refused_by_name(hit):
    hit["_source"]["gatewatch"]["evidence"] = {"id": 1}

    (found,) = decode(RawRecord(data=hit))
    assert isinstance(found, Refused)
    assert found.reason == "evidence_document_unreadable"


def test_a_document_without_evidence_is_ignored_by_name(hit):
    done, store = run(hit)
    (alert,) = store.search(AlertQuery())

    assert done.counts == {"stored": 1}
    assert decode(RawRecord(data=alert_document(alert))) == [Ignored(origin="", reason="gatewatch_document_without_evidence")]
