"""`gatewatch deadletter` on SQS: nothing is lost on the way back, and looking changes nothing."""

import io
import json
import secrets
from typing import NamedTuple

import pytest

from aws_lambda import cli
from aws_lambda.batch import Invocation, take
from aws_lambda.clients import Clients
from aws_lambda.messages import Message
from aws_lambda.wrapped import PART_BYTES, Wrapped, wrap
from gatewatch.cli import main
from gatewatch.cli.screen import Screen
from tests.adapters.aws.conftest import NOW, redriven_by_sqs
from tests.builders.announcements import announcement
from tests.builders.aws import envelope, user_record


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def gatewatch(*words: str) -> Ran:
    screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
    code = main(words, screen)
    return Ran(code, screen.out.getvalue(), screen.err.getvalue())


def dead_letter(invocation: Invocation, body: str, reason: str = "store_refused", name: str = "m-1") -> None:
    invocation.dead_letters.dead_letter(Message(id=name, body=body, sent=NOW), reason, "why")


BODIES = [
    pytest.param(json.dumps(envelope(user_record("alice"))), id="small"),
    pytest.param(json.dumps(envelope(user_record("alice", note="x" * 60_000))), id="compressed"),
    pytest.param(json.dumps(envelope(user_record("alice", note=secrets.token_hex(PART_BYTES)))), id="in parts"),
]


@pytest.mark.parametrize("body", BODIES)
def test_a_letter_goes_back_as_it_came(invocation: Invocation, dead_lettered_at, waiting, body: str) -> None:
    dead_letter(invocation, body)
    ran = gatewatch("deadletter", "redrive", dead_lettered_at.url, "--all", "--to", waiting.url)
    (back,) = waiting.take()
    again = redriven_by_sqs(back["body"])
    assert (ran.code, ran.out) == (0, "1 redriven, 0 failed and kept\n")
    assert (again.record().data, again.sent, dead_lettered_at.take()) == (json.loads(body), NOW, [])
    assert take([again], invocation) == frozenset()


def test_a_letter_that_was_told_goes_back_as_told(invocation: Invocation, dead_lettered_at, waiting) -> None:
    told = Message(id="m-1", body='{"a":1}', sent=NOW, announced=(announcement(),))
    invocation.dead_letters.dead_letter(told, "store_refused")
    assert gatewatch("deadletter", "redrive", dead_lettered_at.url, "--all", "--to", waiting.url).code == 0
    (back,) = waiting.records()
    assert (back.announced, back.first_sent, back.reason) == ((announcement(),), NOW, "")


def test_a_copy_that_sqs_gave_up_on_keeps_what_was_told(invocation: Invocation, clients: Clients, dead_lettered_at, waiting) -> None:
    copy = wrap(Wrapped(record='{"a":1}', first_sent=NOW, announced=(announcement(),)))
    clients.sqs.send_message(QueueUrl=dead_lettered_at.url, MessageBody=copy)  # after too many receives SQS moves the message as it is
    (row,) = [json.loads(line) for line in gatewatch("deadletter", "list", dead_lettered_at.url, "--json").out.splitlines()]
    assert gatewatch("deadletter", "redrive", dead_lettered_at.url, "--all", "--to", waiting.url).code == 0
    (back,) = waiting.records()
    assert (row["reason"], back.record, back.announced) == ("too_many_receives", '{"a":1}', (announcement(),))


def test_looking_changes_nothing(invocation: Invocation, dead_lettered_at) -> None:
    dead_letter(invocation, "{", "not_json")
    first, second = (gatewatch("deadletter", "list", dead_lettered_at.url, "--json") for _ in range(2))
    assert (first.code, first.out) == (0, second.out)
    assert json.loads(first.out)["reason"] == "not_json"
    assert len(dead_lettered_at.take()) == 1


def test_only_the_named_letters_go_back(invocation: Invocation, dead_lettered_at, waiting) -> None:
    dead_letter(invocation, '{"a":1}', name="m-1")
    dead_letter(invocation, '{"a":2}', name="m-2")
    rows = [json.loads(line) for line in gatewatch("deadletter", "list", dead_lettered_at.url, "--json").out.splitlines()]
    wanted = next(row["id"] for row in rows if row["origin"] == "m-2")
    assert gatewatch("deadletter", "redrive", dead_lettered_at.url, wanted[:10], "--to", waiting.url).code == 0
    assert [found.record for found in waiting.records()] == ['{"a":2}']
    assert [found.record for found in dead_lettered_at.records()] == ['{"a":1}']


def test_the_queue_is_found_by_its_redrive_policy(invocation: Invocation, clients: Clients, dead_lettered_at) -> None:
    arn = clients.sqs.get_queue_attributes(QueueUrl=dead_lettered_at.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "5"})
    source = clients.sqs.create_queue(QueueName="source", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    dead_letter(invocation, '{"a":1}')
    assert gatewatch("deadletter", "redrive", dead_lettered_at.url, "--all").code == 0
    body = clients.sqs.receive_message(QueueUrl=source)["Messages"][0]["Body"]
    assert redriven_by_sqs(body).body == '{"a":1}'


def test_without_a_target_nothing_moves(invocation: Invocation, dead_lettered_at) -> None:
    dead_letter(invocation, '{"a":1}')
    ran = gatewatch("deadletter", "redrive", dead_lettered_at.url, "--all")
    assert (ran.code, "--to QUEUE_URL" in ran.err) == (1, True)
    assert len(dead_lettered_at.take()) == 1


def test_what_others_put_there_is_named(clients: Clients, dead_lettered_at) -> None:
    rule = {"ERROR_CODE": "NO_PERMISSIONS", "RULE_ARN": "arn:aws:events:us-east-1:123456789012:rule/SignInRule"}
    words = {name: {"DataType": "String", "StringValue": value} for name, value in rule.items()}
    clients.sqs.send_message(QueueUrl=dead_lettered_at.url, MessageBody='{"by":"EventBridge"}', MessageAttributes=words)
    clients.sqs.send_message(QueueUrl=dead_lettered_at.url, MessageBody='{"by":"SQS"}')
    rows = [json.loads(line) for line in gatewatch("deadletter", "list", dead_lettered_at.url, "--json").out.splitlines()]
    assert {row["reason"] for row in rows} == {"NO_PERMISSIONS", "too_many_receives"}


def test_a_letter_with_a_missing_part_stays(invocation: Invocation, clients: Clients, dead_lettered_at, waiting) -> None:
    dead_letter(invocation, json.dumps({"a": secrets.token_hex(PART_BYTES * 2)}))
    lost = clients.sqs.receive_message(QueueUrl=dead_lettered_at.url, MaxNumberOfMessages=1)["Messages"][0]
    ran = gatewatch("deadletter", "redrive", dead_lettered_at.url, "--all", "--to", waiting.url)
    assert (ran.code, "parts" in ran.err, waiting.take()) == (1, True, [])
    assert lost["MessageId"]


def test_a_shown_letter_is_a_file_that_redrive_takes(invocation: Invocation, dead_lettered_at, tmp_path) -> None:
    dead_letter(invocation, json.dumps(envelope(user_record("alice"))))
    file = tmp_path / "letters.jsonl"
    file.write_text(gatewatch("deadletter", "show", dead_lettered_at.url, "--json").out, "utf-8")
    ran = gatewatch("deadletter", "redrive", str(file), "--all", "--to", f"sqlite:{tmp_path / 'g.sqlite'}")
    assert (ran.code, ran.out) == (0, "1 redriven, 0 failed and kept\n")


def test_a_queue_that_is_not_there_is_said_without_a_traceback() -> None:
    ran = gatewatch("deadletter", "list", "https://sqs.us-east-1.amazonaws.com/123456789012/gone")
    assert (ran.code, "NonExistentQueue" in ran.err) == (2, True)


ADDRESSES = [
    pytest.param("https://sqs.eu-west-1.amazonaws.com/123456789012/dead", True, id="AWS"),
    pytest.param("http://127.0.0.1:5000/123456789012/dead", True, id="moto"),
    pytest.param("https://account.queue.core.windows.net/dead", False, id="Azure"),
    pytest.param("http://127.0.0.1:10001/devstoreaccount1/dead", False, id="Azurite"),
    pytest.param("dead.jsonl", False, id="a file"),
]


@pytest.mark.parametrize(("address", "ours"), ADDRESSES)
def test_addresses_of_sqs_queues(address: str, ours: bool) -> None:
    assert (cli.open_dead_letters(address, None, {}) is not None) is ours
