"""Every channel, in the order in which they are offered. A channel is one file here and one line in the list."""

from . import slack, sns, teams, webhook
from .channel import Channel

__all__ = ["BY_NAME", "CHANNELS", "NAMES"]

CHANNELS: tuple[Channel, ...] = (
    sns.CHANNEL,
    teams.CHANNEL,
    slack.CHANNEL,
    webhook.CHANNEL,
)

BY_NAME: dict[str, Channel] = {channel.name: channel for channel in CHANNELS}

NAMES: tuple[str, ...] = tuple(BY_NAME)
