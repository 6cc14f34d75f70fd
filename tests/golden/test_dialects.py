"""Records of Elastic's own pipelines: the document without the original says what the record said."""

import json

from gatewatch.flow.decoding import event as decode
from gatewatch.model import Event, RawRecord
from tests.builders.common import detail

# What the pipelines move into a message or cut.
NOT_KEPT = {"failure_reason", "additional_details", "additional_info"}


def pairs(conformance_data):
    for name in ("entra_signin", "entra_risk"):
        for line in (conformance_data / "golden" / f"{name}.jsonl").read_text().splitlines():
            golden = json.loads(line)
            document = golden["expected_ecs"]
            if document and golden["expected_flavor"].startswith(("elastic", "filebeat")):
                document.get("event", {}).pop("original", None)
                yield golden["id"], decode(RawRecord(data=golden["input"])), decode(RawRecord(data=document))


def test_an_elastic_document_is_read_as_its_record(conformance_data):
    compared = 0
    for name, expected, found in pairs(conformance_data):
        if not isinstance(expected, Event):
            assert not isinstance(found, Event), name
            continue
        assert isinstance(found, Event), name
        fields = set(detail(expected).__struct_fields__) - NOT_KEPT
        assert {field: getattr(detail(found), field) for field in fields} == {
            field: getattr(detail(expected), field) for field in fields
        }, name
        assert (found.vendor_id, found.outcome, found.principal, found.account) == (
            expected.vendor_id,
            expected.outcome,
            expected.principal,
            expected.account,
        ), name
        assert (found.place.ip, found.user_agent) == (expected.place.ip, expected.user_agent), name
        assert abs(found.time - expected.time).total_seconds() < 0.001, name
        compared += 1
    assert compared > 30
