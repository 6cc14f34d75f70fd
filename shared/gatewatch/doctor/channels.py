"""The channels of this host: their settings, and whether their addresses can be reached. No message is sent to anybody."""

import socket
import ssl
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from ..errors import NotifyUnavailable
from ..model import Severity
from ..notify import settings as notify
from ..notify.channels.channel import Channel
from ..settings import Configuration, SecretField
from ..settings.kinds import HTTPS, URL
from .findings import Diagnosis, NeverAsked

SECONDS = 5.0
RETIRED = ("webhook.office.com", "outlook.office.com")
"""Hosts of Microsoft 365 connectors, which Microsoft has switched off (Argo CD's notes name 2026-03-31)."""

type Reach = Callable[[str, int, bool], str]
"""Connects to a host and a port, with TLS or without, and hangs up; empty, or why that failed."""

NEVER_ASKED = NeverAsked(
    what="whether a channel shows a message to people",
    reason="only a message can tell, and people would read it",
    command="gatewatch replay examples/records.jsonl --store memory: --notify   (with the channel's settings, to a channel for tests)",
)


def reach(host: str, port: int, tls: bool) -> str:  # noqa: FBT001 - ``Reach``
    """Over the network, with the certificate checked."""
    try:
        with socket.create_connection((host, port), SECONDS) as plain:
            if tls:
                ssl.create_default_context().wrap_socket(plain, server_hostname=host).close()
    except (OSError, UnicodeError) as error:
        return type(error).__name__
    return ""


def channels(configuration: Configuration, own: notify.Builders, connect: Reach = reach) -> Iterator[Diagnosis]:
    """What is wrong with the channels that are set up here; the address of a webhook is a secret and is never shown."""
    broken = notify.broken_channels(configuration, own)
    for name, problems in broken.items():
        yield Diagnosis(
            id="channel-broken",
            severity=Severity.HIGH,
            subject=name,
            problem=f"The channel {name} is not served, and what it must send stays pending: {'; '.join(problems)}.",
            fix=f"Correct the setting, then look again. The settings of {name}: docs/settings.md",
        )
    wanted = notify.channels(configuration, own)
    if not wanted:
        yield Diagnosis(
            id="no-channel",
            severity=Severity.CRITICAL,
            problem="No channel is set up: alerts are stored, and nobody is notified.",
            fix="Set TEAMS_WEBHOOK_URL, SLACK_WEBHOOK_URL or WEBHOOK_URL, or name the channels that the other cloud serves in NOTIFY_CHANNELS.",
        )
    for channel in notify.buildable(own):
        if channel.name in wanted and channel.name not in broken and all(configuration.given(need) for need in channel.needs):
            yield from _address(channel, configuration, connect)


def _address(channel: Channel, configuration: Configuration, connect: Reach) -> Iterator[Diagnosis]:
    need = channel.needs[0]
    if not isinstance(need, SecretField) or need.kind not in {URL, HTTPS}:
        return
    place = urlsplit(configuration.secret(need, NotifyUnavailable)().strip())
    host, tls = place.hostname or "", place.scheme == "https"
    if host.endswith(RETIRED):
        yield Diagnosis(
            id="webhook-retired",
            severity=Severity.CRITICAL,
            subject=channel.name,
            problem=f"{need.name} is the address of a Microsoft 365 connector, which Microsoft has switched off.",
            fix='In Teams: Workflows, "Post to a channel when a webhook request is received"; store the new address as the secret.',
        )
        return
    failure = connect(host, place.port or (443 if tls else 80), tls)
    if failure:
        yield Diagnosis(
            id="webhook-unreachable",
            severity=Severity.CRITICAL,
            subject=channel.name,
            problem=f"The host of {need.name} cannot be reached from here ({failure}): what {channel.title} must show stays pending.",
            fix="Compare the host in the secret with the one that the channel's page shows; then look at DNS, proxy and firewall of the host.",
        )
