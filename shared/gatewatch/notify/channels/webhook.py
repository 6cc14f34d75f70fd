"""A signed webhook (Standard Webhooks, CloudEvents): incident tools, ticket systems, and whatever else takes a request."""

from ...errors import NotifyUnavailable
from ...ports import Notifier
from ...settings import Configuration, SecretField, optional
from ...settings.kinds import HTTPS, TEXT, hosts
from ..links import Links
from .channel import Channel

ADDRESS = SecretField(
    name="WEBHOOK_URL",
    reference="WEBHOOK_URL_SECRET_ARN",
    kind=HTTPS,
    help="address that signed notifications are posted to; it may hold a key and is a secret",
)
SIGNING_SECRET = SecretField(
    name="WEBHOOK_SIGNING_SECRET",
    reference="WEBHOOK_SIGNING_SECRET_ARN",
    kind=TEXT,
    help="secret that the webhook is signed with (`whsec_` and base64); two, separated by a blank, while it is rotated",
)
PRIVATE_HOSTS = optional(
    "NOTIFY_PRIVATE_HOSTS",
    hosts(),
    "hosts of the webhook that may have private addresses, separated by commas; by default it must be public",
)


def build(configuration: Configuration, links: Links) -> Notifier:
    """The notifier of the webhook."""
    from ..webhook import WebhookNotifier  # noqa: PLC0415 - only where it is wired

    private = configuration[PRIVATE_HOSTS]
    return WebhookNotifier(
        configuration.secret(ADDRESS, NotifyUnavailable),
        configuration.secret(SIGNING_SECRET, NotifyUnavailable),
        private=private or (),
        links=links,
    )


CHANNEL = Channel(name="webhook", title="Webhook", needs=(ADDRESS, SIGNING_SECRET), settings=(PRIVATE_HOSTS,), build=build, resolves=True)
