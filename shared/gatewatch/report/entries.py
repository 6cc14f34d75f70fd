"""Ways into the accounts, from the stored evidence: whether a second factor was used, and every use of root and break-glass accounts."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from ..alerts.activities import activities
from ..alerts.event_text import event_text
from ..evidence import stored_time
from ..model import Activity, Evidence, Fact, Outcome
from ..ports import Store
from ..providers.catalogue import CORRELATION, provider_of
from ..providers.people import person_of
from ..tuning import Tuning
from .model import Coverage, Entry, ReadDay, WhatWasRead

type Mfa = Literal["with", "without", "identity provider", "unknown", ""]
_ITSELF: dict[Fact, Mfa] = {Fact.PRESENT: "with", Fact.ABSENT: "without", Fact.UNKNOWN: "unknown"}
_ELSEWHERE: dict[Fact, Mfa] = {Fact.PRESENT: "identity provider", Fact.ABSENT: "without", Fact.UNKNOWN: "unknown"}


class EvidenceReading:
    """Reads the evidence of a store once, a day and its neighbours at a time, and counts it."""

    def __init__(self, store: Store, tuning: Tuning, now: datetime) -> None:
        self._store, self._tuning, self._now = store, tuning, now
        self._days: list[ReadDay] = []
        self._span: list[datetime] = []
        self._ids: list[str] = []

    def entries(self, since: datetime | None = None) -> Iterator[Entry]:
        """Every entry from then on, in order of time. Records of the days before and after say what an identity provider proved."""
        every = self._store.days()
        days = [day for day in every if since is None or day >= since.date().isoformat()]
        day_before = [item for day in every if days and _next(day) == days[0] for item in self._evidence(day)]
        held = {day: self._day(day) for day in days[:1]}
        for place, day in enumerate(days):
            after = days[place + 1] if place + 1 < len(days) else ""
            if after:
                held[after] = self._day(after)
            today = held.pop(day)
            tomorrow = held[after] if after and _next(day) == after else []
            yield from self._of_day(day, [*day_before, *today, *tomorrow], since)
            day_before = today if _next(day) == after else []

    def _evidence(self, day: str) -> list[Evidence]:
        return [item for page in self._store.evidence_on(day) for item in page]

    def _day(self, day: str) -> list[Evidence]:
        """The evidence of a day that the report is about, counted."""
        found = self._evidence(day)
        self._days.append(ReadDay(day=day, evidence=dict(sorted(Counter(provider_of(item.event).name for item in found).items()))))
        times = [stored_time(item) for item in found]
        self._span += [min(times), max(times)] if times else []
        self._ids += [item.id for item in found]
        return found

    def _of_day(self, day: str, evidence: Sequence[Evidence], since: datetime | None) -> Iterator[Entry]:
        for one in CORRELATION.complete(activities(evidence, self._tuning, None), self._tuning, self._now):
            if one.time.date().isoformat() == day and (since is None or one.time >= since):
                found = entry(one, self._tuning)
                if found is not None:
                    yield found

    def read(self, source: str, entries: int) -> WhatWasRead:
        """What was read so far. ``entries`` is how many of them succeeded."""
        known = {one.day for one in self._days}
        first, last = (min(self._span), max(self._span)) if self._span else (None, None)
        return WhatWasRead(
            source=source,
            days=tuple(self._days),
            first=first,
            last=last,
            silent_days=tuple(day for day in _days_between(first, last) if day not in known),
            evidence=len(self._ids),
            by_provider=dict(sorted(sum((Counter(one.evidence) for one in self._days), Counter[str]()).items())),
            evidence_digest=hashlib.sha256("\n".join(sorted(self._ids)).encode()).hexdigest(),
            entries=entries,
        )


def entry(activity: Activity, tuning: Tuning) -> Entry | None:
    """The activity as an entry; None where it is none."""
    event = activity.event
    provider = provider_of(event)
    own = provider.mfa(event) if provider.second_factor_applies(event) else None
    use = provider.superuser(event) or ("break-glass" if tuning.is_break_glass(event.names) else "")
    if own is None and not use:
        return None
    text = event_text(activity)
    return Entry(
        id=activity.id,
        time=activity.time,
        provider=provider.name,
        account=event.account or "",
        who=text.name or text.identity or event.principal,
        person=person_of(event, tuning) or "",
        outcome=event.outcome.value,
        used=text.used,
        address=text.address,
        place=text.place,
        mfa=_mfa(own, activity.mfa_verdict),
        use=use,
        unexplained=activity.unexplained,
    )


def _mfa(own: Fact | None, elsewhere: Fact | None) -> Mfa:
    if elsewhere is not None:
        return _ELSEWHERE[elsewhere]
    return "" if own is None else _ITSELF[own]


def counts(entry: Entry) -> bool:
    """Whether the coverage counts this entry: it succeeded, and a second factor applies to it."""
    return entry.outcome == Outcome.SUCCESS.value and bool(entry.mfa)


def coverage(entries: Sequence[Entry]) -> tuple[Coverage, ...]:
    """Entries that succeeded, by account; the account with most entries without a second factor first."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in entries:
        if counts(one):
            found[one.provider, one.account][one.mfa] += 1
    rows = [
        Coverage(
            provider=provider,
            account=account,
            with_mfa=n["with"],
            without=n["without"],
            identity_provider=n["identity provider"],
            unknown=n["unknown"],
        )
        for (provider, account), n in found.items()
    ]
    return tuple(sorted(rows, key=lambda one: (-one.without, -one.unknown, one.provider, one.account)))


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _days_between(first: datetime | None, last: datetime | None) -> Iterator[str]:
    if first is None or last is None:
        return
    for number in range((last.date() - first.date()).days + 1):
        yield (first.date() + timedelta(days=number)).isoformat()
