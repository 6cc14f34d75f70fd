"""The Lambda entry for the trail's bucket, from the environment to the answer."""

import pytest

from aws_lambda import wiring
from aws_lambda.bucket_handler import lambda_handler
from aws_lambda.clients import Clients
from gatewatch.errors import ConfigError
from tests.adapters.aws.conftest import Queue
from tests.adapters.aws.test_handler import Context, record
from tests.builders.aws import user_record
from tests.support.trail_bucket import BUCKET, TrailBucket, notification


@pytest.fixture
def deployed(clients: Clients, monkeypatch: pytest.MonkeyPatch, dead_lettered_at: Queue) -> None:
    wiring.function.cache_clear()
    wiring.bucket.cache_clear()
    variables = {
        "GATEWATCH_STORE": "memory:",
        "NOTIFICATION_TOPIC_ARN": clients.sns.create_topic(Name="alerts")["TopicArn"],
        "DEAD_LETTER_QUEUE_URL": dead_lettered_at.url,
        "TRAIL_BUCKET": BUCKET,
        "OBJECT_QUEUE_URL": Queue(clients, "objects").url,
        "OBJECT_DEAD_LETTER_QUEUE_URL": Queue(clients, "refused").url,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("deployed")
def test_a_batch_answers_with_what_must_come_again(clients: Clients) -> None:
    trail = TrailBucket(clients)
    good = record(trail.put([user_record("alice")]), "m-1")
    assert lambda_handler({"Records": [good]}, Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    assert len(list(wiring.function().invocation.ports.store.days())) == 1


@pytest.mark.usefixtures("deployed")
def test_what_cannot_be_read_now_comes_again() -> None:
    unread = record(notification("AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/x.json.gz"), "m-1")
    assert lambda_handler({"Records": [unread]}, Context()) == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}  # type: ignore[arg-type]


@pytest.mark.usefixtures("deployed")
def test_missing_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAIL_BUCKET")
    monkeypatch.setenv("LIVE_PLACES", "everywhere")
    with pytest.raises(ConfigError, match="TRAIL_BUCKET") as error:
        wiring.bucket()
    assert "LIVE_PLACES" in str(error.value)
