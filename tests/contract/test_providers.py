"""The contract of a provider, asked of every provider in the catalogue through its own raw samples: records, evidence, documents."""

import json
from datetime import timedelta

import pytest
from msgspec import structs

from gatewatch import evidence as ev
from gatewatch.documents import alert_document, alert_from_document, evidence_document, evidence_from_document, fields_ecs
from gatewatch.documents.fields import OPAQUE, of
from gatewatch.familiarity import key_of, recognised, taught, teaches
from gatewatch.flow.decoding import event as decode
from gatewatch.flow.pipeline import process
from gatewatch.model import Event, Ignored, Outcome, RawRecord
from gatewatch.model.familiarity import Familiarity
from gatewatch.ports import AlertQuery
from gatewatch.providers.catalogue import KINDS, PROVIDERS, provider_of
from gatewatch.providers.ecs import at, leaves, nest
from gatewatch.providers.provider import Provider, Sample
from gatewatch.reading.fields import Fields
from gatewatch.tuning import Tuning
from tests.builders.common import NOON, activity
from tests.support.channels import NOW, bundle
from tests.support.samples import alert_of, each, every_kept, every_provider, every_sample, kept, raw, read

COMMON = {field.name for field in fields_ecs.COMMON}


# Recognising and ignoring


@every_sample
def test_a_provider_recognises_its_own_samples_and_no_others(provider, sample):
    answers = {one.name for one in PROVIDERS if one.recognise(Fields(dict(sample.record))) is not None}

    assert answers == {provider.name}


@every_sample
def test_a_sample_is_kept_or_ignored_as_it_says(sample, provider):
    found = decode(raw(sample))
    reason = found.reason if isinstance(found, Ignored) else ev.ignore_reason(found, Tuning())

    assert reason == sample.ignored


@every_provider
def test_every_reason_has_a_sample_and_every_sample_a_reason(provider):
    assert {sample.ignored for sample in provider.samples()} - {None} == provider.ignore_reasons


@every_provider
def test_whatever_is_missing_the_reason_is_one_of_the_provider(provider):
    """Each property of each sample is taken away, emptied, or given the value that it has in another sample."""
    reasons = {reason for sample in provider.samples() for reason in _reasons(provider, sample)}

    assert reasons - provider.ignore_reasons == set()


def _reasons(provider: Provider, sample: Sample):
    others = [dict(other.record) for other in provider.samples()]
    for name in sample.record:
        rest = {key: value for key, value in sample.record.items() if key != name}
        values = [other[name] for other in others if name in other]
        for record in (rest, *({**rest, name: value} for value in (None, "", {}, [], *values))):
            found = decode(RawRecord(data=record, tenant=sample.tenant))
            reason = found.reason if isinstance(found, Ignored) else ev.ignore_reason(found, Tuning()) if isinstance(found, Event) else None
            if reason is not None and (not isinstance(found, Event) or provider_of(found) is provider):
                yield reason


# Events and evidence


@every_provider
def test_the_samples_show_every_kind_of_event(provider):
    assert {event.kind for event in kept(provider)} == {detail.kind() for detail in provider.details}
    assert {event.kind for event in kept(provider)} <= KINDS


@every_kept
def test_a_vendor_id_says_whose_it_is(provider, sample):
    prefixes = {one.name: {event.vendor_id.partition("|")[0] for event in kept(one)} for one in PROVIDERS if one is not provider}

    prefix, _, rest = read(sample).vendor_id.partition("|")

    assert rest
    assert all(prefix not in others for others in prefixes.values())


@every_kept
def test_evidence_reads_back_equal(provider, sample):
    evidence = ev.make(read(sample), fetched=NOON, now=NOW)

    assert ev.decode(ev.encode(evidence)) == evidence
    assert evidence_from_document(json.loads(json.dumps(evidence_document(evidence)))) == evidence


@every_kept
def test_a_record_that_names_another_is_tied_to_it(provider, sample):
    named = {other.name: read(other) for other in provider.samples() if other.name == sample.wants}
    event = read(sample)

    assert [ev.wants(event)] == ([other.vendor_id for other in named.values()] or [None])
    assert all(set(ev.links(event)) & set(ev.links(other)) for other in named.values())


@every_provider
def test_a_provider_whose_records_change_shows_a_version_that_ends_the_risk(provider):
    changes = {provider.versioning.changing(event) is not None for event in kept(provider)}

    assert any(sample.closing for sample in provider.samples()) == (True in changes)


@pytest.mark.parametrize(("provider", "sample"), [one for one in each(kept=True) if one.values[1].closing])
def test_the_version_that_ends_the_risk_closes_the_alert_in_any_order(provider, sample):
    later = structs.replace(raw(sample), data=sample.closing, fetched=NOON + timedelta(hours=1))
    event = decode(later)
    forward, backward = bundle(), bundle()

    for record in (raw(sample), later):
        process([record], forward)
    for record in (later, raw(sample)):
        process([record], backward)

    assert [provider.versioning.closed(one, Tuning()) for one in (read(sample), event)] == [False, True]
    assert provider.versioning.changing(event) != provider.versioning.changing(read(sample))
    assert _snapshots(forward) == _snapshots(backward)
    assert [snapshot.open for snapshot in _snapshots(forward).values()] == [False]


@every_kept
def test_a_success_teaches_alike_in_one_batch_and_in_two(provider, sample):
    first = structs.replace(read(sample), outcome=Outcome.SUCCESS)
    place = structs.replace(first.place, country="ZZ", asn=64496)
    second = structs.replace(first, vendor_id=f"{first.vendor_id}-2", time=first.time + timedelta(days=8), place=place, client="another")
    key, nothing = key_of(first), Familiarity()

    together = taught(nothing, [first, second], NOW)
    apart = taught(taught(nothing, [second], NOW), [first], NOW)

    assert structs.replace(apart, former_days=(), former_beginning=None) == together
    known = {name for name, _ in provider.features(first)} if teaches(first) and key_of(second) == key else set()
    assert set(recognised(together, second).firsts) >= known & {"country", "network", "client"}


@every_provider
def test_some_sample_teaches_what_is_usual(provider):
    successes = [structs.replace(event, outcome=Outcome.SUCCESS) for event in kept(provider)]
    assert [event for event in successes if teaches(event) and provider.features(event)]


@every_provider
def test_the_size_of_the_batch_decides_nothing(provider):
    records = [raw(sample) for sample in provider.samples()]
    whole, single = bundle(), bundle()

    process(records, whole)
    for record in records:
        process([record], single)

    ids = {event.vendor_id for event in kept(provider)}
    assert _evidence(whole, ids) == _evidence(single, ids)
    assert _snapshots(whole) == _snapshots(single) != {}


def _evidence(ports, ids):
    return sorted(ports.store.evidence_of(ids), key=lambda item: item.id)


def _snapshots(ports):
    return {alert.id: alert.snapshot for alert in ports.store.search(AlertQuery(limit=100))}


# Documents


@every_kept
def test_a_document_names_the_account_and_the_provider(provider, sample):
    event = read(sample)
    evidence = evidence_document(ev.make(event, fetched=NOON, now=NOW))
    alert = alert_document(alert_of(provider, event))

    for document in (evidence, alert):
        assert at(document, "cloud.account.id") == sample.account
        assert at(document, "gatewatch.account") in {sample.account, sample.account or ""}
        assert at(document, "gatewatch.kind") in {detail.kind() for detail in provider.details}
    assert at(alert, "gatewatch.family") == at(alert, "rule.category") == provider.name
    assert provider.document.category
    assert provider.document.category in at(alert, "event.category")


@every_kept
def test_what_a_provider_writes_is_plain_ecs_or_in_its_mapping(provider, sample):
    event = read(sample)
    flat = provider.document.fields(event) | provider.document.linked_fields(activity(event, detections=(event,)))
    found = {name for name, _ in leaves(nest(flat), OPAQUE)}

    assert found - COMMON - {field.name for field in provider.document.mapping()} == set()
    assert {name for name in found if name.startswith(provider.document.namespaces)}


@every_kept
def test_an_alert_holds_fields_of_the_table_only_and_reads_back_equal(provider, sample):
    alert = alert_of(provider, read(sample))
    document = alert_document(alert)

    assert {name for name, _ in leaves(document, OPAQUE)} - {field.name for field in of("alert")} == set()
    assert alert_from_document(json.loads(json.dumps(document))) == alert
