"""Which answers of Graph are tried again, and after how long. Pure.

The SDK's own retry handler is not used: it leaves 500, 502 and broken connections alone, sleeps up to 180 s without knowing our deadline,
and gives up on a longer Retry-After instead of leaving the rest to the next run.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRYABLE = frozenset({408, 429, 500, 502, 503, 504})
LONGEST_DELAY = 60.0
"""Seconds; the ceiling of our own backoff, not of what Graph asks for."""


def delay(headers: Mapping[str, str], attempt: int, base: float, now: datetime) -> float:
    """Seconds before attempt ``attempt`` + 1 (the first is 1): what Retry-After says, else ``base`` doubled each time."""
    asked = retry_after(headers.get("Retry-After") or headers.get("retry-after") or "", now)
    return asked if asked is not None else min(base * 2 ** (attempt - 1), LONGEST_DELAY)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After value asks for (delta-seconds or HTTP date), or None when it says nothing usable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    moment = http_date(value)
    return None if moment is None else max((moment - now).total_seconds(), 0.0)


def http_date(value: str) -> datetime | None:
    """The moment that a header names, in UTC where it names no zone; None when it is no date."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
