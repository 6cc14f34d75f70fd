"""Finds the allowlist entry that suppresses an assessment."""

from collections.abc import Iterator

from msgspec import Struct

from ..model import Activity, Event, Severity, severity_of
from ..providers.catalogue import NEVER_BY_WILDCARD, provider_of
from ..providers.phrases import identifiers
from ..tuning import EVERY_RULE, AllowlistEntry, AllowlistMatch, Tuning
from ..tuning.index import Key, key, keys
from ..tuning.networks import in_network

NEVER_BY_WILDCARD_FROM = Severity.CRITICAL


class Case(Struct, frozen=True, gc=False, kw_only=True):
    """What an entry may suppress: one activity, or the two sides of a pair."""

    activities: tuple[Activity, ...]
    rules: tuple[str, ...]  # the rules that an entry must list: all that matched; for a pair, the pair rule
    score: int
    of_address: bool = False  # an alert of a source address: entries that name a principal do not apply to it
    sides: tuple[str, ...] = ()  # for a pair: the rules that its sides matched, which also limit ``*``


def suppressing_entry(case: Case, tuning: Tuning) -> str | None:
    """The id of the first entry that suppresses this case, or None.

    An entry applies if the activity is earlier than its expiry. For a pair the later activity counts, and both sides must match: an
    entry that knows one half must not silence what only the two together show.
    """
    last = max(activity.time for activity in case.activities)
    for entry in tuning.exceptions.candidates((_values(side.event), side.event.place.ip) for side in case.activities):
        if case.of_address and entry.match.principal is not None:
            continue
        if last < entry.expires and _lists(entry, case) and all(matches(entry.match, activity) for activity in case.activities):
            return entry.id
    return None


def _lists(entry: AllowlistEntry, case: Case) -> bool:
    """Whether the entry lists every rule of the case.

    ``*`` lists every rule, but not for a critical score, a guarded activity, or rules that a wildcard never suppresses.
    """
    if set(case.rules) <= set(entry.rules):
        return True
    if EVERY_RULE not in entry.rules or severity_of(case.score) >= NEVER_BY_WILDCARD_FROM:
        return False
    guarded = any(provider_of(activity.event).guarded(activity) for activity in case.activities)
    return not guarded and NEVER_BY_WILDCARD.isdisjoint((*case.rules, *case.sides))


def matching_entries(event: Event, tuning: Tuning) -> list[AllowlistEntry]:
    """The entries whose conditions hold for this event, whatever rules they list and whenever they end."""
    found = tuning.exceptions.candidates([(_values(event), event.place.ip)])
    return [entry for entry in found if _holds(entry.match, event)]


def matches(match: AllowlistMatch, activity: Activity) -> bool:
    """Whether every condition of the entry holds. An entry without conditions matches nothing."""
    return _holds(match, activity.event)


def _holds(match: AllowlistMatch, event: Event) -> bool:
    wanted, place = keys(match), event.place
    if not wanted and match.cidr is None and match.user_agent is None:
        return False
    return (
        set(wanted).issubset(_values(event))
        and (match.cidr is None or in_network(place.ip, match.cidr))
        and (match.user_agent is None or glob(match.user_agent, event.user_agent or ""))
    )


def _values(event: Event) -> Iterator[Key]:
    """Yield the event's values that the conditions of entries are compared with."""
    yield from (key("principal", name) for name in identifiers(event))
    yield key("account", event.account or "")
    if event.place.asn is not None:
        yield key("asn", event.place.asn)
    yield from (key(test, value) for test, value in provider_of(event).attributes(event).items())


def glob(pattern: str, text: str) -> bool:
    """Match without regard to case: a substring, or with ``*`` the whole text, where ``*`` matches any text. Linear in the text."""
    folded, wanted = text.casefold(), pattern.strip().casefold()
    if "*" not in wanted:
        return bool(wanted) and wanted in folded
    head, *middle, tail = wanted.split("*")
    if len(folded) < len(head) + len(tail) or not (folded.startswith(head) and folded.endswith(tail)):
        return False
    at, end = len(head), len(folded) - len(tail)
    for part in middle:
        found = folded.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
