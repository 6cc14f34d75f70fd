"""Who is notified, from which severity, and with which links. The channels' own settings stand with the channels."""

from collections.abc import Collection, Mapping

from ..model import Severity
from ..ports import Notifier
from ..settings import Configuration, Kind, Setting, optional
from ..settings.kinds import HTTPS, matching, one_of, some_of
from .channels import CHANNELS, NAMES
from .channels.channel import Build, Channel
from .links import Links

BY_TUNING = "tuning"
_FROM = one_of(BY_TUNING, *Severity)

NOTIFY_CHANNELS = optional(
    "NOTIFY_CHANNELS",
    some_of(*NAMES),
    "every channel an alert must be sent on, also those that the other cloud serves; by default those that are set up here",
)
NOTIFY_FROM = optional(
    "NOTIFY_FROM",
    Kind(form=_FROM.form, parse=lambda text: None if _FROM.parse(text) == BY_TUNING else Severity(text)),
    "lowest severity that is announced, in the seed of the policy; outranks the tuning, and `tuning` (the default) leaves it to that",
)
RUNBOOK_BASE_URL = optional("RUNBOOK_BASE_URL", HTTPS, "where docs/playbooks is published: notifications link to BASE/RULE_ID.md")
ALERT_URL = optional(
    "ALERT_URL",
    matching(r"https://\S*\{id\}\S*", "an https:// address with {id} where the alert's id belongs"),
    "page of an alert, such as a saved Kibana search, with `{id}` where the alert's id belongs",
)
LINKS: tuple[Setting, ...] = (RUNBOOK_BASE_URL, ALERT_URL)

type Builders = Mapping[str, Build]
"""Builders that a host brings, by channel: those that need its cloud's SDK."""


def settings(own: Collection[str]) -> tuple[Setting, ...]:
    """Every setting about notifications that a host reads; ``own`` names the channels whose builder it brings."""
    return (NOTIFY_CHANNELS, NOTIFY_FROM, *LINKS, *channel_settings(own))


def channel_settings(own: Collection[str]) -> tuple[Setting, ...]:
    """Those that belong to one channel. A host may tolerate problems in them: they stop that channel and nothing else."""
    return tuple(one for channel in buildable(own) for one in (*channel.needs, *channel.settings))


def buildable(own: Collection[str]) -> list[Channel]:
    """The channels that a host can serve; ``own`` names those whose builder it brings."""
    return [channel for channel in CHANNELS if channel.build is not None or channel.name in own]


def links(configuration: Configuration) -> Links:
    """The operator's pages."""
    return Links(runbooks=configuration[RUNBOOK_BASE_URL], document=configuration[ALERT_URL])


def channels(configuration: Configuration, own: Collection[str]) -> tuple[str, ...]:
    """Every channel an alert must be sent on: those that are named, else those that are set up here, even wrongly."""
    named = configuration[NOTIFY_CHANNELS]
    return named if named is not None else tuple(channel.name for channel in _set_up(configuration, own))


def notifiers(configuration: Configuration, own: Builders) -> dict[str, Notifier]:
    """The channels that this host serves, built."""
    wanted, broken = channels(configuration, own), broken_channels(configuration, own)
    where = links(configuration)
    found: dict[str, Notifier] = {}
    for channel in _set_up(configuration, own):
        build = own.get(channel.name) or channel.build
        if channel.name in wanted and channel.name not in broken and build is not None:
            found[channel.name] = build(configuration, where)
    return found


def broken_channels(configuration: Configuration, own: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The wanted channels that cannot be served because a setting of theirs is wrong, with what is wrong. Their notifications stay pending."""
    wanted = channels(configuration, own)
    problems = {
        channel.name: tuple(text for one in (*channel.needs, *channel.settings) if (text := configuration.problem(one)))
        for channel in _set_up(configuration, own)
    }
    return {name: texts for name, texts in problems.items() if texts and name in wanted}


def _set_up(configuration: Configuration, own: Collection[str]) -> list[Channel]:
    return [channel for channel in buildable(own) if all(configuration.given(need) for need in channel.needs)]
