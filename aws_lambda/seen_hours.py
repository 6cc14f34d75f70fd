"""The hours in which sign-in events were seen in one account and Region, and whether their absence is unusual. Pure: hours come in, nothing is read.

An hour is a whole number of hours since 1970 (UTC). Four weeks are kept as bits, so that one place is one short text.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

WEEK = 7 * 24
WEEKS = 4
KEPT = WEEKS * WEEK
LEARNING = 2 * WEEK
"""A place says nothing before its first event is so old."""

MISSED = 12.0
"""So many hours that usually have events must have had none."""

TIMES_LONGEST = 1.5
"""So much longer than the longest silence of the four weeks must this one be, in the same measure."""

GIVEN_UP = 8 * WEEK
"""A place that was silent so long is out of use."""

EVERY_ACCOUNT = "*"

type Place = tuple[str, str]
"""Account, or ``EVERY_ACCOUNT``, and Region."""


class Hours(Struct, frozen=True):
    """Hours with events: the newest, the first ever, and bits in hex (bit 0 is the newest hour, bit 1 the one before)."""

    last: int
    first: int
    bits: str = "1"


class Silence(Struct, frozen=True):
    """An unusual silence."""

    last: int  # the hour of the last event
    missed: float  # hours since then that usually have events
    seen: int  # hours with events in the four weeks before


def merged(known: Hours | None, hours: Iterable[int]) -> Hours | None:
    """The history with these hours as well, in whatever order they come; None without any."""
    all_hours = sorted(set(hours))
    if not all_hours:
        return known
    last = max(all_hours[-1], known.last if known is not None else 0)
    bits = int(known.bits, 16) << (last - known.last) if known is not None else 0
    for hour in all_hours:
        if last - hour < KEPT:
            bits |= 1 << (last - hour)
    first = min(all_hours[0], known.first if known is not None else all_hours[0])
    return Hours(last, first, f"{bits & _ones(KEPT):x}")


def together(histories: Iterable[Hours]) -> Hours | None:
    """Several places as one."""
    found = list(histories)
    if not found:
        return None
    last = max(one.last for one in found)
    bits = 0
    for one in found:
        if last - one.last < KEPT:
            bits |= int(one.bits, 16) << (last - one.last)
    return Hours(last, min(one.first for one in found), f"{bits & _ones(KEPT):x}")


def silences(histories: Mapping[Place, Hours], now: int) -> dict[Place, Silence]:
    """Every place that is unusually silent in this hour. A Region is also judged with all accounts together: those that are rarely used say little alone."""
    regions: dict[str, list[Hours]] = {}
    for (_, region), history in histories.items():
        regions.setdefault(region, []).append(history)
    joined = {(EVERY_ACCOUNT, region): one for region, found in regions.items() if (one := together(found)) is not None}
    judged = ((place, silence(history, now)) for place, history in (*joined.items(), *histories.items()))
    return {place: found for place, found in judged if found is not None}


def silence(history: Hours, now: int) -> Silence | None:
    """The silence of one place, if it is unusual.

    The measure is not hours but *missed* hours: each hour counts as the share of the last weeks in which that hour of the week had
    events. A quiet night or weekend counts nothing. The hour that is not over and the one before it do not count: events come late.
    """
    quiet = now - 2 - history.last
    if not MISSED <= quiet <= GIVEN_UP or history.last - history.first < LEARNING:
        return None
    bits, weeks = int(history.bits, 16), min(WEEKS, (history.last - history.first + 1) // WEEK)
    missed = _missed(bits, weeks, quiet)
    if missed < MISSED or missed < TIMES_LONGEST * _longest(bits, weeks):  # the second takes a hundred times as long
        return None
    return Silence(history.last, round(missed, 1), bits.bit_count())


def _missed(bits: int, weeks: int, hours: int) -> float:
    """How many of the hours after the newest usually have events."""
    full, rest = divmod(hours, WEEK)
    found = full * (bits & _ones(weeks * WEEK)).bit_count()
    for week in range(1, weeks + 1):
        found += (bits >> (week * WEEK - rest) & _ones(rest)).bit_count()
    return found / weeks


def _longest(bits: int, weeks: int) -> float:
    """The longest silence between two events of these weeks, in missed hours."""
    usual = [sum(bits >> (week * WEEK + hour) & 1 for week in range(weeks)) / weeks for hour in range(WEEK)]
    longest = gap = 0.0
    for hour in range(weeks * WEEK):
        if bits >> hour & 1:
            longest, gap = max(longest, gap), 0.0
        else:
            gap += usual[hour % WEEK]
    return longest  # what is before the first event is no silence between two


def forgotten(histories: Mapping[str, Hours], now: int) -> dict[str, Hours]:
    """Without the Regions that are out of use."""
    return {region: one for region, one in histories.items() if now - one.last <= 2 * GIVEN_UP}


def _ones(count: int) -> int:
    return (1 << count) - 1
