"""Envelopes: every row gives its record back, broken content is refused by name, and depth and size are bounded."""

import base64
import gzip
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewatch.reading.envelopes import ENVELOPES, Inner, envelope_of_columns, unwrap
from gatewatch.reading.files import read
from gatewatch.reading.json_text import value_of

RECORD = {"id": "1", "eventName": "n", "eventSource": "s"}
every_envelope = pytest.mark.parametrize("envelope", ENVELOPES, ids=lambda envelope: envelope.name)


def records(data: object) -> list[object]:
    return [inner.data for inner in unwrap(data)]


def zipped(body: bytes) -> str:
    return base64.b64encode(body).decode()


def reasons(data: object) -> list[str]:
    return [inner.reason for inner in unwrap(data)]


def test_rows_have_names_of_their_own():
    assert len({envelope.name for envelope in ENVELOPES}) == len(ENVELOPES)


@every_envelope
def test_the_record_comes_out(envelope):
    (inner,) = unwrap(json.loads(json.dumps(envelope.wrap(RECORD))))

    assert inner.reason == ""
    assert RECORD in (inner.data, inner.data.get("detail"))


@every_envelope
def test_an_envelope_has_what_its_row_says(envelope):
    wrapped = envelope.wrap(RECORD)

    assert set(envelope.has) <= set(wrapped)
    assert envelope.lacks.isdisjoint(wrapped)


@every_envelope
def test_whatever_an_envelope_holds_instead_raises_nothing(envelope):
    wrapped = envelope.wrap(RECORD)
    for name in wrapped:
        for value in (None, "", "{", "[1", 0, [], [None], {}, [[]], {"data": "%"}, "e30=", [{"name": 1}]):
            found = list(unwrap({**wrapped, name: value}))

            assert all(isinstance(inner, Inner) for inner in found)


@every_envelope
def test_envelopes_hold_envelopes(envelope):
    for outer in ENVELOPES:
        if outer.name.startswith(("SQS", "SNS", "Kinesis", "Firehose", "file or", "batch")):
            assert records(outer.wrap(envelope.wrap(RECORD))) == records(envelope.wrap(RECORD))


def test_a_record_is_no_envelope():
    assert list(unwrap(RECORD)) == [Inner(RECORD)]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(json.dumps(json.dumps(RECORD)), [RECORD], id="encoded twice"),
        pytest.param({"Message": json.dumps(json.dumps(RECORD)), "TopicArn": "t"}, [RECORD], id="encoded twice in SNS"),
        pytest.param({"body": json.dumps(RECORD) * 2, "messageId": "m"}, [RECORD, RECORD], id="one behind the other"),
        pytest.param({"message": f"Nov 20 09:01:00 host app: {json.dumps(RECORD)}"}, [RECORD], id="after a syslog header"),
        pytest.param({"message": "Login failed {code 5}"}, [{"message": "Login failed {code 5}"}], id="a text that is no JSON"),
        pytest.param({"logEvents": [{"message": "x"}], "messageType": "CONTROL_MESSAGE"}, [], id="a control message"),
        pytest.param({"hits": {"hits": []}}, [], id="no hits"),
        pytest.param([[[RECORD]]], [RECORD], id="lists"),
        pytest.param({"Records": json.dumps([RECORD, RECORD])}, [RECORD, RECORD], id="a list as text"),
        pytest.param({"value": "7", "name": "x"}, [{"value": "7", "name": "x"}], id="a property that is called like a page"),
        pytest.param(
            {
                "ResultSet": {
                    "Rows": [{"Data": [{"VarCharValue": "1"}, {}]}],
                    "ResultSetMetadata": {"ColumnInfo": [{"Name": "id"}, {"Name": "name"}]},
                }
            },
            [{"id": "1", "name": None}],
            id="a later page of Athena",
        ),
        pytest.param(
            {"tables": [{"columns": [{"name": "id"}], "rows": [["1"], ["2"]]}, {"columns": [{"name": "id"}], "rows": [["3"]]}]},
            [{"id": "1"}, {"id": "2"}, {"id": "3"}],
            id="several tables",
        ),
        pytest.param(
            {"process": {"command_line": "x"}, "message": json.dumps(RECORD)},
            [{"process": {"command_line": "x"}, "message": json.dumps(RECORD)}],
            id="the text of a process is written by whoever starts it",
        ),
        pytest.param(
            {"eventName": "n", "userIdentity": {}, "message": json.dumps(RECORD)},
            [{"eventName": "n", "userIdentity": {}, "message": json.dumps(RECORD)}],
            id="a record beside its own text",
        ),
        pytest.param(
            {"EventID": 4103, "Message": f"Payload {json.dumps(RECORD)}"},
            [{"EventID": 4103, "Message": f"Payload {json.dumps(RECORD)}"}],
            id="so is the text of a Windows event",
        ),
        pytest.param(
            {"ProcessCommandLine": "x", "json": RECORD, "rows": [RECORD], "msg": json.dumps(RECORD)},
            [{"ProcessCommandLine": "x", "json": RECORD, "rows": [RECORD], "msg": json.dumps(RECORD)}],
            id="and whatever stands beside a process",
        ),
        pytest.param({"data": {"a": 1}, "event": "x"}, [{"data": {"a": 1}, "event": "x"}], id="an object that is no record"),
        pytest.param(
            {"records": [{"data": zipped(json.dumps(RECORD).encode())}], "requestId": "r"}, [RECORD], id="a Firehose HTTP endpoint"
        ),
        pytest.param({"EnqueuedTimeUtc": "t", "Body": zipped(json.dumps(RECORD).encode())}, [RECORD], id="base64 of an Event Hub"),
        pytest.param({"responses": [{"status": 200, "body": {"value": [RECORD]}}]}, [RECORD], id="a batch of Graph"),
        pytest.param({"rows": [RECORD], "columns": [{"name": "x"}]}, [RECORD], id="rows that are objects"),
        pytest.param({"Records": [], "Events": [RECORD]}, [RECORD], id="an empty list beside a full one"),
    ],
)
def test_what_is_inside(data, found):
    assert records(data) == found


@pytest.mark.parametrize(
    "name", ["Records", "records", "value", "Events", "tables", "results", "Results", "data", "logEvents", "docs", "responses"]
)
def test_an_empty_list_hides_no_record(name):
    """It is an empty page by itself, and a property of a record beside what a record has."""
    assert list(unwrap({name: [], "x": 1})) == []
    for record in ({"eventName": "n", "eventSource": "s"}, {"createdDateTime": "t", "userPrincipalName": "u"}):
        assert records({name: [], **record}) == [{name: [], **record}]
        assert [value_of(item.data) for item in read(["-"], stdin=io.BytesIO(json.dumps({name: [], **record}).encode()))] == [
            {name: [], **record}
        ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param({"body": "not json", "messageId": "m"}, "envelope_text_is_not_json", id="a queue message without JSON"),
        pytest.param({"body": '{"id": ', "messageId": "m"}, "envelope_text_is_not_json", id="a queue message that was cut"),
        pytest.param({"Message": 5, "TopicArn": "t"}, "envelope_text_is_not_json", id="a notification without text"),
        pytest.param({"recordId": "1", "data": "%%%"}, "envelope_data_is_not_base64", id="not base64"),
        pytest.param({"recordId": "1", "data": zipped(b"\x00\x01")}, "envelope_text_is_not_json", id="base64 of something else"),
        pytest.param({"recordId": "1", "data": zipped(gzip.compress(b"{}" * 99)[:-9])}, "envelope_data_is_corrupt", id="gzip that was cut"),
        pytest.param({"recordId": "1", "data": zipped(b"\x1f\x8bxx")}, "envelope_data_is_corrupt", id="gzip in name only"),
        pytest.param({"CloudTrailEvent": '{"eventName": "Con'}, "envelope_text_is_not_json", id="an entry that was cut"),
    ],
)
def test_broken_content_is_refused_by_name_and_is_no_record(data, reason):
    assert list(unwrap({"Records": [RECORD, data, RECORD]})) == [
        Inner(RECORD, "[0]"),
        Inner(None, "[1]", reason, next(unwrap(data)).detail),
        Inner(RECORD, "[2]"),
    ]


def test_a_document_whose_text_is_broken_may_be_a_record_itself():
    document = {"event": {"original": '{"id": '}, "source": {"ip": "203.0.113.10"}}

    assert list(unwrap(document)) == [Inner(document, "", "envelope_text_is_not_json", "event.original")]


def test_what_can_be_read_before_a_broken_end_is_kept():
    assert records({"body": json.dumps(RECORD) + '{"id', "messageId": "m"}) == [RECORD, None]


def test_depth_is_bounded():
    data: object = RECORD
    for _ in range(100):
        data = {"Records": [data]}

    assert reasons(data) == ["envelopes_nested_too_deeply"]


def test_compressed_data_is_bounded_over_all_records_of_a_value():
    data = {"records": [{"recordId": "1", "data": zipped(gzip.compress(b'"' + b" " * 400_000 + b'"'))}] * 3}

    assert [inner.reason for inner in unwrap(data, 1_000_000)] == ["", "", "envelope_data_too_large"]
    assert [inner.reason for inner in unwrap(data, 300_000)] == ["envelope_data_too_large"] * 3


@settings(deadline=None)
@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(sorted({name for row in ENVELOPES for name in row.has} | {"hits", "columns", "Data", "x"})), inner), max_leaves=12))  # fmt: skip
def test_any_value_gives_records_or_reasons(data):
    for inner in unwrap(data):
        assert inner.data is not None or inner.reason or data is None or None in _leaves(data)


def _leaves(data: object) -> list[object]:
    if isinstance(data, dict | list):
        return [leaf for item in (data.values() if isinstance(data, dict) else data) for leaf in _leaves(item)]
    return [data]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (("@timestamp", "@message"), "row of a CloudWatch Logs Insights query with @message"),
        (("_time", "_raw", "host"), "Splunk result with _raw"),
        (("eventID", "eventJson"), "row of a CloudTrail Lake query with eventJson"),
        (("timestamp", "source", "message"), "document with the record in message (Filebeat, Logstash, Vector, CloudWatch log event)"),
        (("author",), None),
        ((), None),
    ],
)
def test_columns_of_text_are_known(header, name):
    found = envelope_of_columns(header)

    assert (found.name if found else None) == name
