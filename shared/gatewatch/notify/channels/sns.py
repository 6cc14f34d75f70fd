"""Amazon SNS: e-mail, SMS, chat, and whatever else subscribes to a topic. Its notifier needs boto3 and lies in `aws_lambda`."""

from ...settings import optional
from ...settings.kinds import matching
from .channel import Channel

TOPIC = optional(
    "NOTIFICATION_TOPIC_ARN",
    matching(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+", "the ARN of an SNS topic"),
    "the SNS topic that alerts are published to",
)

CHANNEL = Channel(name="sns", title="Amazon SNS", needs=(TOPIC,))
