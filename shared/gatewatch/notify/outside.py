"""Requests to an address that the operator named: https only, no redirect, and nothing inside the network unless it is listed.

The address may hold a secret: it appears in no repr, log line or exception, and neither does what the other side answers.
"""

import ipaddress
import socket
from collections.abc import Callable, Collection, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from ..errors import NotifyError, NotifyUnavailable

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
ANSWER_LIMIT_BYTES = 4 * 1024
_LATER = frozenset({408, 425, 429})

type Resolve = Callable[[str, int], Collection[str]]
"""The IP addresses of a host name, for a port. Raises ``OSError``."""


class Target(Struct, frozen=True):
    """Where to connect: the IP address that was checked, with the host's name for TLS and the Host header."""

    address: str
    host: str
    port: int
    path: str


class Post(Protocol):
    """Posts a body to a checked target and returns the status. Raises ``OSError`` or urllib3's errors."""

    def __call__(self, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
        """Send one request, read at most 4 KiB of the answer, and forget it."""
        ...


def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked(url: str, private: Collection[str], look_up: Resolve, name: str) -> Target:
    """The target of an address. Every IP address of its host must be public, unless the host is in ``private``.

    The connection is made to the address that was checked: a name that changes its mind between check and connection gains nothing.

    Raises:
        NotifyError: the address is not https, holds credentials, or leads into the network.
        NotifyUnavailable: the name has no address now.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        host, port, parts = "", 443, urlsplit("")
    if parts.scheme != "https" or not host or parts.username is not None or parts.fragment:
        raise NotifyError(f"the {name} address must start with https:// and hold no credentials and no fragment")
    try:
        found = list(look_up(host, port))
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise NotifyUnavailable(f"the host of the {name} address has no IP address")
    if host.casefold() not in private and not all(_is_public(address) for address in found):
        raise NotifyError(f"the {name} address leads to a private or link-local address; list its host if that is meant")
    return Target(found[0], host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return bool(inner.is_global and address.is_global and not inner.is_multicast)


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    """One request over TLS to the checked address; the certificate must be the host's."""
    import urllib3  # noqa: PLC0415 - 105 ms of cold start that only a notification needs

    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    pool = urllib3.HTTPSConnectionPool(
        target.address, target.port, timeout=timeout, cert_reqs="CERT_REQUIRED", assert_hostname=target.host, server_hostname=target.host
    )
    host = target.host if target.port == 443 else f"{target.host}:{target.port}"
    with pool:
        answer = pool.urlopen(
            "POST", target.path, body=body, headers={**headers, "Host": host}, retries=False, redirect=False, preload_content=False
        )
        answer.read(ANSWER_LIMIT_BYTES)
        answer.close()
        return answer.status


class Network(Struct, frozen=True):
    """How names are looked up and requests are sent; tests bring their own."""

    look_up: Resolve = resolve
    post: Post = post


def send(do: Post, target: Target, body: bytes, headers: Mapping[str, str], name: str) -> None:
    """Post, and say by the exception what became of it.

    Raises:
        NotifyUnavailable: no answer, or one that may change.
        NotifyError: refused; redirects are refusals.
    """
    failure, status = _try(do, target, body, headers)
    if failure:
        raise NotifyUnavailable(f"{name} did not answer: {failure}")
    if status in _LATER or status >= 500:
        raise NotifyUnavailable(f"{name} answered {status}")
    if not 200 <= status < 300:
        raise NotifyError(f"{name} refused the message with status {status}; check its address")


def _try(do: Post, target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[str, int]:
    """The status, or the name of what went wrong: the exception itself quotes the address and stays here."""
    import urllib3  # noqa: PLC0415 - as above

    try:
        return "", do(target, body, headers)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return type(error).__name__, 0
