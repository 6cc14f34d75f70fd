"""What is parked can be read back, however large and however hostile."""

import base64
import gzip
import secrets
from datetime import UTC, datetime

import pytest

from aws_lambda.clients import Clients
from aws_lambda.dead_letters import PART_BYTES, PLAIN_BYTES, DeadLetters, printable
from aws_lambda.messages import Message, from_sqs

SENT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def message(body: str) -> Message:
    return Message(id="m-1", body=body, sent=SENT)


def test_a_small_record_is_parked_as_it_came_with_its_reason(clients: Clients, parked) -> None:
    DeadLetters(parked.url, lambda: clients.sqs).park(message("{"), "not_json", "line\none\x00")
    (found,) = parked.take()
    assert found["body"] == "{"
    assert found["attributes"] == {"reason": "not_json", "detail": "line one", "origin": "m-1", "first_sent": "1795262400000"}


def test_a_large_record_is_compressed_and_comes_back_when_redriven(clients: Clients, parked) -> None:
    body = '{"a":"' + "x" * PLAIN_BYTES + '"}'
    DeadLetters(parked.url, lambda: clients.sqs).park(message(body), "some_reason")
    (found,) = parked.take()
    attributes = {k: {"stringValue": v} for k, v in found["attributes"].items()}
    redriven = from_sqs({"messageId": "m-2", "body": found["body"], "attributes": {}, "messageAttributes": attributes})
    assert len(found["body"]) < 2000
    assert (redriven.record().data, redriven.sent) == ({"a": "x" * PLAIN_BYTES}, SENT)


def test_what_does_not_fit_one_message_is_parked_in_parts(clients: Clients, parked) -> None:
    body = secrets.token_hex(PART_BYTES * 2)
    DeadLetters(parked.url, lambda: clients.sqs).park(message(body), "some_reason")
    found = sorted(parked.take(), key=lambda m: int(m["attributes"]["part"].split("/")[0]))
    assert len({m["attributes"]["record"] for m in found}) == 1
    assert [m["attributes"]["part"] for m in found] == [f"{n}/{len(found)}" for n in range(1, len(found) + 1)]
    assert all(len(m["body"]) <= PART_BYTES for m in found)
    assert gzip.decompress(base64.b64decode("".join(m["body"] for m in found))).decode() == body


def test_a_record_that_came_packed_is_not_packed_again(clients: Clients, parked) -> None:
    packed = Message(id="m", body="x" * (PLAIN_BYTES + 1), sent=SENT, packed=True)
    DeadLetters(parked.url, lambda: clients.sqs).park(packed, "not_json")
    (found,) = parked.take()
    assert (found["body"], found["attributes"]["encoding"]) == (packed.body, "gzip+base64")


HOSTILE = [("a\r\nb", "a  b"), ("\u202eevil", "evil"), ("x" * 999, "x" * 300), ("\x1b[31mred", "[31mred"), ("", "")]


@pytest.mark.parametrize(("written", "shown"), HOSTILE)
def test_details_are_one_bounded_line(written: str, shown: str) -> None:
    assert printable(written) == shown
