"""The values of an alert by placeholder: what its events say, and times around them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ..evidence import stored_time
from ..model import Evidence
from ..providers.catalogue import provider_of

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_TIME = re.compile(r"(t|e)(?:_(minus|plus)_(\d{1,3})([mhd]))?")


class Placeholders(Mapping[str, str]):
    """Placeholders by name.

    ``t`` is the time of the first event, ``t_minus_1h`` an hour before it, ``t_plus_4h`` four hours after the last one, each as ISO 8601 in
    UTC; ``e`` instead of ``t`` gives seconds since 1970. ``now`` is the present time.
    """

    def __init__(self, named: Mapping[str, str], first: datetime, last: datetime, now: datetime) -> None:
        self._named, self._first, self._last, self._now = named, first, last, now

    def __getitem__(self, name: str) -> str:
        if name == "now":
            return _iso(self._now)
        if name in self._named:
            return self._named[name]
        found = _TIME.fullmatch(name)
        if found is None:
            raise KeyError(name)
        moment = self._moment(found)
        return _iso(moment) if found[1] == "t" else str(int(moment.timestamp()))

    def _moment(self, found: re.Match[str]) -> datetime:
        if found[2] is None:
            return self._first
        span = timedelta(**{_UNITS[found[4]]: int(found[3])})
        return self._first - span if found[2] == "minus" else self._last + span

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name == "now" or name in self._named or _TIME.fullmatch(name) is not None)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._named, "now", "t"))

    def __len__(self) -> int:
        return len(self._named) + 2


def values(evidence: Sequence[Evidence], now: datetime) -> Placeholders:
    """The values of these records, the first ones before the later ones; there is at least one."""
    named: dict[str, str] = {}
    for item in evidence:
        event = item.event
        own = {"source_ip": event.place.ip, "account": event.account, **provider_of(event).placeholders(event)}
        named = {name: value for name, value in own.items() if value} | named
    times = [stored_time(item) for item in evidence]
    return Placeholders(named, min(times), max(times), now)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
