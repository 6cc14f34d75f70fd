"""Turns times as vendors write them into timezone-aware UTC datetimes."""

import re
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_US = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})[ ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,12}))?)?\s*([AP]M)?\s*(?:Z|UTC)?", re.ASCII | re.IGNORECASE
)
_EPOCH = re.compile(r"\d{9,13}(?:\.\d{1,9})?", re.ASCII)
_DATE = re.compile(r"/Date\((\d{9,13})\)/", re.ASCII)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(9990, 1, 1, tzinfo=UTC)  # leaves room for windows and look-backs on either side
_MILLISECONDS_FROM = 100_000_000_000


def moment(value: object) -> datetime | None:
    """Return the time in UTC, or None when the value is not a time between 1990 and 9990. Without an offset it is read as UTC.

    Formats: ISO 8601 with a ``T`` or a blank and up to twelve fraction digits (microseconds are kept), one-digit hours,
    ``M/d/yyyy h:mm:ss a`` (Azure diagnostic settings), epoch seconds or milliseconds, and .NET's ``/Date(ms)/``.
    """
    if isinstance(value, str):
        found = _from_text(value.strip())
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _from_epoch(float(value)) if -1e15 < value < 1e15 else None
    else:
        found = None
    return found if found is not None and _EARLIEST <= found <= _LATEST else None


def _from_text(text: str) -> datetime | None:
    if len(text) > 64:
        return None
    if match := _ISO.fullmatch(text):
        year, month, day, hour, minute, second, fraction, offset = match.groups()
        return _built((year, month, day), (hour, minute, second), fraction, offset)
    if match := _US.fullmatch(text):
        month, day, year, hour, minute, second, fraction, half = match.groups()
        if half:
            hour = str(int(hour) % 12 + (12 if half.upper() == "PM" else 0))
        return _built((year, month, day), (hour, minute, second), fraction, None)
    if match := _DATE.fullmatch(text):
        return _from_epoch(float(match.group(1)))
    return _from_epoch(float(text)) if _EPOCH.fullmatch(text) else None


def _built(date: tuple[str, str, str], clock: tuple[str, str, str | None], fraction: str | None, offset: str | None) -> datetime | None:
    second = min(int(clock[2] or 0), 59)  # a leap second (60) becomes second 59
    microsecond = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        year, month, day = (int(part) for part in date)
        return datetime(year, month, day, int(clock[0]), int(clock[1]), second, microsecond, tzinfo=_zone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str | None) -> timezone:
    if offset is None or offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(delta if offset[0] == "+" else -delta)


def _from_epoch(number: float) -> datetime | None:
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
