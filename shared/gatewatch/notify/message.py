"""What one notification says, on whatever channel. ``compose`` makes it; a channel only lays it out.

Every text in it is visible, on one line and bounded, so a channel never gets a raw string that somebody else wrote.
"""

from datetime import datetime

from msgspec import Struct

from ..documents.arithmetic import arithmetic
from ..model import Link, ScoreComponent, Severity
from .moments import when


class Row(Struct, frozen=True):
    """A label of ours and a value."""

    label: str
    value: str


class NewsEvent(Struct, frozen=True, kw_only=True):
    """One event that the channel has not been notified of."""

    id: str  # vendor id
    at: datetime
    who: str
    address: str
    where: str  # the address with town, country and network; empty where the place of an event is its host
    used: str
    client: str
    device: str
    outcome: str
    mfa: str
    reported_risk: str
    account: str
    rule: str
    severity: Severity
    score: int
    other_side: bool = False  # the earlier activity of a pair
    lookups: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def answer(self) -> str:
        """Outcome, MFA and risk."""
        return "; ".join(part for part in (self.outcome, self.mfa, self.reported_risk) if part)

    @property
    def line(self) -> str:
        """The event on one line, its time first."""
        parts = (when(self.at), self.where, self.who, self.answer, self.used, self.client and f"client {self.client}", self.device, self.id)
        return " | ".join(part for part in parts if part)


class AlertMessage(Struct, frozen=True, kw_only=True):
    """Everything one notification says. Rule, severity and score are those of its highest event."""

    alert_id: str
    occurrence: int
    why: str  # new, raised, reopened, address
    severity: Severity
    score: int
    rule: str
    title: str
    meaning: str
    reason: str
    why_now: str
    marks: tuple[str, ...]  # what a reader must not miss: index unavailable, evidence cut off
    reasons: tuple[str, ...]  # the three largest score components
    components: tuple[ScoreComponent, ...]
    rows: tuple[Row, ...]  # who, where, when ... of the highest event, then what is known of the alert
    news: tuple[NewsEvent, ...]  # the highest first; it is never empty for an alert that has events
    beside: tuple[str, ...]  # what the person did around them that gives no points, a line each
    more: int  # further events that are only counted
    before: tuple[str, ...]  # events notified before, a line each
    listed: tuple[str, ...]  # closed, dismissed and suppressed events, a line each
    together: tuple[str, ...]  # other alerts that this message notifies of, a line each
    related: tuple[str, ...]  # alerts that share events with it and were notified before
    responses: tuple[str, ...]  # what responders said before
    steps: tuple[str, ...]
    runbook: str
    links: tuple[Link, ...]

    @property
    def severity_name(self) -> str:
        """CRITICAL, HIGH, MEDIUM or LOW."""
        return self.severity.value.upper()

    @property
    def headline(self) -> str:
        """Severity, score and title on one line."""
        return f"{self.severity_name} {self.score}  {self.title}"

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The vendor ids of the news."""
        return tuple(event.id for event in self.news)

    def news_sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The news beside the highest event, as titles of ours and lines; empty sections are left out."""
        sides = tuple(event.line for event in self.news[1:] if event.other_side)
        others = tuple(event.line for event in self.news[1:] if not event.other_side)
        counted = (f"and {self.more} more: gatewatch alerts show {self.alert_id[:12]}",) if self.more else ()
        return _filled(("Other side", sides), ("Also new", (*others, *counted)))

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What follows the facts: the rest of the news, then what was known before."""
        return self.news_sections() + _filled(
            ("What else the person did", self.beside),
            ("This message also notifies of", self.together),
            ("Related alerts", self.related),
            ("Notified before", self.before),
            ("Closed or suppressed", self.listed),
            ("Earlier responses", self.responses),
        )

    def sums(self, width: int | None = None) -> list[str]:
        """The arithmetic of the score, line by line; ``width`` wraps it."""
        return arithmetic(self.components, self.score, self.severity, width)


def _filled(*sections: tuple[str, tuple[str, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((title, lines) for title, lines in sections if lines)
