"""What SQS and EventBridge hand over."""

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_lambda import messages
from aws_lambda.messages import Message
from aws_lambda.wrapped import Wrapped, wrap
from tests.builders.announcements import announcement

SENT = datetime(2026, 11, 21, 12, 0, 0, 123000, tzinfo=UTC)


def record(body: str = "{}", receives: int = 1, **attributes: str) -> dict[str, Any]:
    return {
        "messageId": "m-1",
        "body": body,
        "attributes": {"SentTimestamp": str(round(SENT.timestamp() * 1000)), "ApproximateReceiveCount": str(receives)},
        "messageAttributes": {name: {"stringValue": value, "dataType": "String"} for name, value in attributes.items()},
    }


def test_the_fetch_time_is_when_the_message_was_sent() -> None:
    raw = messages.from_sqs(record('{"a": 1}', 3)).record()
    assert (raw.data, raw.fetched, raw.origin, raw.announced) == ({"a": 1}, SENT, "m-1", ())


def test_a_message_sent_again_keeps_its_first_time_and_what_was_told() -> None:
    earlier = datetime(2026, 11, 20, tzinfo=UTC)
    body = wrap(Wrapped(record='{"a": 1}', first_sent=earlier, announced=(announcement(), announcement("teams"))))
    found = messages.from_sqs(record(body))
    assert (found.body, found.sent, found.announced, found.receives) == ('{"a": 1}', earlier, (announcement(), announcement("teams")), 1)


def test_a_packed_record_is_unpacked() -> None:
    packed = base64.b64encode(gzip.compress(b'{"a": 1}')).decode()
    assert messages.from_sqs(record(wrap(Wrapped(record=packed, packed=True)))).record().data == {"a": 1}


BAD_WRAPPERS = [
    pytest.param('{"gatewatch":"record"', id="cut short"),
    pytest.param('{"gatewatch":"record"}', id="no record"),
    pytest.param('{"gatewatch":"else","record":"{}"}', id="another kind"),
    pytest.param('{"gatewatch":"record","record":7}', id="a number for a text"),
    pytest.param('{"gatewatch":"record","record":"{}","first_sent":"yesterday"}', id="no time"),
    pytest.param('{"gatewatch":"record","record":"{}","first_sent":"2026-11-21T12:00:00"}', id="a time without its zone"),
    pytest.param('{"gatewatch":"record","record":"{}","announced":"sns"}', id="a text for a list"),
    pytest.param('{"gatewatch":"record","record":"{}","announced":["sns"]}', id="a text for an announcement"),
    pytest.param('{"gatewatch":' + "[" * 100_000, id="nested without end"),
]


@pytest.mark.parametrize("body", BAD_WRAPPERS)
def test_a_damaged_wrapper_is_named_and_kept_whole(body: str) -> None:
    found = messages.from_sqs(record(body))
    assert (found.problem, found.body, found.sent) == (messages.DAMAGED, body, SENT)


def test_a_direct_event_is_the_same_as_its_message() -> None:
    event = {"id": "e-1", "source": "aws.signin", "detail": {"eventName": "ConsoleLogin"}}
    found = messages.direct(event, "r-1", SENT)
    assert (found.id, found.record().data) == ("e-1", event)
    assert messages.direct({}, "r-1", SENT).id == "r-1"


UNREADABLE = [
    pytest.param("{", False, id="not JSON"),
    pytest.param("", False, id="empty"),
    pytest.param("[" * 200_000, False, id="nested without end"),
    pytest.param("not base64!", True, id="not base64"),
    pytest.param(base64.b64encode(b"not gzip").decode(), True, id="not gzip"),
    pytest.param(base64.b64encode(gzip.compress(b"{}" * 9)[:-4]).decode(), True, id="cut short"),
    pytest.param(base64.b64encode(gzip.compress(b" " * (9 << 20))).decode(), True, id="a bomb"),
]


@pytest.mark.parametrize(("body", "packed"), UNREADABLE)
def test_what_cannot_be_read_says_so(body: str, packed: bool) -> None:
    with pytest.raises(ValueError):
        Message(id="m", body=body, sent=SENT, packed=packed).record()


def test_sqs_without_message_attributes() -> None:
    found = messages.from_sqs({"messageId": "m", "body": json.dumps({}), "attributes": {}})
    assert (found.receives, found.announced) == (1, ())


ODD = [
    pytest.param('{"a": "\\ud800"}', {"a": "\ud800"}, id="lone surrogate"),
    pytest.param('{"a": NaN}', {"a": None}, id="not a number"),
    pytest.param('{"a": 1e999}', {"a": None}, id="infinite"),
]


@pytest.mark.parametrize(("body", "data"), ODD)
def test_odd_json_hides_no_record(body: str, data: object) -> None:
    assert Message(id="m", body=body, sent=SENT).record().data == data
    assert messages.direct({"detail": data}, "r", SENT).record().data == {"detail": data}


texts = st.text() | st.sampled_from(["{", "9" * 25, "-1", '{"gatewatch":'])


@given(body=texts, sent=texts | st.none(), receives=texts | st.integers(), words=st.dictionaries(texts, texts))
def test_whatever_a_sender_wrote_is_one_message(body: str, sent: object, receives: object, words: dict[str, str]) -> None:
    wild = {"attributes": {"SentTimestamp": sent, "ApproximateReceiveCount": receives}, "messageAttributes": words}
    found = messages.from_sqs({"messageId": "m", "body": body} | wild)
    assert found.id == "m"
