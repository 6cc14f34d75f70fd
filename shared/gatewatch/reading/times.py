"""Turns times as vendors write them into timezone-aware UTC datetimes."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from .late_pattern import LatePattern

_CLOCK = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,12}))?)?"
_HALF = r"(?:\s*([ap])\.?\s?m\.?)?"
_ZONE = r"\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
_ISO = LatePattern(rf"(\d{{4}})[-/.]\s?(\d{{1,2}})[-/.]\s?(\d{{1,2}})[.,]?[T ]+{_CLOCK}{_HALF}{_ZONE}", re.ASCII | re.IGNORECASE)
_YEAR_LAST = LatePattern(rf"(\d{{1,2}})([-/.])\s?(\d{{1,2}})\2\s?(\d{{4}})[ ,]+{_CLOCK}{_HALF}{_ZONE}", re.ASCII | re.IGNORECASE)
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = rf"({'|'.join(_NAMES)})[a-z]*"
_DAY_NAME = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_BASIC = LatePattern(rf"(\d{{4}})(\d{{2}})(\d{{2}})T?(\d{{2}})(\d{{2}})(\d{{2}})(?:[.,](\d{{1,12}}))?{_ZONE}", re.ASCII | re.IGNORECASE)
_REGION = LatePattern(r"(.{10,40}?)\[(?:(UTC|GMT|Z)|[\w/+\-]{1,40})\]", re.ASCII)  # Java puts the name of the zone behind its offset
_OFFSET = LatePattern(r".*[\d](?:Z|[+-]\d{2}:?\d{2})", re.ASCII)
# Floats with eight digits behind the point are whole seconds at least; spreadsheets round to fewer, which are hours.
_EPOCH = LatePattern(r"(?:\d{9,13}|\d{16}|\d{19})(?:\.\d{1,9})?|1\.\d{8,16}[eE]\+?\d{1,2}", re.ASCII)
_TICKS = LatePattern(r"\d{18}", re.ASCII)
_DATE = LatePattern(r"\\?/Date\((\d{9,13})(?:[+-]\d{4})?\)\\?/", re.ASCII)
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(9990, 1, 1, tzinfo=UTC)  # leaves room for windows and look-backs on either side
# Numbers of these sizes count seconds, thousandths, millionths and billionths since 1970.
_UNITS = ((0, 1e11, 1), (1e11, 1e14, 1_000), (1e15, 1e16, 1_000_000), (1e18, 1e19, 1_000_000_000))
# Counts of 100 nanoseconds, with the seconds from their first moment to 1970: Windows' since 1601, .NET's since the year 1.
_SINCE = ((1.2e17, 1.5e17, 11_644_473_600), (6.2e17, 6.7e17, 62_135_596_800))
_LIMIT_CHARS = 64
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200e": None, "\u200f": None})  # .NET and browsers write these


@cache
def _named() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Month first, day first, as ctime; made with the first such text, because no log of a cloud has one."""
    month_first = rf"{_DAY_NAME}{_NAME}\s+(\d{{1,2}}),?\s+(\d{{4}}),?(?:\s+(?:at|@))?\s+{_CLOCK}{_HALF}{_ZONE}"
    day_first = rf"{_DAY_NAME}(\d{{1,2}})[ /-]{_NAME}[ /-](\d{{4}})(?:,?\s+|:){_CLOCK}{_HALF}{_ZONE}"
    as_ctime = rf"{_DAY_NAME}{_NAME}\s+(\d{{1,2}})\s+{_CLOCK}(?:\s+(?:UTC|GMT))?\s+(\d{{4}}){_ZONE}"
    flags = re.ASCII | re.IGNORECASE
    return re.compile(month_first, flags), re.compile(day_first, flags), re.compile(as_ctime, flags)


def moment(value: object) -> datetime | None:
    """Return the time in UTC, or None when the value is not a time between 1990 and 9990. Without an offset it is read as UTC.

    Formats: ISO 8601 with a ``T`` or a blank and up to twelve fraction digits (microseconds are kept), one-digit hours;
    ``M/d/yyyy h:mm:ss a`` (Azure diagnostic settings, portals) and what other cultures write (``d/M/yyyy``, ``d.M.yyyy``,
    ``d-M-yyyy``, ``yyyy/M/d``); English month names; epoch seconds, or their thousandths, millionths and billionths; ticks of Windows and .NET; .NET's ``/Date(ms)/``, also as the object that
    PowerShell 5 writes. A date with slashes whose parts are both possible months is read month first (see ``is_ambiguous``).
    """
    if isinstance(value, str):
        found = exact(value) or _from_text(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _from_ticks(value) or _from_epoch(float(value)) if -1e15 < value < 1e19 else None
    elif isinstance(value, Mapping):
        found = _from_object(value)
    else:
        found = None
    return found if found is not None and _EARLIEST <= found <= _LATEST else None


def is_ambiguous(value: object) -> bool:
    """Whether month and day of this date can be confused: slashes, both at most 12 and different, without AM or PM.

    "05/11/2026 10:01:00" is 11 May in the United States and 5 November in most of Europe. Programs set to the United States add AM or PM.
    """
    if not isinstance(value, str) or "/" not in value[:5] or (match := _YEAR_LAST.fullmatch(_plain(value))) is None:
        return False
    first, mark, second = match.group(1), match.group(2), match.group(3)
    return mark == "/" and match.group(9) is None and int(first) != int(second) and 0 < int(first) <= 12 and 0 < int(second) <= 12


def day_first(values: Iterable[object]) -> bool | None:
    """Whether dates with slashes have their day first, by the first of these that can only be read in one way; None if none can."""
    for value in values:
        match = _YEAR_LAST.fullmatch(_plain(value)) if isinstance(value, str) else None
        if match is None or match.group(2) != "/":
            continue
        if int(match.group(1)) > 12:
            return True
        if int(match.group(3)) > 12:
            return False
    return None


_WHOLE_SECONDS = 20
_EXACT_CHARS = frozenset({_WHOLE_SECONDS, *range(22, 29)})
_FIRST_YEAR, _END_YEAR = _EARLIEST.year, _LATEST.year


def exact(written: str) -> datetime | None:
    """The time in the form of AWS and Graph (``2026-11-20T12:00:00.1234567Z``), cut to microseconds; None for any other form.

    What is not looked at here is what no other form of a time has that Python reads and that has these lengths and marks.
    """
    if len(written) not in _EXACT_CHARS or written[7] != "-" or written[10] != "T" or written[13] != ":" or written[16] != ":":
        return None
    if written[19] not in ".Z" or written[-1] != "Z":
        return None
    if len(written) > _WHOLE_SECONDS and not (written[20:-1].isdigit() and written.isascii()):  # Python overlooks a seventh character
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year < _END_YEAR else None


def month_first_text(value: object) -> object:
    """A date with slashes and its day first as ISO text; anything else unchanged. For files whose order is known (``day_first``)."""
    match = _YEAR_LAST.fullmatch(_plain(value)) if isinstance(value, str) else None
    if match is None or match.group(2) != "/":
        return value
    found = _year_last(match, swapped=True)
    return value if found is None else found.isoformat()


def _plain(text: str) -> str:
    text = text.strip()
    return text if text.isascii() else text[: _LIMIT_CHARS + 1].translate(_SPACES).strip()


def _from_text(value: str) -> datetime | None:
    text = _plain(value)
    if len(text) > _LIMIT_CHARS:
        return None
    if match := _ISO.fullmatch(text):
        year, month, day, *clock, half, offset = match.groups()
        return _built((year, month, day), clock, half, offset)
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(match)
    if match := _DATE.fullmatch(text):
        return _from_epoch(float(match.group(1)))
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text))
    return _rarely(text)


def _rarely(text: str) -> datetime | None:
    """Forms that hardly any log has: without marks between the parts, with the name of a zone in brackets, counts of ticks, names of months."""
    if match := _BASIC.fullmatch(text):
        year, month, day, *clock, offset = match.groups()
        return _built((year, month, day), clock, None, offset)
    if match := _REGION.fullmatch(text):
        written = match.group(1)
        return _from_text(written) if match.group(2) or _OFFSET.fullmatch(written) else None
    return _from_ticks(int(text)) if _TICKS.fullmatch(text) else _with_name(text)


def _year_last(match: re.Match[str], *, swapped: bool = False) -> datetime | None:
    """Dots and dashes mean day first. With slashes the month is first, unless it can only be a day (or ``swapped``)."""
    first, mark, second, year, *clock, half, offset = match.groups()
    days_first = mark != "/" or swapped
    if int(second if days_first else first) > 12:
        days_first = not days_first
    month, day = (second, first) if days_first else (first, second)
    return _built((year, month, day), clock, half, offset)


def _with_name(text: str) -> datetime | None:
    month_first, day_first, as_ctime = _named()
    if match := month_first.fullmatch(text):
        name, day, year, *clock, half, offset = match.groups()
    elif match := day_first.fullmatch(text):
        day, name, year, *clock, half, offset = match.groups()
    elif match := as_ctime.fullmatch(text):
        name, day, *clock, year, offset = match.groups()
        half = None
    else:
        return None
    return _built((year, str(_NAMES.index(name.casefold()) + 1), day), clock, half, offset)


def _from_object(value: Mapping[str, object]) -> datetime | None:
    """The objects of PowerShell 5 (``{"value": "/Date(ms)/", "DisplayHint": 2, "DateTime": "Friday, ..."}``), MongoDB and protobuf."""
    folded = {name.casefold(): inner for name, inner in value.items()} if len(value) <= 32 else {}
    inside = folded.get("$date")
    if isinstance(inside, dict) and len(inside) == 1:
        return _inner(inside.get("$numberLong"))
    if folded.keys() <= {"seconds", "nanos"}:
        return _inner(folded.get("seconds"))
    return next((found for name in ("value", "$date", "datetime") if (found := _inner(folded.get(name))) is not None), None)


def _inner(value: object) -> datetime | None:
    return moment(value) if isinstance(value, str | int | float) else None


def _built(date: tuple[str, str, str], clock: list[str], half: str | None, offset: str | None) -> datetime | None:
    hour, minute, second, fraction = (int(clock[0]), int(clock[1]), int(clock[2] or 0), clock[3])
    if half:
        hour = hour % 12 + (12 if half.upper() == "P" else 0) if hour <= 12 else hour
    microsecond = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        year, month, day = (int(part) for part in date)
        # a leap second (60) becomes second 59
        return datetime(year, month, day, hour, minute, min(second, 59), microsecond, tzinfo=_zone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str | None) -> timezone:
    if offset is None or offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(delta if offset[0] == "+" else -delta)


def _from_ticks(number: float) -> datetime | None:
    seconds = next((seconds for least, most, seconds in _SINCE if least <= number < most), None)
    return None if seconds is None else _UNIX + timedelta(microseconds=int(number) // 10 - seconds * 1_000_000)


def _from_epoch(number: float) -> datetime | None:
    unit = next((unit for least, most, unit in _UNITS if least <= number < most), None)
    if unit is None:
        return None
    number /= unit
    try:
        return datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None
