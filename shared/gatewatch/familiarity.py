"""The law of familiarity: what activities teach, what is first, and which days a lesson touches. Pure functions.

The design and its proof by simulation: architecture, "What is kept, what is seen, and familiarity". Every function gives the same result
for every order and repetition of what it is given.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from msgspec import structs

from .model import Event, Outcome
from .model.familiarity import Familiarity, Run, Start
from .providers.catalogue import provider_of

ESTABLISHED_AFTER = timedelta(days=7)  # nothing is first in the first week of a principal
JOINED_WITHIN = 180  # days between two uses of a value that still belong to one run
KEPT_STARTS = 64  # the smallest starts of a feature; values that start later are never first
FORGOTTEN_AFTER = timedelta(days=400)

type Features = tuple[tuple[str, str | int], ...]


class Recognised(NamedTuple):
    """What familiarity says of one event.

    ``firsts``: the features whose value is first: the event starts a run of it, at least 7 days after the beginning. ``strange``: of an event
    that asks, the features whose value is not known although others are. ``usual``: whether every value of a success was in use before it, by
    nothing malicious, the first week included; only of events whose rules ask for it.
    """

    firsts: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    usual: bool = False


_NOTHING_KNOWN = Recognised()
_NO_VALUES: dict[str, tuple[Run, ...]] = {}


def teaches(event: Event) -> bool:
    """Whether this event teaches: a success with a time, of a kind that its provider chose."""
    return event.outcome is Outcome.SUCCESS and event.time is not None and provider_of(event).teaches(event)


def asks(event: Event) -> bool:
    """Whether this event asks which values are known. No provider lets one event teach and ask."""
    return event.time is not None and provider_of(event).asks(event)


def key_of(event: Event) -> str:
    """The key of the familiarity that this event teaches and asks."""
    return provider_of(event).familiarity_key(event)


def lessons(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The events that teach or ask, by key."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if teaches(event) or asks(event):
            found[key_of(event)].append(event)
    return dict(found)


def start_of(event: Event) -> Start:
    """The start that this event would be. Raises ``ValueError`` for an event without a time."""
    if event.time is None:
        raise ValueError("an event without a time starts nothing")
    return Start(event.time.astimezone(UTC), event.vendor_id)


def taught(known: Familiarity, events: Iterable[Event], now: datetime) -> Familiarity:
    """What is known after these events of one key. Equal to ``known`` if they say nothing new.

    A start or a beginning of ``known`` that is displaced leaves its day behind. A value is forgotten when it was last used 400 days before
    the newest use of any: records of long ago, which a replay reads, know each other.
    """
    runs: dict[str, dict[str, list[Run]]] = {}
    asked = set(known.asked_days)
    beginnings = [known.beginning] if known.beginning is not None else []
    for event in events:
        if not teaches(event):
            if asks(event):
                asked.add(_day(event))
            continue
        start = start_of(event)
        use = Run(start, _day_of(start))
        beginnings.append(start)
        for feature, value in provider_of(event).features(event):
            before = known.runs.get(feature)
            if before is None or not _covered(before.get(str(value), ()), use):
                runs.setdefault(feature, {}).setdefault(str(value), []).append(use)
    beginning = min(beginnings, default=None)
    if not runs and beginning == known.beginning and len(asked) == len(known.asked_days):
        return known
    return _learned(known, runs, beginning, asked, now)


def _covered(known: Iterable[Run], use: Run) -> bool:
    """Whether a run of the same value begins at or before this use and was used on its day or later."""
    return any(run.start <= use.start and run.last >= use.last for run in known)


def merged(known: Familiarity, other: Familiarity, now: datetime) -> Familiarity:
    """What is known after everything that taught ``other`` was taught here too."""
    lesson = {feature: {value: list(runs) for value, runs in values.items()} for feature, values in other.runs.items()}
    beginning = min((each for each in (known.beginning, other.beginning) if each is not None), default=None)
    found = _learned(known, lesson, beginning, {*known.asked_days, *other.asked_days}, now)
    formers = [each for each in (found.former_beginning, other.former_beginning) if each is not None]
    return structs.replace(
        found,
        former_days=tuple(sorted({*found.former_days, *other.former_days})),
        former_beginning=max(formers, default=None),
        many=tuple(sorted({*found.many, *other.many})),
        malicious=tuple(sorted({*found.malicious, *other.malicious})),
    )


@lru_cache(maxsize=1_024)
def _forgotten_before(newest: str) -> str:
    """The first day that is remembered, by the newest day of any use."""
    return (date.fromisoformat(newest) - FORGOTTEN_AFTER).isoformat()


def _learned(
    known: Familiarity, lesson: Mapping[str, Mapping[str, list[Run]]], beginning: Start | None, asked: set[str], now: datetime
) -> Familiarity:
    used = [run.last for values in (*known.runs.values(), *lesson.values()) for each in values.values() for run in each]
    today = now.astimezone(UTC).date().isoformat()
    oldest = _forgotten_before(min(max((*used, *asked), default=today), today))
    runs = dict(known.runs)
    many, displaced = set(known.many), set[Start]()
    for feature, values in lesson.items():
        before = known.runs.get(feature, {})
        found, cut = _bounded({**before, **{value: joined([*before.get(value, ()), *new]) for value, new in values.items()}})
        changed = before if cut else values  # without a cut no other value of the feature loses a start
        if before and (gone := _starts(before, changed) - _starts(found, changed)):
            displaced |= gone - _starts(found, found)
        runs[feature] = found
        if cut:
            many.add(feature)
    if min(used, default=oldest) < oldest:
        runs = {feature: _used_since(oldest, values) for feature, values in runs.items()}
    former = known.former_beginning
    if known.beginning is not None and known.beginning != beginning:
        displaced.add(known.beginning)
        former = max(known.beginning.time, former or known.beginning.time)
    days = (*known.former_days, *map(_day_of, displaced))
    return structs.replace(
        known,
        runs=runs,
        beginning=beginning,
        former_days=_remembered(days, oldest),
        former_beginning=former,
        many=tuple(sorted(many)),
        asked_days=_remembered(asked, oldest),
    )


def _remembered(days: Collection[str], oldest: str) -> tuple[str, ...]:
    """Each of these days once, in order, without those before the oldest."""
    return tuple(sorted({day for day in days if day >= oldest})) if days else ()


def _used_since(oldest: str, values: Mapping[str, tuple[Run, ...]]) -> dict[str, tuple[Run, ...]]:
    """The runs that were in use on this day or later."""
    return {value: left for value, runs in values.items() if (left := tuple(run for run in runs if run.last >= oldest))}


def _bounded(values: dict[str, tuple[Run, ...]]) -> tuple[dict[str, tuple[Run, ...]], bool]:
    """The runs with the smallest starts, by value and ordered; and whether any was left out."""
    if sum(map(len, values.values())) <= KEPT_STARTS:
        return dict(sorted(values.items())) if len(values) > 1 else values, False
    smallest = set(sorted(_starts(values, values))[:KEPT_STARTS])
    return {value: kept for value, runs in sorted(values.items()) if (kept := tuple(run for run in runs if run.start in smallest))}, True


def _starts(values: Mapping[str, tuple[Run, ...]], names: Iterable[str]) -> set[Start]:
    return {run.start for name in names for run in values.get(name, ())}


def joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Runs of one value, joined where the gap between their UTC days is at most 180."""
    if len(runs) == 1:
        return (runs[0],)
    found: list[Run] = []
    for run in sorted(runs):
        if found and _gap(found[-1].last, run.start) <= JOINED_WITHIN:
            found[-1] = Run(found[-1].start, max(found[-1].last, run.last))
        else:
            found.append(run)
    return tuple(found)


def starts_a_run(known: Familiarity, event: Event) -> bool:
    """Whether this event starts a run of one of its values, established or not, or uses what a malicious activity started."""
    return teaches(event) and any(True for _ in _started(known, start_of(event), provider_of(event).features(event)))


def recognised(known: Familiarity, event: Event) -> Recognised:
    """What is first, strange and usual of one event. All three at once: what its provider says of it is asked once."""
    if event.time is None or not (known.runs or known.beginning):
        return _NOTHING_KNOWN
    provider = provider_of(event)
    if not teaches(event):
        return Recognised(strange=_strange(known, provider.features(event))) if provider.asks(event) else _NOTHING_KNOWN
    established = known.beginning is not None and event.time >= known.beginning.time + ESTABLISHED_AFTER
    habitual = bool(known.runs) and provider.habitual(event)
    if not (established or habitual):
        return _NOTHING_KNOWN
    features, start = provider.features(event), start_of(event)
    return Recognised(
        firsts=tuple(sorted(set(_started(known, start, features)))) if established else (),
        usual=habitual and _all_in_use(known, start, features),
    )


def _all_in_use(known: Familiarity, start: Start, features: Features) -> bool:
    """Whether a run of each value began before this start and reaches it."""
    day = _day_of(start)
    for name, value in features:
        for run in known.runs.get(name, _NO_VALUES).get(str(value), ()):
            reaches = run.last >= day or _gap(run.last, start) <= JOINED_WITHIN
            if reaches and run.start < start and run.start.id not in known.malicious:
                break
        else:
            return False
    return bool(features)


def _started(known: Familiarity, start: Start, features: Features) -> Iterator[str]:
    """The features of whose value a run starts here, or was started by something malicious and goes on."""
    for feature, value in features:
        for run in known.runs.get(feature, {}).get(str(value), ()):
            if run.start == start or (run.start.id in known.malicious and run.start <= start and _gap(run.last, start) <= JOINED_WITHIN):
                yield feature


def _strange(known: Familiarity, features: Features) -> tuple[str, ...]:
    return tuple(sorted({name for name, value in features if known.runs.get(name) and str(value) not in known.runs[name]}))


def touched_days(known: Familiarity, events: Iterable[Event]) -> set[str]:
    """The days besides their own whose alerts these successes may change, as ISO dates."""
    if not (known.former_days or known.former_beginning or known.asked_days):
        return set()
    teaching = [event for event in events if teaches(event)]
    if not teaching:
        return set()
    return touched_since(known, min(map(_day, teaching)), started=any(starts_a_run(known, event) for event in teaching))


def touched_since(known: Familiarity, earliest: str, *, started: bool) -> set[str]:
    """The days whose alerts successes from this UTC day on may change.

    Every former day at or after a success; where a success is not later than the latest former beginning, every start and former day
    from it to a week after that beginning; and, where a success ``started`` a run, the days on which a record asked.
    """
    days = {day for day in known.former_days if day >= earliest}
    former = known.former_beginning
    if former is not None and earliest <= former.date().isoformat():
        until = (former + ESTABLISHED_AFTER).date().isoformat()
        days |= {day for day in (*known.former_days, *_start_days(known)) if earliest <= day <= until}
    return days | set(known.asked_days) if started else days


def with_malicious(known: Familiarity, vendor_ids: Iterable[str]) -> Familiarity:
    """The same, where what these activities started never becomes familiar."""
    starts = {start.id for values in known.runs.values() for start in _starts(values, values)}
    return structs.replace(known, malicious=tuple(sorted({*known.malicious, *(starts & set(vendor_ids))})))


def _start_days(known: Familiarity) -> set[str]:
    return {_day_of(start) for values in known.runs.values() for start in _starts(values, values)}


def _day(event: Event) -> str:
    return _day_of(start_of(event))


def _day_of(start: Start) -> str:
    return start.time.date().isoformat()


def _gap(last: str, start: Start) -> int:
    return (start.time.date() - date.fromisoformat(last)).days
