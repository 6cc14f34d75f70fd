"""What is dead-lettered can be read back, however large and however hostile, and survives SQS's own redrive."""

import json
import secrets
from datetime import UTC, datetime

import msgspec
import pytest

from aws_lambda.batch import Invocation, take
from aws_lambda.clients import Clients
from aws_lambda.dead_letters import SqsDeadLetters, printable
from aws_lambda.messages import Message
from aws_lambda.wrapped import PART_BYTES, PLAIN_BYTES, text
from gatewatch.ports import AlertQuery
from gatewatch.providers.aws.raw_samples import federation_token
from tests.adapters.aws.conftest import redriven_by_sqs
from tests.builders.announcements import announcement
from tests.builders.aws import envelope, user_record

SENT = datetime(2026, 11, 21, 12, tzinfo=UTC)
INCOMPRESSIBLE = secrets.token_hex(PART_BYTES * 2)


def message(body: str, **known: object) -> Message:
    return Message(id="m-1", body=body, sent=SENT, **known)  # type: ignore[arg-type]


@pytest.fixture
def dead_letters(clients: Clients, dead_lettered_at) -> SqsDeadLetters:
    return SqsDeadLetters(dead_lettered_at.url, lambda: clients.sqs)


def test_a_small_record_is_readable_with_its_reason(dead_letters: SqsDeadLetters, dead_lettered_at) -> None:
    dead_letters.dead_letter(message("{", announced=(announcement(),)), "not_json", "line\none\x00")
    (found,) = dead_lettered_at.take()
    assert json.loads(found["body"]) == {
        "gatewatch": "record",
        "record": "{",
        "first_sent": "2026-11-21T12:00:00Z",
        "announced": json.loads(json.dumps([msgspec.to_builtins(announcement())])),
        "reason": "not_json",
        "detail": "line one",
        "origin": "m-1",
    }
    assert found["attributes"] == {}


def test_a_session_token_is_not_kept(dead_letters: SqsDeadLetters, dead_lettered_at) -> None:
    dead_letters.dead_letter(message(json.dumps(federation_token())), "store_refused")
    (found,) = dead_lettered_at.take()
    assert "an-example-of-a-session-token" not in found["body"]
    assert "ASIAEXAMPLEFEDERATED" in found["body"]


def test_a_large_record_is_compressed(dead_letters: SqsDeadLetters, dead_lettered_at) -> None:
    dead_letters.dead_letter(message('{"a":"' + "x" * PLAIN_BYTES + '"}'), "some_reason")
    (found,) = dead_lettered_at.take()
    again = redriven_by_sqs(found["body"])
    assert len(found["body"]) < 2000
    assert (again.record().data, again.sent) == ({"a": "x" * PLAIN_BYTES}, SENT)


def test_what_does_not_fit_one_message_is_sent_in_parts(dead_letters: SqsDeadLetters, dead_lettered_at) -> None:
    dead_letters.dead_letter(message(INCOMPRESSIBLE), "some_reason")
    found = sorted(dead_lettered_at.records(), key=lambda part: part.part)
    assert len({part.whole for part in found}) == 1
    assert [(part.part, part.parts) for part in found] == [(number, len(found)) for number in range(1, len(found) + 1)]
    assert all(len(part.record) <= PART_BYTES for part in found)
    assert text(found) == INCOMPRESSIBLE


def test_a_record_that_came_packed_is_not_packed_again(dead_letters: SqsDeadLetters, dead_lettered_at) -> None:
    packed = message("x" * (PLAIN_BYTES + 1), packed=True)
    dead_letters.dead_letter(packed, "not_json")
    (found,) = dead_lettered_at.records()
    assert (found.record, found.packed) == (packed.body, True)


SURVIVES = [
    pytest.param(envelope(user_record("alice")), id="small"),
    pytest.param(envelope(user_record("alice", note="x" * 60_000)), id="compressed"),
    pytest.param(envelope(user_record("alice", note="\u0001\u20ac\ud800" * 9_000)), id="escaped"),
]


@pytest.mark.parametrize("record", SURVIVES)
def test_sqs_own_redrive_brings_the_record_back_as_it_came(
    dead_letters: SqsDeadLetters, dead_lettered_at, invocation: Invocation, record: dict
) -> None:
    dead_letters.dead_letter(message(json.dumps(record), announced=(announcement("teams"),)), "store_refused")
    (found,) = dead_lettered_at.take()
    again = redriven_by_sqs(found["body"])
    assert (again.record().data, again.sent, again.announced) == (record, SENT, (announcement("teams"),))
    assert take([again], invocation) == frozenset()
    assert len(invocation.ports.store.search(AlertQuery())) == 1


def test_sqs_own_redrive_of_a_split_record_gives_its_parts_back_unchanged(
    dead_letters: SqsDeadLetters, dead_lettered_at, invocation: Invocation, counted
) -> None:
    dead_letters.dead_letter(message(INCOMPRESSIBLE), "some_reason")
    parts = [found["body"] for found in dead_lettered_at.take()]
    assert take([redriven_by_sqs(body, f"m-{number}") for number, body in enumerate(parts)], invocation) == frozenset()
    assert sorted(found["body"] for found in dead_lettered_at.take()) == sorted(parts)
    assert counted["DeadLettered"] == len(parts)


HOSTILE = [("a\r\nb", "a  b"), ("\u202eevil", "evil"), ("x" * 999, "x" * 300), ("\x1b[31mred", "[31mred"), ("", "")]


@pytest.mark.parametrize(("written", "shown"), HOSTILE)
def test_details_are_one_bounded_line(written: str, shown: str) -> None:
    assert printable(written) == shown
