"""The forms that settings have."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from .field import Kind

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _refuse() -> ValueError:
    return ValueError()


TEXT: Kind[str] = Kind(form="text", parse=str)


def matching(pattern: str, form: str) -> Kind[str]:
    """Text of this pattern."""
    wanted = re.compile(pattern)

    def parse(text: str) -> str:
        if not wanted.fullmatch(text):
            raise _refuse()
        return text

    return Kind(form=form, parse=parse)


HTTPS: Kind[str] = matching(r"https://\S+", "an https:// address")


def _url(text: str) -> str:
    parts = urlsplit(text)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not secure or not parts.hostname or parts.username:
        raise _refuse()
    return text.rstrip("/")


URL: Kind[str] = Kind(form="an https:// address without credentials in it", parse=_url)
"""Plain http is allowed on the machine itself only."""


def whole(low: int, high: int) -> Kind[int]:
    """A whole number in [low, high]."""
    return _number(int, low, high)


def seconds(high: float) -> Kind[float]:
    """Seconds in [0, high]."""
    return _number(float, 0, high)


def _number[N: (int, float)](kind: Callable[[str], N], low: N, high: N) -> Kind[N]:
    def parse(text: str) -> N:
        try:
            found = kind(text)
        except ValueError:
            raise _refuse() from None
        if not low <= found <= high:
            raise _refuse()
        return found

    return Kind(form=f"a number from {low} to {high}", parse=parse)


def one_of(*texts: str) -> Kind[str]:
    """One of a few words."""

    def parse(text: str) -> str:
        if text not in texts:
            raise _refuse()
        return text

    return Kind(form=f"one of {', '.join(texts)}", parse=parse)


def some_of(*texts: str) -> Kind[tuple[str, ...]]:
    """One or more of a few words, separated by commas."""

    def parse(text: str) -> tuple[str, ...]:
        found = separated(text)
        if not found or not set(found) <= set(texts):
            raise _refuse()
        return found

    return Kind(form=f"a comma-separated list of {', '.join(texts)}", parse=parse)


_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}")


def hosts() -> Kind[tuple[str, ...]]:
    """Names or IP addresses of hosts, separated by commas."""

    def parse(text: str) -> tuple[str, ...]:
        found = separated(text)
        if not found or not all(_HOST.fullmatch(host) for host in found):
            raise _refuse()
        return found

    return Kind(form="a comma-separated list of host names", parse=parse)


def separated(text: str) -> tuple[str, ...]:
    """The distinct parts between the commas, blanks stripped."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
