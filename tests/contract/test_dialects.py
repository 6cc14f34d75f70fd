"""The contract of a dialect, asked of every row of every provider through its own sample."""

import pytest

from gatewatch.flow.decoding import event as decode
from gatewatch.model import Event, RawRecord
from gatewatch.providers.catalogue import DIALECTS, PROVIDERS, dialect_of, dialect_of_columns, provider_of
from gatewatch.reading.envelopes import ENVELOPES
from gatewatch.reading.fields import Fields
from tests.support.samples import each

every_dialect = pytest.mark.parametrize(
    ("provider", "dialect"),
    [pytest.param(provider, dialect, id=f"{provider.name} {dialect.name}") for provider in PROVIDERS for dialect in provider.dialects],
)


def test_dialects_have_names_of_their_own():
    assert len({dialect.name for dialect in DIALECTS}) == len(DIALECTS) > 0


@every_dialect
def test_a_dialect_recognises_its_sample_and_no_other_dialect_takes_it(provider, dialect):
    sample = Fields(dict(dialect.sample))

    assert not dialect.marks.isdisjoint(dialect.sample)
    assert dialect_of(sample) is dialect


@every_dialect
def test_its_sample_becomes_an_event_of_its_provider_with_its_flags(provider, dialect):
    found = decode(RawRecord(data=dict(dialect.sample), tenant="00000000-0000-4000-8000-0000000000aa"))

    assert isinstance(found, Event), found
    assert provider_of(found) is provider
    assert set(dialect.flags(found.action)) <= set(found.data_quality)
    assert not [flag for flag in found.data_quality if flag.startswith("unreadable_")]


@every_dialect
def test_what_it_translates_to_is_not_its_own_dialect_again(provider, dialect):
    translated = Fields(dialect.translate(Fields(dict(dialect.sample))))

    assert not dialect.recognise(translated)


@every_dialect
def test_its_columns_are_those_of_its_sample(provider, dialect):
    if dialect.columns:
        assert dialect_of_columns(dialect.sample) is dialect


@every_dialect
def test_a_gap_has_a_name_and_a_sentence(provider, dialect):
    for gap in dialect.cannot_carry:
        assert gap.fact.replace("_", "").islower()
        assert gap.consequence.endswith(".")


@pytest.mark.parametrize(("provider", "sample"), each())
def test_a_vendors_own_record_is_in_no_dialect(provider, sample):
    assert dialect_of(Fields(dict(sample.record))) is None


@pytest.mark.parametrize("header", [(), ("name", "value"), ("eventName",)])
def test_columns_that_no_dialect_has_are_not_guessed_at(header):
    assert dialect_of_columns(header) is None


def said(found: object) -> object:
    """What the event says, or why there is none. Query answers make text of objects, so details that are kept as text may differ."""
    return (found.vendor_id, found.time, found.outcome, found.principal, found.data_quality) if isinstance(found, Event) else found


@pytest.mark.parametrize(
    ("record", "tenant"),
    [
        *(pytest.param(sample.record, sample.tenant, id=f"{provider.name}: {sample.name}") for provider in PROVIDERS for sample in provider.samples()),
        *(pytest.param(dialect.sample, None, id=dialect.name) for dialect in DIALECTS),
    ],
)  # fmt: skip
def test_every_record_is_the_same_in_every_envelope(record, tenant):
    expected = said(decode(RawRecord(data=dict(record), tenant=tenant)))
    for envelope in ENVELOPES:
        if "EventBridge" not in envelope.name:  # an event of that bus holds records of the source that it names
            assert said(decode(RawRecord(data=envelope.wrap(dict(record)), tenant=tenant))) == expected, envelope.name
