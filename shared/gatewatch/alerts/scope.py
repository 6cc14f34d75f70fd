"""How far a chunk of records reaches: which subjects, links, days, groups and familiarity must be read before anything may be written.

The law (design: "state, alerts are a pure function of the evidence"): an alert is read before the evidence that decides it, and only
groups whose whole day was read are written. The margin around a day is the longest chain of reaches in the rules' and providers' own data.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from msgspec import Struct

from ..model import GroupKey
from ..model.tokens import ADDRESS, person_token
from ..providers.catalogue import CHAIN_REACH, CORRELATION
from ..providers.people import canonical, spellings
from ..tuning import Tuning

_DAY = timedelta(days=1)


class Scope(Struct, frozen=True):
    """What has to be read. Grows with what is found, until nothing new appears."""

    subjects: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    keys: frozenset[GroupKey] = frozenset()
    familiar: frozenset[str] = frozenset()  # keys of familiarity

    def spans(self) -> list[tuple[datetime, datetime]]:
        """The times in which all evidence of the subjects is read: each day with its margin, joined where they meet."""
        found: list[tuple[datetime, datetime]] = []
        for day in sorted(self.days):
            since, until = _start(day) - CHAIN_REACH, _start(day) + _DAY + CHAIN_REACH
            if found and since <= found[-1][1]:
                found[-1] = (found[-1][0], until)
            else:
                found.append((since, until))
        return found


def scope_of(groups: Iterable[GroupKey], tuning: Tuning) -> Scope:
    """What decides these groups, whether or not they have evidence still: their days, and whose they are under this policy and by their own name."""
    keys = frozenset(groups)
    people = {key.principal for key in keys if key.family == CORRELATION.name}
    others = [key for key in keys if key.family != CORRELATION.name]
    named = {person_token(person) for person in people}
    spelt = {token for person in people for token in spellings(canonical(person, tuning), tuning)}
    return Scope(
        subjects=frozenset({*named, *spelt, *(f"principal:{key.account}|{key.principal}" for key in others)}),
        addresses=frozenset(
            f"address:{key.account}|{key.principal.removeprefix(ADDRESS)}" for key in others if key.principal.startswith(ADDRESS)
        ),
        days=frozenset(key.day for key in keys),
        keys=keys,
    )


def days_within_margin(moment: datetime) -> frozenset[str]:
    """The UTC days within the margin of a moment."""
    return _between((moment - CHAIN_REACH).astimezone(UTC).date(), (moment + CHAIN_REACH).astimezone(UTC).date())


def days_near(day: str) -> frozenset[str]:
    """The UTC days within the margin of a whole day."""
    return _between((_start(day) - CHAIN_REACH).date(), (_start(day) + _DAY + CHAIN_REACH).date())


@lru_cache(maxsize=1_024)
def _between(first: date, last: date) -> frozenset[str]:
    return frozenset((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))


def _start(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
