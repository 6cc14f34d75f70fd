"""From when to when a case looks."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from ..alerts.activities import activities
from ..evidence import links, mentions, stored_time
from ..model import Alert, Outcome
from ..model.tokens import subjects
from ..ports import EvidenceContext, Ports, Span

MARGIN = timedelta(days=1)
"""How far before the first and after the last event of an alert a case looks."""

RECENT = timedelta(days=14)
"""How far back from the newest activity the case of a person looks; it also looks a day ahead, for what others did with the person's keys."""

_EVER = datetime.max.replace(tzinfo=UTC, microsecond=0)


class CaseWindow(Struct, frozen=True, gc=False, kw_only=True):
    """What was asked for: ``margin`` around an alert or back from the newest activity; ``since`` and ``until`` outrank it."""

    margin: timedelta | None = None
    since: datetime | None = None
    until: datetime | None = None

    def span(self, tokens: Collection[str], ports: Ports, alert: Alert | None) -> Span | None:
        """The first and the last moment; None when nothing is stored of these subjects in time."""
        found = self._of_alert(alert) if alert is not None else self._recent(tokens, ports)
        if found is None:
            return None
        since, until = self.since or found[0], self.until or found[1]
        return (since, until) if since <= until else None

    def _of_alert(self, alert: Alert) -> Span:
        reach = MARGIN if self.margin is None else self.margin
        return alert.snapshot.first_seen - reach, alert.snapshot.last_seen + reach

    def _recent(self, tokens: Collection[str], ports: Ports) -> Span | None:
        days = ports.store.days()
        if not days:
            return None
        whole = (self.since or datetime.fromisoformat(days[0]).replace(tzinfo=UTC), self.until or _EVER)
        times = [one.time for one in activities(ports.store.context(tokens, [whole], ()).evidence, ports.tuning, None)]
        if not times:
            return None
        newest = max(times)
        return newest - (RECENT if self.margin is None else self.margin), max(newest, min(newest + MARGIN, ports.clock()))


def complete_since(context: EvidenceContext) -> datetime | None:
    """From when on a read that left older evidence out has everything; None when it left nothing out.

    A read keeps the newest successes and the newest others of a token, so the larger of the two is the one that was cut.
    """
    oldest: list[datetime] = []
    for token in context.truncated:
        mine = [item for item in context.evidence if token in {*subjects(item.event), *mentions(item.event), *links(item.event)}]
        good = [stored_time(item) for item in mine if item.event.outcome is Outcome.SUCCESS]
        rest = [stored_time(item) for item in mine if item.event.outcome is not Outcome.SUCCESS]
        oldest += [min(times) for times in (good, rest) if times and len(times) == max(len(good), len(rest))]
    return max(oldest, default=None)
