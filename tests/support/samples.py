"""The raw samples of every provider in the catalogue, as the contract suite asks for them."""

from typing import Any

import pytest

from gatewatch.flow.decoding import event as decode
from gatewatch.model import Alert, Event, GroupKey, RawRecord
from gatewatch.providers.catalogue import PROVIDERS
from gatewatch.providers.provider import Provider, Sample
from tests.builders import alerts
from tests.builders.common import NOON


def each(*, kept: bool = False) -> list[Any]:
    """Parameters, by name: every sample with its provider; ``kept`` leaves out those that are ignored."""
    return [
        pytest.param(provider, sample, id=f"{provider.name}: {sample.name}")
        for provider in PROVIDERS
        for sample in provider.samples()
        if not kept or sample.ignored is None
    ]


every_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
every_sample = pytest.mark.parametrize(("provider", "sample"), each())
every_kept = pytest.mark.parametrize(("provider", "sample"), each(kept=True))


def raw(sample: Sample) -> RawRecord:
    """The sample as its carrier hands it over."""
    return RawRecord(data=sample.record, tenant=sample.tenant, fetched=NOON)


def read(sample: Sample) -> Event:
    """The event in a sample."""
    found = decode(raw(sample))
    assert isinstance(found, Event), found
    return found


def kept(provider: Provider) -> list[Event]:
    """The events of a provider's samples that are not ignored."""
    return [read(sample) for sample in provider.samples() if sample.ignored is None]


def alert_of(provider: Provider, event: Event) -> Alert:
    """An alert of the provider's first rule on this event, whether or not that rule would fire."""
    group = GroupKey(provider.name, event.account or "", event.principal, "2026-11-20")
    return alerts.alert(group, event=event, rule=provider.rules[0].id)
