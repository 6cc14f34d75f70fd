"""The channel "slack": blocks to an incoming webhook. Its address is a secret."""

import time
from collections.abc import Callable

from ..errors import NotifyUnavailable
from ..ports import Notice, PlainNotice
from . import outside, payload, slack_blocks
from .links import Links

SPACING_SECONDS = 1.0  # Slack takes one message a second from a webhook
LONGEST_WAIT_SECONDS = 1.0


class SlackNotifier:
    """Posts one message a second at most."""

    name = "slack"

    def __init__(
        self,
        url_source: Callable[[], str],
        *,
        links: Links | None = None,
        network: outside.Network | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``url_source`` gives the webhook's address when it is needed, from a secret store."""
        self._url_source = url_source
        self._links = links or Links()
        self._network = network or outside.Network()
        self._monotonic, self._sleep = monotonic, sleep
        self._not_before = 0.0

    def __repr__(self) -> str:
        return "SlackNotifier(url=<secret>)"

    def send(self, notice: Notice) -> None:
        """Post the blocks."""
        self._post(slack_blocks.blocks(notice, self._links))

    def send_plain(self, notice: PlainNotice) -> None:
        """Post the blocks of a message that is about no alert."""
        self._post(slack_blocks.plain_blocks(notice))

    def _post(self, blocks: slack_blocks.Json) -> None:
        target = outside.checked(self._url_source(), (), self._network.look_up, "Slack webhook")
        self._pace()
        body = payload.encoded(blocks)
        sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "gatewatch"}
        outside.send(self._network.post, target, body, sent, "Slack")

    def _pace(self) -> None:
        wait = self._not_before - self._monotonic()
        if wait > LONGEST_WAIT_SECONDS:
            raise NotifyUnavailable("Slack is sent one message a second")
        if wait > 0:
            self._sleep(wait)
        self._not_before = self._monotonic() + SPACING_SECONDS
