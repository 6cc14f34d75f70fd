"""Microsoft Teams, through a Workflows webhook."""

from ...errors import NotifyUnavailable
from ...ports import Notifier
from ...settings import Configuration, SecretField
from ...settings.kinds import URL
from ..links import Links
from .channel import Channel

WEBHOOK = SecretField(
    name="TEAMS_WEBHOOK_URL",
    reference="TEAMS_WEBHOOK_SECRET_ARN",
    kind=URL,
    help="address of the Teams Workflows webhook; its signature is a secret",
)


def build(configuration: Configuration, links: Links) -> Notifier:
    """The notifier of the webhook."""
    from ..teams import TeamsNotifier  # noqa: PLC0415 - only where Teams is wired

    return TeamsNotifier(configuration.secret(WEBHOOK, NotifyUnavailable), links=links)


CHANNEL = Channel(name="teams", title="Microsoft Teams", needs=(WEBHOOK,), build=build)
