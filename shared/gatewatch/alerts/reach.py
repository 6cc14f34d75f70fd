"""Finds the scope of a chunk. It grows with everything that is met, and looks at each record once."""

from collections.abc import Iterable, Mapping, Sequence, Sized
from datetime import UTC, datetime

from ..evidence import id_link, links, stored_time
from ..familiarity import key_of, lessons, touched_days
from ..model import Event, Evidence, GroupKey
from ..model.familiarity import Familiarity
from ..model.tokens import ADDRESS, address_token, subjects
from ..providers.catalogue import ADDRESS_PROVIDERS, CORRELATION
from ..providers.people import person_of, spellings
from ..tuning import Tuning
from .evaluate import family_of
from .scope import Scope, days_near, days_within_margin

type _Owner = tuple[str, str, str]
"""A group key without its day."""

_NOTHING = Scope()


class Reach:
    """The reach of a chunk's evidence and lessons. It depends neither on the order nor on the pieces in which the rest is met."""

    def __init__(
        self, seeds: Sequence[Evidence], taught: Iterable[Event], tuning: Tuning, oldest: datetime, grown: Scope = _NOTHING
    ) -> None:
        """Begin with the chunk's own evidence, with the events that it ``taught``, and with what is in scope already (``grown``).

        Days before ``oldest`` (the evidence's retention) are left alone.
        """
        self._tuning, self._oldest = tuning, oldest.astimezone(UTC).date().isoformat()
        self._lessons = lessons(taught)
        self._subjects, self._addresses, self._links = set(grown.subjects), set(grown.addresses), set(grown.links)
        self._days = {day for day in grown.days if day >= self._oldest}
        self._keys = {key for key in grown.keys if key.day >= self._oldest}
        self._familiar = {*grown.familiar, *self._lessons}
        self._found = _NOTHING  # the scope as it was asked for last
        self._sizes: tuple[int, ...] = ()
        self._owners: set[_Owner] = set()
        self._actors: set[tuple[object, ...]] = set()
        self._met: set[str] = set()  # the ids of evidence
        self._met_at_addresses: set[str] = set()
        self._tied = {id_link(item.event.vendor_id) for item in seeds}  # links of the seeds and of all that links to them, however far
        self._loose: list[tuple[Evidence, tuple[str, ...]]] = []  # what does not link to them, with its links
        self._keyed: tuple[set[_Owner], set[str]] = set(), set()  # the owners and days of which every key is made
        self.meet(seeds)

    def meet(self, evidence: Iterable[Evidence], of_addresses: Iterable[Evidence] = ()) -> None:
        """Go on with what was read of subjects and links, and of source addresses."""
        for item in evidence:
            if item.id not in self._met:
                self._met.add(item.id)
                tokens = links(item.event)
                self._links.update(tokens)
                self._loose.append((item, tokens))
                self._stored(item.event)
        for item in of_addresses:
            if item.id not in self._met_at_addresses:
                self._met_at_addresses.add(item.id)
                self._familiar.add(key_of(item.event))
        while joined := [each for each in self._loose if not self._tied.isdisjoint(each[1])]:
            self._loose = [each for each in self._loose if self._tied.isdisjoint(each[1])]
            for item, tokens in joined:
                self._tie(item, tokens)

    def know(self, familiar: Mapping[str, Familiarity]) -> None:
        """Go on with what was read of familiarity: the days that the lessons touch besides their own, and whose they are."""
        for key in self._lessons.keys() & familiar.keys():
            events = self._lessons[key]
            touched = touched_days(familiar[key], events)
            self._add_days({near for day in touched for near in days_near(day)})
            for event in events if touched else ():
                self._acted(event)

    def scope(self) -> Scope:
        """What has to be read. The same object as before while nothing new appeared."""
        owners, days = self._keyed
        self._keys.update([GroupKey(*owner, day) for owner in self._owners - owners for day in self._days])
        self._keys.update([GroupKey(*owner, day) for owner in owners for day in self._days - days])
        owners |= self._owners
        days |= self._days
        parts: tuple[Sized, ...] = (self._subjects, self._addresses, self._links, self._days, self._keys, self._familiar)
        sizes = tuple(map(len, parts))
        if sizes != self._sizes:  # each of them only grows
            self._sizes = sizes
            self._found = Scope(
                subjects=frozenset(self._subjects),
                addresses=frozenset(self._addresses),
                links=frozenset(self._links),
                days=frozenset(self._days),
                keys=frozenset(self._keys),
                familiar=frozenset(self._familiar),
            )
        return self._found

    def _tie(self, item: Evidence, tokens: Iterable[str]) -> None:
        self._tied.update(tokens)
        self._add_days(days_within_margin(stored_time(item)))

    def _add_days(self, days: Iterable[str]) -> None:
        if not self._days.issuperset(days):
            self._days.update(day for day in days if day >= self._oldest)

    def _stored(self, event: Event) -> None:
        self._acted(event)
        token = address_token(event)
        if token is not None and family_of(event) in ADDRESS_PROVIDERS:
            self._addresses.add(token)
            self._owners.add((family_of(event), event.account or "", f"{ADDRESS}{event.place.ip}"))

    def _acted(self, event: Event) -> None:
        """The groups, subjects and familiarity of who acted."""
        self._familiar.add(key_of(event))
        family = family_of(event)
        actor = (family, event.account, event.principal, event.person, event.local_names)
        if actor in self._actors:
            return
        self._actors.add(actor)
        self._owners.add((family, event.account or "", event.principal))
        self._subjects.update(subjects(event))
        person = person_of(event, self._tuning)
        if person is not None:
            self._owners.add((CORRELATION.name, "", person))
            self._subjects.update(spellings(person, self._tuning))
