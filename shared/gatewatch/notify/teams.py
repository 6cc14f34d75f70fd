"""Microsoft Teams through a Workflows webhook ("When a Teams webhook request is received").

The webhook's address holds its secret: it never appears in a repr, a log line or an exception, and neither does the cause that could quote it.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from ..errors import NotifyError, NotifyUnavailable
from ..ports import Notice, PlainNotice
from .card import PAYLOAD_LIMIT_BYTES, card, encode, plain_card
from .links import Links

__all__ = ["Http", "TeamsNotifier", "card"]

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
SPACING_SECONDS = 0.25  # Teams throttles above 4 requests a second
LONGEST_WAIT_SECONDS = 1.0  # a longer wait is the queue's or the sweep's
DEFAULT_RETRY_AFTER_SECONDS = 2.0
_ACCEPTED = frozenset({200, 202})
_LATER = frozenset({408, 425, 429})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class WebhookAnswer(Protocol):
    """What we read of an HTTP response."""

    @property
    def status(self) -> int:
        """The status code."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The response headers."""
        ...


class Http(Protocol):
    """The one call we make; ``urllib3.PoolManager`` is one."""

    def request(self, method: str, url: str, **options: Any) -> WebhookAnswer:  # noqa: ANN401 - urllib3's own signature
        """Send one request and read the answer."""
        ...


class TeamsNotifier:
    """Posts Adaptive Cards; at most four a second, and never while Teams asked to wait."""

    name = "teams"

    def __init__(
        self,
        url_source: Callable[[], str],
        http: Http | None = None,
        *,
        links: Links | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``url_source`` gives the webhook's address when it is needed, from a secret store; ``http`` is the transport."""
        self._url_source = url_source
        self._http = http
        self._links = links or Links()
        self._monotonic = monotonic
        self._sleep = sleep
        self._not_before = 0.0

    def __repr__(self) -> str:
        return "TeamsNotifier(url=<secret>)"

    def send(self, notice: Notice) -> None:
        """Post the card; a card that Teams calls too large is halved and posted once more."""
        url = _checked(self._url_source())
        self._pace()
        status, wait = self._post(url, encode(card(notice, self._links)))
        if status == 413:
            self._pace()
            status, wait = self._post(url, encode(card(notice, self._links, PAYLOAD_LIMIT_BYTES // 2)))
        self._check_status(status, wait)

    def send_plain(self, notice: PlainNotice) -> None:
        """Post a message that is about no alert."""
        url = _checked(self._url_source())
        self._pace()
        status, wait = self._post(url, encode(plain_card(notice)))
        self._check_status(status, wait)

    def _pace(self) -> None:
        wait = self._not_before - self._monotonic()
        if wait > LONGEST_WAIT_SECONDS:
            raise NotifyUnavailable(f"Teams asked for a pause; {wait:.0f} s are left")
        if wait > 0:
            self._sleep(wait)
        self._not_before = self._monotonic() + SPACING_SECONDS

    def _post(self, url: str, body: bytes) -> tuple[int, float]:
        """Status and the pause Teams asks for, in seconds."""
        failure, answer = self._try(url, body)
        if answer is None:
            raise NotifyUnavailable(f"Teams did not answer: {failure}")
        return answer.status, _retry_after(answer.headers)

    def _try(self, url: str, body: bytes) -> tuple[str, WebhookAnswer | None]:
        """The answer, or the name of what went wrong: the exception itself quotes the address and stays here."""
        import urllib3  # noqa: PLC0415 - 105 ms of cold start that only a notification needs

        if self._http is None:
            self._http = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", maxsize=1)
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "gatewatch"}
        try:
            return "", self._http.request("POST", url, body=body, headers=headers, timeout=timeout, retries=False, redirect=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return type(error).__name__, None

    def _check_status(self, status: int, wait: float) -> None:
        if status in _ACCEPTED:
            return
        if status in _LATER or status >= 500:
            self._not_before = max(self._not_before, self._monotonic() + wait)
            raise NotifyUnavailable(f"Teams answered {status}; try again after {wait:.0f} s")
        raise NotifyError(f"Teams refused the card with status {status}; check the workflow and its address")


def _checked(url: str) -> str:
    """https, or http to this machine; the message never quotes the address."""
    parts = urlsplit(url.strip())
    if parts.scheme == "https" and parts.hostname:
        return url.strip()
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return url.strip()
    raise NotifyError("the Teams webhook address must start with https://")


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait; a date or nonsense counts as the default, and nothing counts as more than an hour."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return DEFAULT_RETRY_AFTER_SECONDS
    return min(max(seconds, 0.0), 3600.0) if seconds == seconds else DEFAULT_RETRY_AFTER_SECONDS  # noqa: PLR0124 - NaN
