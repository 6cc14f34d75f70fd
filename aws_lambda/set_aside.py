"""Puts a record back on the function's own queue, with what was announced about it: SQS is the only memory there is, and keeps bodies alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from .messages import Message
from .wrapped import Wrapped, wrap

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class _Delay(TypedDict, total=False):
    DelaySeconds: int


class SetAside:
    """The function's own queue. What the SDK raises passes through: the original is then reported as failed and comes again."""

    def __init__(self, queue_url: str, client: Callable[[], "SQSClient"], *, at_once: bool = False) -> None:
        """``at_once``: the queue delays what others send, and not what goes back."""
        self._queue = queue_url
        self._client = client
        self._delay: _Delay = {"DelaySeconds": 0} if at_once else {}

    def send(self, message: Message) -> None:
        """A copy that knows what was announced about it; the original is then done."""
        wrapped = Wrapped(record=message.body, packed=message.packed, first_sent=message.sent, announced=message.announced)
        self._client().send_message(QueueUrl=self._queue, MessageBody=wrap(wrapped), **self._delay)
