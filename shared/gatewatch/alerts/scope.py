"""How far a chunk of evidence reaches: which subjects, links, days and groups must be read before anything may be written.

The law (design: "state, alerts are a pure function of the evidence"): an alert is read before the evidence that decides it, and only
groups whose whole day was read are written. The margin around a day is the longest chain of reaches in the rules' and providers' own data.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from ..evidence import links, stored_time
from ..model import Evidence, GroupKey
from ..model.tokens import subjects
from ..providers.catalogue import CHAIN_REACH
from ..providers.people import person_of, spellings
from ..tuning import Tuning
from .evaluate import family_of
from .group import key_for_pair


class Scope(Struct, frozen=True):
    """What has to be read. Grows with what is found, until nothing new appears."""

    subjects: frozenset[str]
    links: frozenset[str]
    days: frozenset[str]
    keys: frozenset[GroupKey]

    def since(self) -> datetime:
        """The start of the range in which all evidence of the subjects is read."""
        return _start(min(self.days)) - CHAIN_REACH

    def until(self) -> datetime:
        """The end of that range."""
        return _start(max(self.days)) + timedelta(days=1) + CHAIN_REACH


def scope(seeds: Iterable[Evidence], known: Iterable[Evidence], tuning: Tuning, oldest: datetime) -> Scope:
    """The reach of ``seeds`` given the evidence known so far. Days before ``oldest`` (the evidence's retention) are left alone."""
    seeds, known = list(seeds), list(known)
    found = [*seeds, *known]
    days = frozenset(day for item in _tied(seeds, known) for day in _days(stored_time(item)) if day >= oldest.date().isoformat())
    people = frozenset(person for item in found if (person := person_of(item.event, tuning)) is not None)
    tokens = {token for item in found for token in subjects(item.event)}
    for person in people:
        tokens |= spellings(person, tuning)
    keys = {GroupKey(family_of(item.event), item.event.account or "", item.event.principal, day) for item in found for day in days}
    keys |= {key_for_pair(person, day) for person in people for day in days}
    return Scope(frozenset(tokens), frozenset(link for item in found for link in links(item.event)), days, frozenset(keys))


def _tied(seeds: list[Evidence], known: list[Evidence]) -> list[Evidence]:
    """The seeds and everything that links to them by id, however far."""
    tied = list(seeds)
    tokens = {link for item in seeds for link in links(item.event)}
    waiting = list(known)
    while True:
        joined = [item for item in waiting if not tokens.isdisjoint(links(item.event))]
        if not joined:
            return tied
        tied += joined
        tokens |= {link for item in joined for link in links(item.event)}
        ids = {id(item) for item in joined}
        waiting = [item for item in waiting if id(item) not in ids]


def _days(moment: datetime) -> set[str]:
    first, last = (moment - CHAIN_REACH).astimezone(UTC).date(), (moment + CHAIN_REACH).astimezone(UTC).date()
    return {first.isoformat(), last.isoformat()}


def _start(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
