"""Puts a record back on the function's own queue, with what was told about it while the index was away."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .dead_letters import attributes
from .messages import ANNOUNCED, ENCODING, FIRST_SENT, PACKED, Message, to_milliseconds

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SetAside:
    """The function's own queue. What the SDK raises passes through: the original is then reported as failed and comes again."""

    def __init__(self, queue_url: str, client: Callable[[], "SQSClient"]) -> None:
        self._queue = queue_url
        self._client = client

    def send(self, message: Message, announced: Sequence[str]) -> None:
        """A copy that knows which channels were told; the original is then done."""
        words = {
            ANNOUNCED: ",".join(announced),
            FIRST_SENT: to_milliseconds(message.sent),
            ENCODING: PACKED if message.packed else "",
        }
        self._client().send_message(QueueUrl=self._queue, MessageBody=message.body, MessageAttributes=attributes(words))
