"""What address rules say of source addresses where many failed, and what is kept of it from one computation to the next.

An address is decided by its own evidence alone. So a chunk that brings ten records of an address with a thousand others costs what the ten
and the windows around them cost: activities, matches and texts of the others are kept. What is kept decides nothing: without it the same is
computed from the same evidence.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from ..evidence import links, same_copy
from ..familiarity import key_of
from ..model import Activity, Evidence, Outcome
from ..model.familiarity import Familiarity
from ..model.tokens import address_token
from ..providers.catalogue import ADDRESS_PROVIDERS, RULES, provider_of
from ..providers.window import Series
from ..tuning import Tuning
from .activities import Activities
from .evaluate import Match, address_match, evaluate_address, family_of
from .joining import joining_tokens, subject_tokens
from .reading import Reading

CROWD = min(rule.crowd for rule in RULES if rule.scope == "address")
"""Principals who failed from a source address below which no rule on addresses matches."""

KEPT_EVIDENCE = 10_000
"""Pieces of evidence whose addresses are kept, about 30 MB."""

_REACH = max(rule.reach for rule in RULES if rule.scope == "address")


def at_addresses(reading: Reading, activities: Activities, tuning: Tuning) -> list[Match]:
    """Every match of an address rule in a reading."""
    found = crowded(reading.of_addresses).values()
    return [row for items in found for row in evaluate_address(activities.of(items.values()), tuning)]


def crowded(evidence: Iterable[Evidence]) -> dict[str, dict[str, Evidence]]:
    """The addresses (as tokens) from which so many principals failed that a rule can match, each with its evidence by id."""
    found = tuple(evidence)
    if not _failed(found):
        return {}
    return {token: items for token, items in _by_address(found).items() if _is_crowd(items)}


class Crowds:
    """The addresses of the latest computations. Several threads may share it: each takes an address away while it works on it."""

    def __init__(self, at_most: int = KEPT_EVIDENCE) -> None:
        """Keep addresses with so many pieces of evidence in all."""
        self._at_most = at_most
        self._kept: dict[str, _Address] = {}

    @contextmanager
    def matches(self, reading: Reading, tuning: Tuning) -> Iterator[list[Match]]:
        """As ``at_addresses``. Windows of the matches hold inside the context."""
        taken: dict[str, _Address] = {}
        for token, items in _by_address(reading.of_addresses).items():
            known = self._kept.pop(token, None)
            if known is None or known.tuning is not tuning:
                known = _Address(tuning) if _is_crowd(items) else None
            if known is not None:
                known.bring(items, reading.familiar)
                taken[token] = known
        yield [row for address in taken.values() for row in address.matches()]
        self._kept |= taken
        self._forget()

    def _forget(self) -> None:
        kept = list(self._kept.items())
        size = sum(len(address) for _, address in kept)
        for token, address in kept:
            if size <= self._at_most:
                break
            size -= len(address)
            self._kept.pop(token, None)


def _by_address(evidence: Iterable[Evidence]) -> dict[str, dict[str, Evidence]]:
    """The evidence of each source address that rules ask about, by id."""
    found: dict[str, dict[str, Evidence]] = defaultdict(dict)
    for item in evidence:
        event = item.event
        token = address_token(event)
        if token is not None and family_of(event) in ADDRESS_PROVIDERS:
            found[token][item.id] = item
    return found


def _is_crowd(items: Mapping[str, Evidence]) -> bool:
    """Whether so many principals failed that a rule on addresses can match."""
    return len(items) >= CROWD and _failed(items.values())


def _failed(items: Iterable[Evidence]) -> bool:
    """Whether so many principals failed, from wherever."""
    return len({item.event.principal for item in items if item.event.outcome is Outcome.FAILURE}) >= CROWD


class _Address:
    """One source address: its evidence, the activities that the evidence describes, and those of them that match."""

    def __init__(self, tuning: Tuning) -> None:
        self.tuning = tuning
        self._evidence: dict[str, Evidence] = {}
        self._joined: dict[str, set[str]] = defaultdict(set)  # ids of evidence by joining token
        self._loose: set[str] = set()  # subject tokens of evidence that may join others without an id
        self._of_key: dict[str, set[str]] = defaultdict(set)  # ids of evidence by key of familiarity
        self._known: dict[str, Familiarity | None] = {}  # by key
        self._series = Series()
        self._matches: dict[str, Match] = {}  # by the id of the activity

    def __len__(self) -> int:
        return len(self._evidence)

    def matches(self) -> list[Match]:
        """Its matches, in order of time."""
        return [row for activity in self._series.activities if (row := self._matches.get(activity.id)) is not None]

    def bring(self, items: Mapping[str, Evidence], familiar: Mapping[str, Familiarity]) -> None:
        """Bring it in line with this evidence, which is all there is, and with what is usual."""
        moved = [key for key, known in self._known.items() if (usual := familiar.get(key)) is not known and usual != known]
        changed = {each for key in moved for each in self._of_key[key]}
        gone = {each for each, item in self._evidence.items() if (now := items.get(each)) is None or not same_copy(item, now)}
        new = [item for each, item in items.items() if each not in self._evidence or each in gone]
        touched = self._closure(changed | gone)
        vendor_ids = {self._evidence[each].event.vendor_id for each in touched}
        for each in gone:
            self._drop(each)
        for item in new:
            self._add(item)
        touched = self._closure({*(touched - gone), *(item.id for item in new)})
        evidence = [self._evidence[each] for each in touched]
        vendor_ids |= {item.event.vendor_id for item in evidence}
        self._known |= {key: familiar.get(key) for key in {key_of(item.event) for item in evidence}}
        self._replace(vendor_ids, Activities(self.tuning, familiar).of(evidence))

    def _closure(self, ids: Iterable[str]) -> set[str]:
        """This evidence and all that becomes activities together with it."""
        found, met = set(ids), set[str]()
        waiting = list(found)
        while waiting:
            event = self._evidence[waiting.pop()].event
            loose = [token for token in subject_tokens(event, self.tuning) if token in self._loose] if self._loose else ()
            for token in (*links(event), *loose):
                if token not in met:
                    met.add(token)
                    more = self._joined[token] - found
                    found |= more
                    waiting += more
        return found

    def _add(self, item: Evidence) -> None:
        self._evidence[item.id] = item
        self._of_key[key_of(item.event)].add(item.id)
        if provider_of(item.event).links_loosely(item.event):
            self._loose.update(subject_tokens(item.event, self.tuning))
        for token in joining_tokens(item.event, self.tuning):
            self._joined[token].add(item.id)

    def _drop(self, evidence_id: str) -> None:
        event = self._evidence.pop(evidence_id).event
        self._of_key[key_of(event)].discard(evidence_id)
        for token in joining_tokens(event, self.tuning):
            self._joined[token].discard(evidence_id)

    def _replace(self, vendor_ids: set[str], made: Iterable[Activity]) -> None:
        """Have these activities in place of those of these vendor ids, and ask the rules again where that changes a window."""
        before = {activity.id: activity for activity in self._series.activities if not vendor_ids.isdisjoint(activity.members)}
        after = {activity.id: activity for activity in made}
        lost = {name: activity for name, activity in before.items() if after.get(name) != activity}
        added = sorted((activity for name, activity in after.items() if before.get(name) != activity), key=_order)
        if lost or (self._series.activities and added and _order(added[0]) < _order(self._series.activities[-1])):
            kept = (activity for activity in self._series.activities if activity.id not in lost)
            self._series.replace(sorted((*kept, *added), key=_order))
        else:
            self._series.extend(added)
        for name in lost:
            self._matches.pop(name, None)
        for activity in self._near(sorted(activity.time for activity in (*lost.values(), *added))):
            row = address_match(activity, self._series, self.tuning)
            if row is not None:
                self._matches[activity.id] = row
            else:
                self._matches.pop(activity.id, None)

    def _near(self, moments: Iterable[datetime]) -> Iterator[Activity]:
        """The activities whose windows hold one of these moments, which are ordered."""
        times, read = self._series.times, 0
        for moment in moments:
            start, end = bisect_left(times, moment.replace(microsecond=0)), bisect_right(times, moment + _REACH)
            yield from self._series.activities[max(start, read) : end]
            read = max(read, end)


def _order(activity: Activity) -> tuple[datetime, str]:
    return activity.time, activity.id
