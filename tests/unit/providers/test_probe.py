"""A layout in another order takes the same records, with the same values."""

import msgspec
import pytest

from benchmarks.corpus import corpus
from gatewatch.providers.catalogue import PROVIDERS
from gatewatch.providers.probe import arranged

PROBES = {probe.name: probe for provider in PROVIDERS for probe in provider.probes}
RECORDS = [line.body for line in corpus("realistic", 60)]


def values(decoded, layout):
    return {
        name: values(value, type(value)) if isinstance(value := getattr(decoded, name), msgspec.Struct) else value
        for name in layout.__struct_fields__
    }


@pytest.mark.parametrize(("name", "head"), [("Graph signIn", b'{"id"'), ("CloudTrail in an EventBridge envelope", b'{"version"')])
def test_the_order_of_an_example_changes_nothing_but_the_order(name, head):
    layout = PROBES[name].layout((), True)
    some = [record for record in RECORDS if record.startswith(head) and b'"requestId"' not in record]
    other = arranged(layout, some[0])
    for record in some:
        assert values(msgspec.json.decode(record, type=other), layout) == values(msgspec.json.decode(record, type=layout), layout)
    written = list(msgspec.json.decode(some[0]))
    assert list(other.__struct_encode_fields__)[: len(written)] == written
    with pytest.raises(msgspec.ValidationError, match="unknown field `further`"):
        msgspec.json.decode(some[0][:-1] + b',"further":1}', type=other)
