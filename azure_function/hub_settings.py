"""What the Event Hub trigger is told. It is off until ``EVENT_HUB_NAME`` is set: without it the host is told of no such function."""

from collections.abc import Mapping

from gatewatch.settings import Setting, optional, setting
from gatewatch.settings.kinds import TEXT

CONNECTION = "EVENT_HUB"
"""The prefix of the host's own settings for the connection: ``EVENT_HUB__fullyQualifiedNamespace``, ``__credential``, ``__clientId``."""

EVENT_HUB_NAME = optional(
    "EVENT_HUB_NAME",
    TEXT,
    "switches the push of Entra's logs on: the hub to which diagnostic settings send them; "
    "the host connects with `EVENT_HUB__fullyQualifiedNamespace` and the managed identity",
)
EVENT_HUB_CONSUMER_GROUP = setting("EVENT_HUB_CONSUMER_GROUP", TEXT, "$Default", "consumer group of that hub; the Functions host reads it")

SETTINGS: tuple[Setting, ...] = (EVENT_HUB_NAME, EVENT_HUB_CONSUMER_GROUP)


def is_on(environment: Mapping[str, str]) -> bool:
    """Whether logs are pushed to this function app."""
    return bool(environment.get(EVENT_HUB_NAME.name, "").strip())
