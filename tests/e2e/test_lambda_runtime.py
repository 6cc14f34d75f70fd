"""The AWS half as deployed: the built artifact in the real Lambda runtime, fed through EventBridge rules and SQS."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aws_lambda.dead_letters import SqsDeadLetters
from aws_lambda.messages import Message
from aws_lambda.wrapped import PART_BYTES
from scripts.local_cloud.lambda_runtime import Artifact, Emulator, FunctionError, Stage
from tests.builders.aws import envelope, root_record, user_record
from tests.e2e.lambda_world import SWEEP, alerts, rename

pytestmark = [pytest.mark.emulator, pytest.mark.slow]


@pytest.fixture
def function(artifact: Artifact, stage: Stage, file: Path, tmp_path: Path) -> Iterator[Emulator]:
    with Emulator(artifact, stage.environment(GATEWATCH_STORE=f"sqlite:{file}"), log=tmp_path / "function.log") as running:
        yield running


def test_one_alert_and_the_same_event_again_changes_nothing(stage: Stage, function: Emulator, file: Path) -> None:
    record = root_record()
    stage.sign_in(record)
    first = stage.poll(function)
    told = stage.inbox()
    stage.sign_in(record)
    second = stage.poll(function)
    (alert,) = alerts(file)
    assert (first.done, second.done, stage.waiting()) == (1, 1, 0)
    assert (len(told), stage.inbox(), stage.dead_letters()) == (1, [], [])
    assert told[0]["Subject"].startswith("CRITICAL 87")
    assert (alert.rule, alert.score, alert.snapshot.event_count, len(alert.notification_log)) == ("aws_root_console_login", 87, 1, 1)


POISON = [
    pytest.param("no JSON at all {", "not_json", id="not JSON"),
    pytest.param(json.dumps(envelope(user_record("mallory"), source="my.app")), None, id="somebody else's source"),
    pytest.param(json.dumps({"hello": "world"}), None, id="none of the known kinds"),
]


@pytest.mark.parametrize(("body", "reason"), POISON)
def test_a_poison_record_in_a_batch_of_ten_is_parked_at_once(
    stage: Stage, function: Emulator, file: Path, body: str, reason: str | None
) -> None:
    stage.send(body)
    for number in range(9):
        stage.sign_in(user_record(f"user{number}"))
    polled = stage.poll(function)
    (dead_lettered_at,) = stage.dead_letters()
    assert (len(polled.received), polled.failed, stage.waiting()) == (10, (), 0)
    assert (len(alerts(file)), len(stage.inbox())) == (9, 9)
    assert dead_lettered_at["record"] == body
    assert dead_lettered_at["reason"] == reason or reason is None
    assert dead_lettered_at["origin"] in polled.received


def test_a_poison_record_comes_again_only_when_it_cannot_be_parked(artifact: Artifact, stage: Stage, file: Path, tmp_path: Path) -> None:
    broken = stage.environment(GATEWATCH_STORE=f"sqlite:{file}", DEAD_LETTER_QUEUE_URL=stage.dead_letter_queue_url + "-gone")
    stage.send("poison")
    for number in range(9):
        stage.sign_in(user_record(f"user{number}"))
    with Emulator(artifact, broken, log=tmp_path / "broken.log") as function:
        polled = stage.poll(function)
    assert (len(polled.received), len(polled.failed), polled.error, stage.waiting()) == (10, 1, "", 1)
    assert len(alerts(file)) == 9


def test_while_the_store_is_away_all_come_again_and_what_is_urgent_is_told_once(stage: Stage, function: Emulator, file: Path) -> None:
    stage.sign_in(user_record("earlier"))
    stage.poll(function)
    stage.inbox()
    rename(file, "evidence", "evidence_away")
    stage.sign_in(root_record())
    stage.sign_in(user_record("bob"))
    away = stage.poll(function)
    urgent = stage.inbox()
    again = stage.poll(function)
    silent = stage.inbox()
    rename(file, "evidence_away", "evidence")
    recovered = stage.poll(function)
    assert (len(away.received), len(away.failed), away.error) == (2, 1, "")  # the urgent one was replaced by a copy that knows it was told
    assert (len(again.failed), silent) == (2, [])
    assert (recovered.done, stage.waiting(), stage.dead_letters()) == (2, 0, [])
    assert [told["Subject"][:11] for told in urgent] == ["CRITICAL 87"]
    assert "NOT STORED" in urgent[0]["Subject"]
    assert [told["Subject"][:9] for told in stage.inbox()] == ["MEDIUM 40"]
    assert sorted((a.score, len(a.notification_log), a.pending) for a in alerts(file)) == [(40, 1, ()), (40, 1, ()), (87, 1, ())]


def test_a_sweep_sends_what_is_owed(stage: Stage, function: Emulator, file: Path) -> None:
    stage.sns.delete_topic(TopicArn=stage.topic_arn)
    stage.sign_in(user_record("carol"))
    polled = stage.poll(function)
    (owing,) = alerts(file)
    stage.restore_topic()
    function.invoke(SWEEP)
    function.invoke(SWEEP)
    (told,) = alerts(file)
    assert (polled.done, owing.pending, told.pending) == (1, ("sns",), ())
    assert len(stage.inbox()) == 1


def test_a_dead_letter_survives_sqs_own_redrive(stage: Stage, function: Emulator, file: Path) -> None:
    dead_letters = SqsDeadLetters(stage.dead_letter_queue_url, lambda: stage.sqs)
    large = json.dumps(envelope(user_record("alice", note="x" * 60_000)))
    split = secrets.token_hex(PART_BYTES)
    sent = datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)
    dead_letters.dead_letter(Message(id="m-1", body=large, sent=sent), "store_refused")
    dead_letters.dead_letter(Message(id="m-2", body=split, sent=sent), "some_reason")
    stage.redrive()
    polled = stage.poll(function)
    back = stage.dead_letters()
    (alert,) = alerts(file)
    assert (polled.failed, stage.waiting(), len(stage.inbox())) == ((), 0, 1)
    assert alert.rule == "aws_console_login_no_mfa"
    assert sorted((part["part"], part["reason"], part["origin"]) for part in back) == [(1, "some_reason", "m-2"), (2, "some_reason", "m-2")]


def test_an_event_delivered_directly_is_taken_as_well(stage: Stage, function: Emulator, file: Path) -> None:
    assert function.invoke(envelope(user_record("dave"))) == {}
    assert (len(alerts(file)), len(stage.inbox())) == (1, 1)


def test_wrong_settings_are_reported_together_and_the_queue_keeps_the_messages(artifact: Artifact, stage: Stage, tmp_path: Path) -> None:
    wrong = {**stage.environment(NOTIFY_FROM="loud"), "NOTIFICATION_TOPIC_ARN": ""}
    stage.sign_in(user_record("erin"))
    with Emulator(artifact, wrong, log=tmp_path / "wrong.log") as function:
        polled = stage.poll(function)
        with pytest.raises(FunctionError) as raised:
            function.invoke(SWEEP)
    assert (polled.failed, stage.waiting()) == (polled.received, 1)
    assert raised.value.kind == "ConfigError"
    assert all(name in str(raised.value) for name in ("ELASTIC_URL", "NOTIFICATION_TOPIC_ARN", "NOTIFY_FROM"))
