"""Slack, through an incoming webhook."""

from ...errors import NotifyUnavailable
from ...ports import Notifier
from ...settings import Configuration, SecretField
from ...settings.kinds import HTTPS
from ..links import Links
from .channel import Channel

ADDRESS = SecretField(
    name="SLACK_WEBHOOK_URL",
    reference="SLACK_WEBHOOK_SECRET_ARN",
    kind=HTTPS,
    help="address of a Slack incoming webhook; its path is a secret",
)


def build(configuration: Configuration, links: Links) -> Notifier:
    """The notifier of the webhook."""
    from ..slack import SlackNotifier  # noqa: PLC0415 - only where Slack is wired

    return SlackNotifier(configuration.secret(ADDRESS, NotifyUnavailable), links=links)


CHANNEL = Channel(name="slack", title="Slack", needs=(ADDRESS,), build=build)
