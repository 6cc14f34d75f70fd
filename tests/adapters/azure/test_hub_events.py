"""Bodies of Event Hub events to records: nothing that was sent disappears, whatever it is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_function import hub, settings
from azure_function.hub_events import records, sort
from azure_function.wiring import STORE_GRACE_SECONDS
from gatewatch.flow.decoding import decode
from gatewatch.model import Event, RawRecord
from gatewatch.polling.ports import Damaged

TENANT = "0f0e0d0c-1111-4222-8333-444455556666"
AT = datetime(2026, 3, 14, tzinfo=UTC)
RECORD = {"time": "2026-03-14T12:00:00Z", "category": "SignInLogs", "tenantId": TENANT, "properties": {"id": "a"}}


def texts(*values: object) -> bytes:
    return b'{"records":[' + b",".join(json.dumps(value).encode() for value in values) + b"]}"


@pytest.mark.parametrize(
    ("body", "number", "damaged"),
    [
        pytest.param(texts(RECORD, RECORD), 2, 0, id="as Azure Monitor writes it"),
        pytest.param(b"\xef\xbb\xbf" + texts(RECORD), 1, 0, id="with a byte order mark"),
        pytest.param(json.dumps([RECORD, RECORD]).encode(), 2, 0, id="a list"),
        pytest.param(json.dumps(RECORD).encode(), 1, 0, id="one record"),
        pytest.param(texts(), 0, 0, id="no record"),
        pytest.param(texts(RECORD, RECORD).replace(b"SignIn", b"Sign\xffIn", 1), 2, 1, id="a bad byte"),
        pytest.param(texts(RECORD, RECORD).replace(b'"a"', b"NaN", 1), 2, 1, id="NaN"),
        pytest.param(texts(RECORD, RECORD).replace(b'"a"', b'"\\ud800"', 1), 2, 1, id="half a pair"),
        pytest.param(texts(RECORD, RECORD).replace(b'"a"}', b'"a"', 1), 2, 1, id="a record that is no JSON beside one that is"),
        pytest.param(texts(RECORD, RECORD)[:-40], 1, 1, id="cut off"),
        pytest.param(b"", 1, 1, id="nothing"),
        pytest.param(b"[" * 100_000, 1, 1, id="depth"),
        pytest.param(b"\x00\xff", 1, 1, id="bytes"),
    ],
)
def test_the_records_of_a_body(body: bytes, number: int, damaged: int):
    found = records(body)
    assert (len(found), sum(bool(item.damage) for item in found)) == (number, damaged)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda noise: texts(RECORD)[:30] + noise + texts(RECORD)[30:]))
def test_whatever_was_sent_becomes_something(body: bytes):
    found = sort(body, AT, (TENANT,))
    assert found.page or found.nameless or found.refused or b'"records":[]' in body.replace(b" ", b"") or body.strip() == b"[]"


@pytest.mark.parametrize(
    ("tenant", "where"),
    [
        pytest.param({"tenantId": TENANT}, "page", id="ours"),
        pytest.param({"tenantId": TENANT.upper()}, "page", id="ours in capitals"),
        pytest.param({"resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam"}, "page", id="ours by the resource"),
        pytest.param({"tenantId": "99999999-0000-4000-8000-000000000000"}, "refused", id="another"),
        pytest.param({"tenantId": None}, "nameless", id="none"),
        pytest.param({"tenantId": {}}, "nameless", id="no text"),
    ],
)
def test_whose_record_it_is(tenant: dict[str, Any], where: str):
    record = {**{key: value for key, value in RECORD.items() if key != "tenantId"}, **tenant}
    found = sort(texts(record), AT, (TENANT,))
    held = {"page": len(found.page), "nameless": len(found.nameless), "refused": found.refused.total()}
    assert held == {**dict.fromkeys(held, 0), where: 1}


def test_a_record_has_the_tenant_as_it_is_configured_and_the_time_when_it_was_enqueued():
    (raw,) = sort(texts({**RECORD, "tenantId": TENANT.upper()}), AT, (TENANT,)).page
    assert isinstance(raw, RawRecord)
    assert (raw.tenant, raw.fetched) == (TENANT, AT)
    (event,) = decode(raw)
    assert isinstance(event, Event)
    assert event.account == TENANT


def test_a_repaired_record_of_another_tenant_is_refused_as_well():
    theirs = texts({**RECORD, "tenantId": "other"}, RECORD).replace(b"SignIn", b"Sign\xffIn", 1)
    found = sort(theirs, AT, (TENANT,))
    assert (found.refused.total(), len(found.page)) == (1, 1)
    assert not isinstance(found.page[0], Damaged)


def test_a_run_ends_before_the_host_ends_it(repository: Path):
    """The host moves its checkpoint past a batch that timed out."""
    host = json.loads((repository / "host.json").read_text())
    hours, minutes, seconds = map(int, host["functionTimeout"].split(":"))
    longest = settings.PollSettings().deadline_seconds + STORE_GRACE_SECONDS
    assert timedelta(seconds=longest) < timedelta(hours=hours, minutes=minutes, seconds=seconds) - timedelta(minutes=2)


def test_the_host_reads_the_hub_as_the_code_expects(repository: Path):
    host = json.loads((repository / "host.json").read_text())
    assert host["extensionBundle"]["id"] == "Microsoft.Azure.Functions.ExtensionBundle"  # no trigger but timers without it
    hubs = host["extensions"]["eventHubs"]
    assert hubs["batchCheckpointFrequency"] == 1
    assert hubs["maxEventBatchSize"] * 1024 * 1024 < 20_000_000  # an event has 1 MB at most: what a run can hand over
    assert "Trace" in host["logging"]["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")  # the alarms read them
    assert hub.STREAM.name == "push"
