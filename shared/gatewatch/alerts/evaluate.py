"""Activities to fired events: every rule on every activity, then the pairs of each principal and of each person."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct, structs

from ..model import Activity, AlertEvent, Assessment, Event, GroupKey
from ..model.tokens import ADDRESS, principal_token
from ..providers.catalogue import (
    CANCELLED_BY_CLOSING,
    CATALOGUE_ORDER,
    CORRELATION,
    PROVIDERS,
    RULES,
    has_part,
    parts_of,
    provider_of,
)
from ..providers.people import person_of
from ..providers.rule import Scored, Window
from ..providers.rule_index import RuleIndex
from ..providers.window import Series
from ..scoring import score
from ..tuning import Tuning
from .beside import Beside, lines, shown_among
from .event_text import event_text
from .pairs import pairs_among
from .windows import Windows, before

type _Assessed = tuple[Activity, Assessment | None]

RELATED = timedelta(minutes=15)  # how far back an alert names what it does not count

ALL_RULES, ADDRESS_RULES = score.ALL_RULES, score.ADDRESS_RULES
_NOT_CANCELLED = RuleIndex(rule for rule in RULES if rule.scope == "principal" and rule.id not in CANCELLED_BY_CLOSING)


class Match(Struct, frozen=True, dict=True):
    """One event of an alert: an activity whose own rules fired, or a pair of activities of one person. What follows from it is worked out once."""

    key: GroupKey
    activity: Activity  # for a pair: the later one
    assessment: Assessment
    closed: bool
    partner: Activity | None = None
    related: Window | None = None  # what the alert names besides and does not count
    context: Window | None = None  # what its person did around it that gives no points

    @cached_property
    def sides(self) -> tuple[Activity, ...]:
        """The activity, or both activities of a pair, the earlier one first."""
        return (self.activity,) if self.partner is None else (self.partner, self.activity)

    @property
    def open(self) -> bool:
        """Whether it may be the reason of a notification: neither closed by its provider nor suppressed."""
        return not self.closed and self.assessment.suppressed_by is None

    @cached_property
    def event_ids(self) -> tuple[str, ...]:
        """The distinct events this row counts: one, or both sides of a pair."""
        return tuple(side.id for side in self.sides)

    @cached_property
    def members(self) -> frozenset[str]:
        """Every vendor id behind this row, risk detections included."""
        return frozenset(member for side in self.sides for member in side.members)

    @cached_property
    def homes(self) -> frozenset[GroupKey]:
        """The groups that its activities alert in by themselves."""
        return frozenset(map(key_of, self.sides))

    @cached_property
    def height(self) -> tuple[int, int, datetime, str, str]:
        """The order of the events of an alert, the highest first."""
        partner = self.partner.id if self.partner is not None else ""
        return (-self.assessment.score, CATALOGUE_ORDER[self.assessment.rule], self.activity.time, self.activity.id, partner)

    @cached_property
    def row(self) -> AlertEvent:
        """The event as its alert shows it."""
        activity, assessment, partner = self.activity, self.assessment, self.partner
        return AlertEvent(
            id=activity.id if partner is None else f"{partner.id} + {activity.id}",
            time=activity.time,
            rule=assessment.rule,
            score=assessment.score,
            address=activity.event.place.ip or activity.event.place.address,
            country=activity.event.place.country,
            closed=self.closed,
            suppressed_by=assessment.suppressed_by,
            members=tuple(sorted(self.members)),
            rules=assessment.rules,
            reason=assessment.reason,
            components=assessment.components,
            texts=tuple(map(event_text, self.sides)),
            context=lines(self.context, activity, partner) if self.context is not None else (),
        )


def evaluate(activities: Sequence[Activity], tuning: Tuning) -> list[Match]:
    """Every fired event. ``activities`` come ordered by time and id, as ``link.activities`` gives them."""
    windows = Windows(activities)
    matches: list[Match] = []
    scored: list[_Assessed] = []
    for activity in activities:
        window = windows.before(activity, ALL_RULES.reach(activity))
        full = score.assess(activity, window, tuning, ALL_RULES) if activity.seen_open else None
        scored.append((activity, full))
        if full is None and not activity.closed:
            continue
        row = _single(activity, window, full, tuning, windows)
        if row is not None:
            matches.append(row)
    matches += (*_pairs_of_principals(scored, tuning), *_pairs(scored, tuning))
    shown = shown_among(activities) if matches else ()
    return _with_context(matches, Beside(shown, tuning)) if shown else matches


def _with_context(matches: Iterable[Match], beside: Beside) -> list[Match]:
    found = ((row, beside.window(row.activity, row.partner)) for row in matches)
    return [row if window is None else structs.replace(row, context=window) for row, window in found]


def _single(activity: Activity, window: Window, full: Assessment | None, tuning: Tuning, windows: Windows) -> Match | None:
    assessment, closed = full, False
    if activity.closed:
        standing = score.assess(activity, window, tuning, _NOT_CANCELLED)
        assessment, closed = (standing, False) if standing is not None else (full, True)
    if assessment is None:
        return None
    return Match(key_of(activity), activity, assessment, closed, related=_related(activity, windows))


def _related(activity: Activity, windows: Windows) -> Window | None:
    provider = provider_of(activity.event)
    test = _IS_RELATED[provider.name]
    return windows.before(activity, RELATED, provider.related_after).where(test) if test is not None else None


def _related_test(related: Callable[[Event], bool] | None) -> Callable[[Activity], bool] | None:
    return None if related is None else lambda activity: related(activity.event)


_IS_RELATED = {provider.name: _related_test(provider.related) for provider in PROVIDERS}


def family_of(event: Event) -> str:
    """The family an event alerts in: its provider's name, whatever its source."""
    return provider_of(event).name


def key_of(activity: Activity) -> GroupKey:
    """The group an activity alerts in: family, account or tenant, principal, UTC day of the activity."""
    event = activity.event
    return GroupKey(family_of(event), event.account or "", event.principal, activity.time.date().isoformat())


def evaluate_address(activities: Sequence[Activity], tuning: Tuning) -> list[Match]:
    """The matches of address rules on the activities of one source address, ordered by time and id."""
    series = Series(activities)
    return [row for activity in activities if (row := address_match(activity, series, tuning)) is not None]


def address_match(activity: Activity, series: Series, tuning: Tuning) -> Match | None:
    """What address rules say of one activity of a source address. One that is closed matches all the same: the address did what it did."""
    reach = ADDRESS_RULES.reach(activity)
    key = address_key(activity) if ADDRESS_RULES.of(activity) else None
    if key is None:
        return None
    window = before(series, activity, reach)
    assessment = score.assess(activity, window, tuning, ADDRESS_RULES)
    return Match(key, activity, assessment, closed=False, related=window) if assessment is not None else None


def address_key(activity: Activity) -> GroupKey | None:
    """The group of an activity's source address: family, account or tenant, address, UTC day. None without an IP address."""
    event = activity.event
    if event.place.ip is None:
        return None
    return GroupKey(family_of(event), event.account or "", f"{ADDRESS}{event.place.ip}", activity.time.date().isoformat())


def _of_several(scored: Sequence[_Assessed], owner: Callable[[Event], str | None], scope: str) -> Iterator[tuple[str, list[Scored]]]:
    """The activities of each owner of more than one, as sides of pairs. Only of owners of whom one has a part in pairs of this scope."""
    wanted = {owner(activity.event) for activity, found in scored if found is not None and has_part(found.rules, scope)} - {None}
    if not wanted:
        return
    owned: dict[str, list[_Assessed]] = defaultdict(list)
    for each in scored:
        name = owner(each[0].event)
        if name is not None and name in wanted:
            owned[name].append(each)
    for name, items in owned.items():
        if len(items) > 1:
            yield name, [Scored(activity, found, parts_of(found.rules if found is not None else ())) for activity, found in items]


def _pairs_of_principals(scored: Sequence[_Assessed], tuning: Tuning) -> Iterable[Match]:
    """The pairs of two matched activities of one principal; they belong to the alert of the principal."""
    for _, items in _of_several([each for each in scored if each[1] is not None], principal_token, "principal"):
        for first, second in pairs_among(items, "principal"):
            assessment = score.assess_pair(first, second, tuning, "principal")
            if assessment is not None:
                closed = first.activity.closed or second.activity.closed
                yield Match(key_of(second.activity), second.activity, assessment, closed, partner=first.activity)


def _pairs(scored: Sequence[_Assessed], tuning: Tuning) -> Iterable[Match]:
    """The pairs of two activities of one person; they have an alert of their own."""
    for person, items in _of_several(scored, lambda event: person_of(event, tuning), "person"):
        for first, second in pairs_among(items, "person"):
            assessment = score.assess_pair(first, second, tuning)
            if assessment is not None:
                key = GroupKey(CORRELATION.name, "", person, second.activity.time.date().isoformat())
                closed = first.activity.closed or second.activity.closed
                yield Match(key, second.activity, assessment, closed, partner=first.activity)
