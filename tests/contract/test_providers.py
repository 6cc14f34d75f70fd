"""The contract of a provider, asked of every provider in the catalogue through its own raw samples."""

import json
from datetime import timedelta

import pytest
from msgspec import structs

from gatewatch import evidence as ev
from gatewatch.documents import alert_document, alert_from_document, evidence_document, evidence_from_document, fields_ecs
from gatewatch.documents.fields import OPAQUE, of
from gatewatch.documents.rule_metadata import first_steps
from gatewatch.flow.decoding import event as decode
from gatewatch.flow.history import with_facts
from gatewatch.flow.pipeline import process
from gatewatch.model import Event, GroupKey, Ignored, Outcome, RawRecord
from gatewatch.notify import text
from gatewatch.notify.steps import next_steps
from gatewatch.ports import AlertQuery, Notice
from gatewatch.providers.catalogue import BY_ID, CORRELATION, KINDS, PROVIDERS, provider_of
from gatewatch.providers.ecs import at, leaves, nest
from gatewatch.providers.provider import Provider, Sample
from gatewatch.reading.fields import Fields
from gatewatch.tuning import Tuning
from tests.builders import alerts
from tests.builders.common import NOON, activity
from tests.support.channels import NOW, bundle

COMMON = {field.name for field in fields_ecs.COMMON}


def each(*, ignored: bool | None = None):
    """Every sample of every provider, by name: those that are ignored, those that are not, or all."""
    return [
        pytest.param(provider, sample, id=f"{provider.name}: {sample.name}")
        for provider in PROVIDERS
        for sample in provider.samples()
        if ignored is None or (sample.ignored is not None) is ignored
    ]


every_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
every_sample = pytest.mark.parametrize(("provider", "sample"), each())
every_kept = pytest.mark.parametrize(("provider", "sample"), each(ignored=False))
every_rule = pytest.mark.parametrize("rule", BY_ID.values(), ids=lambda rule: rule.id)


def raw(sample: Sample) -> RawRecord:
    return RawRecord(data=sample.record, tenant=sample.tenant, fetched=NOON)


def read(sample: Sample) -> Event:
    found = decode(raw(sample))
    assert isinstance(found, Event), found
    return found


def kept(provider: Provider) -> list[Event]:
    return [read(sample) for sample in provider.samples() if sample.ignored is None]


def alert_of(provider: Provider, event: Event):
    """An alert of the provider's first rule on this event, whether or not that rule would fire."""
    group = GroupKey(provider.name, event.account or "", event.principal, "2026-11-20")
    return alerts.alert(group, event=event, rule=provider.rules[0].id)


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


@every_provider
def test_a_provider_that_teaches_has_a_sample_that_does(provider):
    assert any(ev.taught(event) for event in kept(provider)) == bool(provider.teaching)


@every_kept
def test_a_success_teaches_alike_in_one_batch_and_in_two(provider, sample):
    first = structs.replace(read(sample), outcome=Outcome.SUCCESS)
    place = structs.replace(first.place, country="ZZ", asn=64496)
    second = structs.replace(first, vendor_id=f"{first.vendor_id}-2", time=first.time + timedelta(hours=1), place=place, client="another")
    pair = [ev.make(event, fetched=NOON, now=NOW) for event in (first, second)]
    one, two = bundle(), bundle()

    together = with_facts(pair, one)
    two.store.append(with_facts(pair[:1], two))
    apart = with_facts(pair[1:], two)

    assert together[1].facts == apart[0].facts
    known = {name for name, _ in ev.taught(first)}
    assert bool(apart[0].facts and apart[0].facts.new_client) == ("client" in known)
    assert bool(apart[0].facts and apart[0].facts.new_country) == ("country" in known)


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


# Words


@every_kept
def test_a_message_names_the_account_by_its_providers_word(provider, sample):
    lines = text.message(Notice(alert=alert_of(provider, read(sample)), why="new")).splitlines()
    accounts = [line.removeprefix("Account").strip() for line in lines if line.startswith("Account")]

    assert accounts == ([f"{provider.account_label} {sample.account}"] if sample.account else [])
    assert bool(sample.account) == bool(provider.account_label)


@every_kept
def test_a_responder_is_told_what_to_do_first_and_where_the_record_is(provider, sample):
    event = read(sample)
    alert = alert_of(provider, event)

    assert first_steps(alert)
    assert set(next_steps(alert)) >= {*provider.lookups(event)}
    assert bool(provider.lookups(event) or provider.links_for_people(event)) == bool(sample.account)
    assert all(link.label and link.url.startswith("https://") for link in provider.links_for_people(event))


@every_rule
def test_a_rule_has_first_steps_references_and_a_playbook(rule, repository):
    homes = {provider.name: provider.first_steps for provider in PROVIDERS} | {CORRELATION.name: CORRELATION.first_steps}

    assert rule.metadata.first_steps or homes[rule.metadata.family]
    assert all(reference.startswith("https://") for reference in rule.metadata.references)
    assert rule.metadata.references
    assert (repository / "docs" / "playbooks" / f"{rule.id}.md").is_file()


@every_provider
def test_the_rules_of_a_provider_carry_its_name(provider):
    assert provider.rules
    assert {rule.metadata.family for rule in provider.rules} == {provider.name}
    assert [rule.id for rule in provider.rules if not rule.id.startswith(f"{provider.name}_")] == []
