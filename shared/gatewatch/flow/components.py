"""Components: evidence that decides alerts together, and nothing else does. Evidence of a component in, alerts out.

Two pieces of evidence are in one component if they have a principal, a person (after the aliases of the tuning), a vendor id or a link of a
provider in common, directly or through others. Rules on source addresses have components of their own: an address joins nobody, or one
office would join everybody. So a replay, its worker processes and any distributed engine may compute components apart, in any order, and
together they say what one process says of everything at once.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from ..alerts.compute import compute
from ..alerts.evaluate import family_of
from ..alerts.joining import joining_tokens
from ..alerts.reading import Reading
from ..alerts.state import AlertInputs, renew
from ..evidence import distinct, links, stored_time
from ..familiarity import key_of
from ..model import Alert, Event, Evidence, GroupKey
from ..model.familiarity import Familiarity
from ..model.tokens import address_token
from ..providers.catalogue import ADDRESS_PROVIDERS, CHAIN_REACH
from ..tuning import Tuning
from .numbered import HashNumbers

WHOLE = 2_000
"""Evidence of a component that is computed at once; a larger one is computed days by days, with the longest chain of windows around them."""


class Component(Struct, frozen=True, kw_only=True):
    """Evidence that belongs together, distinct and ordered by id. ``address`` is the token of the source address whose rules it is for, if any."""

    evidence: tuple[Evidence, ...]
    address: str = ""

    def familiarity_keys(self) -> set[str]:
        """The keys of the familiarity that ``alerts_of`` needs."""
        return {key_of(item.event) for item in self.evidence}


def components(evidence: Iterable[Evidence], tuning: Tuning) -> Iterator[Component]:
    """The components of this evidence: of people and principals first, then of source addresses. In memory; the order of evidence says nothing."""
    found = list(distinct(evidence).values())
    groups = Groups()
    nodes = [groups.join(joining_tokens(item.event, tuning)) for item in found]
    together: dict[int, list[Evidence]] = defaultdict(list)
    for node, item in zip(nodes, found, strict=True):
        together[groups.root(node)].append(item)
    yield from (component(items) for items in together.values())
    yield from of_addresses(found)


def component(evidence: Iterable[Evidence], address: str = "") -> Component:
    """A component of this evidence."""
    return Component(evidence=tuple(sorted(distinct(evidence).values(), key=lambda item: item.id)), address=address)


def of_addresses(evidence: Iterable[Evidence]) -> Iterator[Component]:
    """The components of source addresses in this evidence."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        address = address_of(item.event)
        if address is not None:
            found[address].append(item)
    return (component(items, address) for address, items in found.items())


def address_of(event: Event) -> str | None:
    """The token of the source address whose component this event belongs to; None where no rule reads addresses."""
    return address_token(event) if family_of(event) in ADDRESS_PROVIDERS else None


class Groups:
    """Numbers that are joined into groups by what they have in common (union-find). Two tokens of one hash are one token."""

    def __init__(self) -> None:
        self._numbers = HashNumbers("i")
        self._parents = array("q")

    def __len__(self) -> int:
        return len(self._parents)

    def join(self, tokens: Iterable[str | int]) -> int:
        """A number of the group that all of these tokens (or their hashes) are in from now on."""
        first = -1
        for token in tokens:
            hashed = hash(token)
            number = self._numbers.get(hashed)
            if number < 0:
                number = len(self._parents)
                self._numbers.put(hashed, number)
                self._parents.append(number)
            if first < 0:
                first = number
            elif number != first:
                self.unite(first, number)
        return first

    def unite(self, one: int, other: int) -> None:
        """Make two groups one."""
        one, other = self.root(one), self.root(other)
        if one != other:
            self._parents[max(one, other)] = min(one, other)

    def root(self, number: int) -> int:
        """The number that stands for the group of this one."""
        parents = self._parents
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number


def alerts_of(component: Component, familiar: Mapping[str, Familiarity], inputs: AlertInputs) -> list[Alert]:
    """The alerts of a component where none is stored yet, ordered by group.

    ``familiar`` holds the familiarity of ``component.familiarity_keys()``, after everything was taught; a key that is missing is unknown.
    """
    if len(component.evidence) <= WHOLE:
        return _alerts(component.evidence, component, familiar, inputs)
    found: dict[GroupKey, Alert] = {}
    for days, near in _slices(component.evidence):
        found |= {alert.key: alert for alert in _alerts(near, component, familiar, inputs) if alert.key.day in days}
    return [found[key] for key in sorted(found)]


def _alerts(evidence: Sequence[Evidence], component: Component, familiar: Mapping[str, Familiarity], inputs: AlertInputs) -> list[Alert]:
    people, addresses = ((), tuple(evidence)) if component.address else (tuple(evidence), ())
    groups = compute(Reading(evidence=people, of_addresses=addresses, familiar=familiar), inputs.tuning, inputs.now)
    return [renew(groups[key], None, inputs) for key in sorted(groups)]


def _slices(evidence: Sequence[Evidence]) -> Iterator[tuple[set[str], list[Evidence]]]:
    """Days, and all evidence that decides their alerts: within the margin of these days, or linked to such evidence by id."""
    by_day: dict[str, list[Evidence]] = defaultdict(list)
    by_link: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        by_day[_day(stored_time(item))].append(item)
        for link in links(item.event):
            by_link[link].append(item)
    waiting: list[str] = []
    for day in sorted(by_day):
        waiting.append(day)
        if sum(len(by_day[each]) for each in waiting) >= WHOLE:
            yield set(waiting), _near(waiting, by_day, by_link)
            waiting = []
    if waiting:
        yield set(waiting), _near(waiting, by_day, by_link)


def _near(days: Sequence[str], by_day: Mapping[str, list[Evidence]], by_link: Mapping[str, list[Evidence]]) -> list[Evidence]:
    since = _start(days[0]) - CHAIN_REACH
    until = _start(days[-1]) + timedelta(days=1) + CHAIN_REACH
    first, last = _day(since), _day(until)
    found = {
        item.id: item for day, items in by_day.items() if first <= day <= last for item in items if since <= stored_time(item) <= until
    }
    waiting = list(found.values())
    seen: set[str] = set()
    while waiting:
        for link in links(waiting.pop().event):
            if link not in seen:
                seen.add(link)
                new = [item for item in by_link[link] if item.id not in found]
                found.update((item.id, item) for item in new)
                waiting += new
    return sorted(found.values(), key=lambda item: item.id)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _start(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
