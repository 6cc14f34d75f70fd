"""The channel "sns": what is sent, and what becomes of each refusal."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from botocore.stub import ANY, Stubber

from aws_lambda.batch import Invocation, take
from aws_lambda.clients import Clients
from aws_lambda.messages import direct
from aws_lambda.sns import SnsNotifier
from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.notify import text
from gatewatch.ports import Notice
from tests.adapters.aws.conftest import NOW
from tests.builders.aws import envelope, root_record, user_record

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


@pytest.fixture
def notice(invocation: Invocation, inbox) -> Notice:
    take([direct(envelope(root_record()), "r", NOW)], invocation)
    return inbox.got[0]


def test_a_subscriber_gets_subject_text_and_attributes_to_filter_by(clients: Clients, notice: Notice, waiting) -> None:
    topic = clients.sns.create_topic(Name="alerts")["TopicArn"]
    queue = clients.sqs.get_queue_attributes(QueueUrl=waiting.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    SnsNotifier(topic, lambda: clients.sns).send(notice)
    (found,) = waiting.take()
    body = json.loads(found["body"])
    assert (body["severity"], body["score"], body["events"][0]["mfa"]) == ("critical", 87, "no MFA")
    assert body["text"] == text.message(notice)
    assert found["attributes"] == {
        "severity": "critical",
        "rule": "aws_root_console_login",
        "family": "aws",
        "why": "new",
        "score": "87",
    }


def test_people_get_text_and_programs_get_data(notice: Notice) -> None:
    sent: list[dict[str, str]] = []

    class Client:
        def publish(self, **fields: str) -> None:
            sent.append(fields)

    SnsNotifier(TOPIC, Client).send(notice)  # type: ignore[arg-type]
    by_protocol = json.loads(sent[0]["Message"])
    assert by_protocol["default"] == text.message(notice)
    assert by_protocol["sms"] == text.subject(notice)
    assert {json.loads(by_protocol[name])["dedup_key"] for name in ("sqs", "lambda", "http", "https")} == {f"{notice.alert.id}:1"}
    assert len(sent[0]["Message"].encode()) <= 256 * 1024


REFUSALS = [
    pytest.param("InvalidParameter", NotifyError, id="invalid"),
    pytest.param("InvalidParameterValue", NotifyError, id="invalid value"),
    pytest.param("ThrottledException", NotifyUnavailable, id="throttled"),
    pytest.param("InternalError", NotifyUnavailable, id="their fault"),
    pytest.param("NotFound", NotifyUnavailable, id="no topic"),
    pytest.param("AuthorizationError", NotifyUnavailable, id="no permission"),
    pytest.param("KMSAccessDenied", NotifyUnavailable, id="no key"),
    pytest.param("EndpointDisabled", NotifyUnavailable, id="disabled"),
]


@pytest.mark.parametrize(("code", "raised"), REFUSALS)
def test_only_an_invalid_message_is_given_up(notice: Notice, code: str, raised: type[NotifyError]) -> None:
    client = boto3.client("sns")
    expected = {"TopicArn": TOPIC, "Subject": ANY, "Message": ANY, "MessageStructure": "json", "MessageAttributes": ANY}
    with Stubber(client) as stub:
        for _ in range(1 if raised is NotifyError else 2):
            stub.add_client_error("publish", code, expected_params=expected)
        with pytest.raises(NotifyError) as error:
            SnsNotifier(TOPIC, lambda: client).send(notice)
        stub.assert_no_pending_responses()
    assert type(error.value) is raised
    assert str(error.value) == f"SNS: {code}"


def test_a_topic_that_sns_does_not_know_is_mended_and_the_message_waits(notice: Notice) -> None:
    client = boto3.client("sns")
    with Stubber(client) as stub:
        for _ in range(2):
            stub.add_client_error("publish", "InvalidParameter", "Invalid parameter: TopicArn Reason: no such topic")
        with pytest.raises(NotifyUnavailable):
            SnsNotifier(TOPIC, lambda: client).send(notice)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_topic_is_reached_in_the_region_of_its_arn(clients: Clients, notice: Notice, waiting, region: str) -> None:
    there = boto3.client("sns", region_name=region)
    topic = there.create_topic(Name="alerts")["TopicArn"]
    queue = clients.sqs.get_queue_attributes(QueueUrl=waiting.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    there.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    SnsNotifier(topic, lambda: clients.sns_of(topic)).send(notice)
    assert len(waiting.take()) == 1


def test_without_a_region_in_the_arn_the_functions_own_is_asked(clients: Clients) -> None:
    assert clients.sns_of("") is clients.sns
    assert clients.sns_of(TOPIC) is clients.sns_of(TOPIC)


class Answers:
    """Answers each call with the next of these."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers, self.calls = list(answers), 0

    def publish(self, **_: object) -> None:
        self.calls += 1
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer


def test_no_connection_keeps_the_notification_owed_and_is_not_tried_twice(notice: Notice) -> None:
    unplugged = Answers(EndpointConnectionError(endpoint_url="https://sns.us-east-1.amazonaws.com"))
    with pytest.raises(NotifyUnavailable):
        SnsNotifier(TOPIC, lambda: unplugged).send(notice)  # type: ignore[arg-type, return-value]
    assert unplugged.calls == 1


def test_an_error_that_sns_answers_at_once_is_tried_once_more(notice: Notice) -> None:
    error = ClientError({"Error": {"Code": "InternalError", "Message": "m"}}, "Publish")
    hiccup = Answers(error, None)
    SnsNotifier(TOPIC, lambda: hiccup).send(notice)  # type: ignore[arg-type, return-value]
    assert hiccup.calls == 2


def test_a_message_without_a_valid_form_is_refused_and_not_quoted(notice: Notice) -> None:
    refused = Answers(ParamValidationError(report="Invalid type for parameter Message, value: alice's secret"))
    with pytest.raises(NotifyError) as error:
        SnsNotifier(TOPIC, lambda: refused).send(notice)  # type: ignore[arg-type, return-value]
    assert not isinstance(error.value, NotifyUnavailable)
    assert "alice" not in str(error.value)
    assert error.value.__cause__ is None


def test_attacker_written_names_cannot_break_the_subject(invocation: Invocation, inbox) -> None:
    class Recorder:
        subject = ""

        def publish(self, **sent: str) -> None:
            self.subject = sent["Subject"]

    recorder = Recorder()
    take([direct(envelope(user_record("bob\r\nBcc: all@example.com\u202e" + "x" * 400)), "r", NOW)], invocation)
    SnsNotifier(TOPIC, lambda: recorder).send(inbox.got[0])  # type: ignore[arg-type, return-value]
    assert recorder.subject.isascii()
    assert recorder.subject.isprintable()
    assert 0 < len(recorder.subject) < 100
