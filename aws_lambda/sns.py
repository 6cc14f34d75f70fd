"""Sends notifications through SNS: e-mail, SMS, chat, whatever is subscribed."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.model.text import ascii_only
from gatewatch.notify import payload, text
from gatewatch.notify.compose import compose
from gatewatch.notify.links import Links
from gatewatch.ports import Notice, PlainNotice

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

_PROGRAMS = ("sqs", "lambda", "http", "https", "firehose")
"""Protocols whose subscribers are programs. They get data: with the text and the names of ``notify.payload``."""

_UNSENDABLE = frozenset(
    {"InvalidParameter", "InvalidParameterException", "InvalidParameterValue", "ParameterValueInvalid", "ValidationError"}
)

_WRONG_TOPIC = "Invalid parameter: TopicArn"
"""SNS says so of a topic that it does not know (another Region's, for instance). That is mended, and is no fault of the message."""


class SnsNotifier:
    """The channel "sns". Only a message that SNS calls invalid is given up: a missing topic or permission is mended, and then it is sent."""

    name = "sns"

    def __init__(self, topic_arn: str, client: Callable[[], "SNSClient"], links: Links | None = None) -> None:
        self._topic = topic_arn
        self._client = client
        self._links = links or Links()

    def send(self, notice: Notice) -> None:
        """Publish the alert as it stands; an error that SNS answers at once is tried once more, silence is not."""
        try:
            self._publish(notice)
        except NotifyUnavailable as error:
            if not isinstance(error.__cause__, _client_error()):
                raise
            self._publish(notice)

    def send_plain(self, notice: PlainNotice) -> None:
        """Publish a message that is about no alert; its attribute ``why`` is ``policy``."""
        subject = ascii_only(notice.subject, text.SUBJECT_LIMIT_CHARACTERS)
        body = "\n".join(text.plain_lines(notice))
        self._send(subject, json.dumps({"default": body}), {"why": {"DataType": "String", "StringValue": "policy"}})

    def _publish(self, notice: Notice) -> None:
        self._send(text.subject(notice), _by_protocol(notice, self._links), _attributes(notice))

    def _send(self, subject: str, message: str, attributes: "dict[str, MessageAttributeValueTypeDef]") -> None:
        from botocore.exceptions import BotoCoreError, ParamValidationError  # noqa: PLC0415 - loaded with boto3, see clients.py

        try:
            self._client().publish(
                TopicArn=self._topic,
                Subject=subject,
                Message=message,
                MessageStructure="json",
                MessageAttributes=attributes,
            )
        except _client_error() as error:
            said = error.response.get("Error", {})
            code = said.get("Code", "unknown")
            unsendable = code in _UNSENDABLE and not said.get("Message", "").startswith(_WRONG_TOPIC)
            raise (NotifyError if unsendable else NotifyUnavailable)(f"SNS: {code}") from error
        except ParamValidationError:  # its text quotes the message
            raise NotifyError("SNS: this message has no form that SNS takes") from None
        except BotoCoreError as error:
            raise NotifyUnavailable(f"SNS: {type(error).__name__}") from error


def _client_error() -> "type[ClientError]":
    from botocore.exceptions import ClientError  # noqa: PLC0415 - loaded with boto3, see clients.py

    return ClientError


def _by_protocol(notice: Notice, links: Links) -> str:
    """Text for people, and data for programs: SNS gives each subscription what its protocol names, else the default."""
    found = payload.encoded(payload.data(notice, links)).decode()
    texts = {"default": text.message(notice, links), "sms": text.subject(notice)}
    return json.dumps(texts | dict.fromkeys(_PROGRAMS, found), ensure_ascii=False)


def _attributes(notice: Notice) -> "dict[str, MessageAttributeValueTypeDef]":
    """For subscription filter policies."""
    said = compose(notice)
    attributes = {"severity": said.severity.value, "rule": said.rule, "family": notice.alert.key.family, "why": notice.why}
    found: dict[str, MessageAttributeValueTypeDef] = {k: {"DataType": "String", "StringValue": v} for k, v in attributes.items()}
    found["score"] = {"DataType": "Number", "StringValue": str(said.score)}
    return found
