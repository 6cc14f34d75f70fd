"""The entry point in process: three kinds of event, over moto and a local store."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aws_lambda import wiring
from aws_lambda.clients import Clients
from aws_lambda.handler import UndeliveredError, lambda_handler
from gatewatch.errors import ConfigError
from tests.builders.aws import envelope, user_record
from tests.support.mmdb import mmdb


class Context:
    function_name = "detector"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:detector"
    aws_request_id = "r-1"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


@pytest.fixture(autouse=True)
def cold_start() -> Iterator[None]:
    wiring.function.cache_clear()
    yield
    wiring.function.cache_clear()


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, clients: Clients, dead_lettered_at, waiting) -> None:
    topic = clients.sns.create_topic(Name="alerts")["TopicArn"]
    variables = {
        "GATEWATCH_STORE": "memory:",
        "NOTIFICATION_TOPIC_ARN": topic,
        "DEAD_LETTER_QUEUE_URL": dead_lettered_at.url,
        "QUEUE_URL": waiting.url,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def record(body: str, name: str) -> dict[str, Any]:
    return {"messageId": name, "body": body, "attributes": {}, "messageAttributes": {}, "eventSource": "aws:sqs", "receiptHandle": "h"}


def call(event: dict[str, Any]) -> dict[str, Any]:
    return lambda_handler(event, Context())  # type: ignore[arg-type]


@pytest.mark.usefixtures("deployed")
def test_a_batch_answers_with_what_must_come_again() -> None:
    good = record(json.dumps(envelope(user_record("alice"))), "m-1")
    assert call({"Records": [good, record("poison", "m-2")]}) == {"batchItemFailures": []}


def test_what_cannot_be_parked_is_the_only_failure(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/gone")
    good = record(json.dumps(envelope(user_record("alice"))), "m-1")
    assert call({"Records": [good, record("poison", "m-2")]}) == {"batchItemFailures": [{"itemIdentifier": "m-2"}]}


BAD = "Zaphod-was-here"
BAD_ATTRIBUTES = [
    pytest.param({"messageAttributes": {name: {"stringValue": BAD, "dataType": "String"}}}, id=name)
    for name in ("first_sent", "announced", "encoding", "part")
] + [
    pytest.param({"messageAttributes": {"first_sent": {"binaryValue": BAD, "dataType": "Binary"}}}, id="binary"),
    pytest.param({"messageAttributes": {"first_sent": {"stringValue": "9" * 30, "dataType": "Number"}}}, id="beyond-every-calendar"),
    pytest.param({"messageAttributes": None}, id="null"),
    pytest.param({"attributes": {"SentTimestamp": BAD, "ApproximateReceiveCount": BAD}}, id="system-attributes"),
    pytest.param(
        {"attributes": {"SentTimestamp": "9" * 19, "ApproximateReceiveCount": "-1"}}, id="system-attributes-beyond-every-calendar"
    ),
    pytest.param({"body": json.dumps({"gatewatch": BAD}, separators=(",", ":"))}, id="damaged-wrapper"),
]


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("bad", BAD_ATTRIBUTES)
def test_a_bad_attribute_fails_no_message_and_is_not_quoted(
    bad: dict[str, Any], dead_lettered_at, capsys: pytest.CaptureFixture[str]
) -> None:
    good = [record(json.dumps(envelope(user_record(f"user{n}"))), f"m-{n}") for n in range(9)]
    spoilt = record(json.dumps(envelope(user_record("mallory"))), "m-bad") | bad
    assert call({"Records": [*good, spoilt]}) == {"batchItemFailures": []}
    written = capsys.readouterr()
    (metrics,) = [json.loads(line) for line in written.out.splitlines() if '"_aws"' in line]
    assert metrics["Stored"] == [9.0 if "body" in bad else 10.0]
    assert [dead_letter.reason for dead_letter in dead_lettered_at.records()] == (["damaged_wrapper"] if "body" in bad else [])
    assert BAD not in written.out + written.err


@pytest.mark.usefixtures("deployed")
def test_a_sweep_and_a_direct_event_answer_with_nothing() -> None:
    assert call({"source": "gatewatch", "action": "sweep"}) == {}
    assert call(envelope(user_record("alice"))) == {}


def test_a_direct_event_that_is_not_done_is_an_error_so_that_lambda_tries_again(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWATCH_STORE")
    monkeypatch.delenv("QUEUE_URL")
    monkeypatch.setenv("ELASTIC_URL", "https://127.0.0.1:1")
    monkeypatch.setenv("ELASTIC_API_KEY_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:gone-AbCdEf")
    with pytest.raises(UndeliveredError):
        call(envelope(user_record("alice")))


def test_a_broken_tuning_is_counted_and_detection_goes_on(deployed: None, monkeypatch: pytest.MonkeyPatch, capsys, tmp_path) -> None:
    (tmp_path / "tuning.toml").write_text("this is = = no toml", "utf-8")
    monkeypatch.setenv("TUNING_FILE", str(tmp_path / "tuning.toml"))
    assert call(envelope(user_record("alice"))) == {}
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (metrics[-1]["TuningProblem"], metrics[-1]["Told"]) == ([1.0], [1.0])


def test_geography_reaches_the_ports(deployed: None, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("GATEWATCH_GEO", str(mmdb(tmp_path, "asn.mmdb", {"198.51.100.0/24": {"autonomous_system_number": 64500}})))
    found = wiring.function().invocation.ports.geo
    assert found is not None
    assert found.locate("198.51.100.7").asn == 64500


def test_nothing_runs_with_wrong_settings() -> None:
    with pytest.warns(UserWarning, match="No application metrics"), pytest.raises(ConfigError, match="DEAD_LETTER_QUEUE_URL"):
        call({"source": "gatewatch", "action": "sweep"})


@pytest.mark.usefixtures("deployed")
def test_metrics_carry_the_names_and_units_that_the_alarms_read(capsys: pytest.CaptureFixture[str]) -> None:
    call({"Records": [record("poison", "m-1")]})
    call({"source": "gatewatch", "action": "sweep"})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    written = [metrics for line in lines for metrics in line["_aws"]["CloudWatchMetrics"]]
    units = {each["Name"]: each["Unit"] for metrics in written for each in metrics["Metrics"]}
    assert {(metrics["Namespace"], tuple(metrics["Dimensions"][0])) for metrics in written} == {("Gatewatch", ("service",))}
    assert [line["service"] for line in lines] == ["gatewatch-default"] * 2
    assert (units["OldestWaitingSeconds"], units["Sweeps"], units["DeadLettered"]) == ("Seconds", "Count", "Count")
