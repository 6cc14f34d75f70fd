"""The channel "webhook": CloudEvents, signed as Standard Webhooks are. The receiver is told of a close as well."""

import time
from collections.abc import Callable, Collection

from ..errors import NotifyUnavailable
from ..ports import Notice, PlainNotice
from . import cloud_event, outside, payload
from .links import Links
from .standard_webhooks import NoSecretError, headers, secrets_of

_AGENT = "gatewatch"


class WebhookNotifier:
    """Posts one signed CloudEvent for each notification."""

    name = "webhook"

    def __init__(
        self,
        url_source: Callable[[], str],
        secret_source: Callable[[], str],
        *,
        private: Collection[str] = (),
        links: Links | None = None,
        network: outside.Network | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """The sources give address and signing secrets when they are needed; ``private`` lists hosts that may have private addresses."""
        self._url_source, self._secret_source = url_source, secret_source
        self._private = frozenset(host.casefold() for host in private)
        self._links = links or Links()
        self._network, self._clock = network or outside.Network(), clock

    def __repr__(self) -> str:
        return "WebhookNotifier(url=<secret>)"

    def send(self, notice: Notice) -> None:
        """Post the event. Id and body are the same at every attempt; the timestamp is the attempt's."""
        self._post(cloud_event.cloud_event(notice, self._links))

    def send_plain(self, notice: PlainNotice) -> None:
        """Post a message that is about no alert, as an event of its own type."""
        self._post(cloud_event.plain_event(notice))

    def _post(self, event: cloud_event.Json) -> None:
        secrets = self._secrets()
        target = outside.checked(self._url_source(), self._private, self._network.look_up, "webhook")
        body = payload.encoded(event)
        signed = headers(event["id"], int(self._clock()), body, secrets)
        outside.send(
            self._network.post, target, body, {**signed, "Content-Type": cloud_event.CONTENT_TYPE, "User-Agent": _AGENT}, "the webhook"
        )

    def _secrets(self) -> tuple[bytes, ...]:
        try:
            return secrets_of(self._secret_source())
        except NoSecretError as error:  # it is mended in the secret store, and then the message is sent
            raise NotifyUnavailable(str(error)) from None
