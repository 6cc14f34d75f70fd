"""How far a chunk of records reaches: which subjects, links, days, groups and familiarity must be read before anything may be written.

The law (design: "state, alerts are a pure function of the evidence"): an alert is read before the evidence that decides it, and only
groups whose whole day was read are written. The margin around a day is the longest chain of reaches in the rules' and providers' own data.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from ..evidence import links, stored_time
from ..familiarity import key_of, lessons, touched_days
from ..model import Event, Evidence, GroupKey
from ..model.familiarity import Familiarity
from ..model.tokens import ADDRESS, address_token, subjects
from ..providers.catalogue import ADDRESS_PROVIDERS, CHAIN_REACH
from ..providers.people import person_of, spellings
from ..tuning import Tuning
from .evaluate import family_of
from .group import key_for_pair

_UNKNOWN = Familiarity()


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
            since, until = _start(day) - CHAIN_REACH, _start(day) + timedelta(days=1) + CHAIN_REACH
            if found and since <= found[-1][1]:
                found[-1] = (found[-1][0], until)
            else:
                found.append((since, until))
        return found

    def with_(self, other: "Scope") -> "Scope":
        """Both together."""
        return Scope(*(getattr(self, name) | getattr(other, name) for name in self.__struct_fields__))


class Known(Struct, frozen=True, kw_only=True):
    """What has been read so far."""

    evidence: Sequence[Evidence] = ()
    of_addresses: Sequence[Evidence] = ()
    familiar: Mapping[str, Familiarity] = {}


def scope(seeds: Sequence[Evidence], taught: Sequence[Event], known: Known, tuning: Tuning, oldest: datetime) -> Scope:
    """The reach of ``seeds`` and of what was ``taught``, given what is known so far.

    Days before ``oldest`` (the evidence's retention) are left alone.
    """
    tied, linked = _tied(seeds, known.evidence)
    days = {day for item in tied for day in days_within_margin(stored_time(item))}
    learners = lessons(taught)
    touching: list[Event] = []
    for key, events in learners.items():
        if touched := touched_days(known.familiar.get(key, _UNKNOWN), events):
            touching += events
            days |= {near for day in touched for near in days_near(day)}
    days = {day for day in days if day >= oldest.astimezone(UTC).date().isoformat()}
    stored = [*seeds, *known.evidence]
    met = [*(item.event for item in stored), *touching]
    people = frozenset(person for event in met if (person := person_of(event, tuning)) is not None)
    tokens = {token for event in met for token in subjects(event)}
    for person in people:
        tokens |= spellings(person, tuning)
    addresses = [item.event for item in stored if family_of(item.event) in ADDRESS_PROVIDERS and item.event.place.ip is not None]
    return Scope(
        subjects=frozenset(tokens),
        addresses=frozenset(token for event in addresses if (token := address_token(event)) is not None),
        links=linked,
        days=frozenset(days),
        keys=frozenset(_keys(met, addresses, people, days)),
        familiar=frozenset((*learners, *(key_of(event) for event in (*met, *(item.event for item in known.of_addresses))))),
    )


def _keys(met: Iterable[Event], addresses: Iterable[Event], people: Iterable[str], days: Collection[str]) -> Iterable[GroupKey]:
    owners = {(family_of(event), event.account or "", event.principal) for event in met}
    owners |= {(family_of(event), event.account or "", f"{ADDRESS}{event.place.ip}") for event in addresses}
    for day in days:
        yield from (GroupKey(family, account, principal, day) for family, account, principal in owners)
        yield from (key_for_pair(person, day) for person in people)


def _tied(seeds: Sequence[Evidence], known: Sequence[Evidence]) -> tuple[list[Evidence], frozenset[str]]:
    """The seeds and everything that links to them by id, however far; and the links of everything."""
    tied = list(seeds)
    tokens = {link for item in seeds for link in links(item.event)}
    waiting = [(item, links(item.event)) for item in known]
    everything = tokens.union(*(found for _, found in waiting))
    while True:
        joined = [pair for pair in waiting if not tokens.isdisjoint(pair[1])]
        if not joined:
            return tied, frozenset(everything)
        waiting = [pair for pair in waiting if tokens.isdisjoint(pair[1])]
        tied += [item for item, _ in joined]
        tokens.update(*(found for _, found in joined))


def days_within_margin(moment: datetime) -> set[str]:
    """The UTC days within the margin of a moment."""
    return _between(moment - CHAIN_REACH, moment + CHAIN_REACH)


def days_near(day: str) -> set[str]:
    """The UTC days within the margin of a whole day."""
    return _between(_start(day) - CHAIN_REACH, _start(day) + timedelta(days=1) + CHAIN_REACH)


def _between(since: datetime, until: datetime) -> set[str]:
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    return {(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)}


def _start(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
