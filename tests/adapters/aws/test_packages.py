"""The function's main path runs on boto3 and Powertools: seen in the calls of one delivery, from the SQS batch to the published alert."""

import json
from collections.abc import Iterator

import pytest

from aws_lambda import wiring
from aws_lambda.clients import Clients
from tests.adapters.aws.conftest import Queue
from tests.adapters.aws.test_handler import call, record
from tests.builders.aws import envelope, user_record
from tests.support.calls import watched


@pytest.fixture(autouse=True)
def cold_start() -> Iterator[None]:
    wiring.function.cache_clear()
    yield
    wiring.function.cache_clear()


def test_a_delivery_runs_on_powertools_and_boto3(clients: Clients, monkeypatch: pytest.MonkeyPatch, dead_lettered_at: Queue) -> None:
    subscriber = Queue(clients, "subscriber")
    topic = clients.sns.create_topic(Name="alerts")["TopicArn"]
    clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:subscriber")
    variables = {"GATEWATCH_STORE": "memory:", "NOTIFICATION_TOPIC_ARN": topic, "DEAD_LETTER_QUEUE_URL": dead_lettered_at.url}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with watched() as calls:
        answer = call({"Records": [record(json.dumps(envelope(user_record("alice"))), "m-1"), record("poison", "m-2")]})
    assert answer == {"batchItemFailures": []}
    assert calls.of("aws_lambda_powertools.logging", "info") > 0
    assert calls.of("aws_lambda_powertools.metrics", "add_metric") > 0
    assert calls.seen["boto3", "client"] == 2  # SNS and SQS
    assert calls.of("botocore.client", "_api_call") == 2  # one alert, one dead letter
    assert [len(queue.take()) for queue in (subscriber, dead_lettered_at)] == [1, 1]
