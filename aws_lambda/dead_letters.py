"""Dead-letters records that cannot be processed, with the reason, where ``gatewatch deadletter`` finds them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gatewatch.providers.aws.secrets import without_tokens

from .messages import PART, Message
from .wrapped import Wrapped, wrap_in_parts

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DETAIL_CHARACTERS = 300


class SqsDeadLetters:
    """The dead-letter queue. What the SDK raises passes through: the record is then reported as failed and comes again."""

    def __init__(self, queue_url: str, client: Callable[[], "SQSClient"]) -> None:
        self._queue = queue_url
        self._client = client

    def dead_letter(self, message: Message, reason: str, detail: str = "") -> None:
        """Send the record, without session tokens, with all that is known of it in the body; a part that SQS's own redrive brought goes back as it came."""
        wrapped = Wrapped(
            record=without_tokens(message.body),
            packed=message.packed,
            first_sent=message.sent,
            announced=message.announced,
            reason=reason,
            detail=printable(detail),
            origin=message.id,
        )
        for body in [message.body] if message.problem == PART else wrap_in_parts(wrapped):
            self._client().send_message(QueueUrl=self._queue, MessageBody=body)


def printable(text: str) -> str:
    """What an attacker may have written, as one bounded line."""
    return "".join(c if c.isprintable() else " " for c in text)[:DETAIL_CHARACTERS].strip()
