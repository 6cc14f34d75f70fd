"""What the people of a tenant were promised, held against what was kept and what was said. It asks the world, not the product, what must be."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gatewatch.model import Severity
from gatewatch.ports import AlertQuery

from .stories import Story
from .tenant import Tenant

RACE = timedelta(seconds=5)
"""Two workers that cannot reach the store may both send what is urgent; after this time the table knows of the first."""


@dataclass
class Verdict:
    """Numbers, and what is behind them: the records that are lost, of whom nobody heard, of whom people heard too often."""

    lost: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    unnotified: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    in_doubt: int = 0
    raced: int = 0
    strayed: list[str] = field(default_factory=list)
    records: int = 0
    messages: int = 0

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.stale or self.unnotified or self.twice or self.strayed)


def judged(tenant: Tenant) -> Verdict:
    """The verdict about a life that is over."""
    verdict = Verdict(strayed=tenant.graph.strayed, messages=len(tenant.channel.messages))
    kept = _kept(tenant)
    heard = _heard(tenant, verdict)
    for story in tenant.stories:
        if not story.kept or story.visible > tenant.now:
            continue
        verdict.records += 1
        versions = kept.get(story.vendor_id, [])
        if not versions:
            verdict.lost.append(_name(story))
        elif not any(_says(version, story, tenant.now) for version in versions):
            verdict.stale.append(_name(story))
        if story.messages is not None and heard[story.vendor_id] < 1:
            verdict.unnotified.append(_name(story))
    for alert in tenant.store.search(AlertQuery(limit=100_000)):
        if alert.pending:
            verdict.unnotified.append(f"alert {alert.rule} {alert.key.principal}: pending {alert.pending_reason}")
    return verdict


def _kept(tenant: Tenant) -> dict[str, list[Any]]:
    """The versions that are stored of each record, by its id."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for day in tenant.store.days():
        for page in tenant.store.evidence_on(day):
            for evidence in page:
                found[evidence.event.vendor_id.rpartition("|")[2]].append(evidence.event)
    return found


def _says(event: Any, story: Story, now: datetime) -> bool:
    """Whether this version holds the risk that Graph showed last."""
    shown = story.record
    for when, change in story.changes:
        if when <= now and (story.gone is None or when < story.gone):
            shown = shown | change
    state = getattr(event.detail, "risk_state", None) or getattr(event.detail, "state", None)
    return (state or "none").casefold() == (shown.get("riskState") or "none").casefold()


def _heard(tenant: Tenant, verdict: Verdict) -> Counter[str]:
    """How often people heard of each record; a message about the same events at the same severity is one too many."""
    heard: Counter[str] = Counter()
    said: defaultdict[tuple[str, Severity], set[str]] = defaultdict(set)
    doubted: defaultdict[tuple[str, Severity], set[str]] = defaultdict(set)
    latest: dict[tuple[str, Severity], tuple[datetime, str]] = {}
    for message in tenant.channel.messages:
        notice = message.notice
        for alert in (notice.alert, *notice.together):
            for row in alert.snapshot.events:
                heard.update({name.rpartition("|")[2] for name in (row.id, *row.members)})
        events = {event.id for event in notice.news} or set(notice.alert.snapshot.event_ids)
        subject = (notice.alert.id, notice.alert.severity)
        repeated = events <= said[subject]
        if repeated and message.at - latest[subject][0] <= RACE and message.by != latest[subject][1]:
            verdict.raced += 1  # neither of the two could know of the other
        elif repeated and not events <= doubted[subject]:
            verdict.twice.append(f"{notice.alert.rule} {notice.alert.key.principal} by {message.by} at {message.at}")
        verdict.in_doubt += repeated
        said[subject] |= events
        latest[subject] = (message.at, message.by)
        if message.in_doubt:
            doubted[subject] |= events
        elif repeated:
            doubted[subject] -= events
    return heard


def _name(story: Story) -> str:
    hours = (
        story.visible - datetime.fromisoformat(story.record.get("createdDateTime") or story.record["activityDateTime"])
    ).total_seconds() / 3600
    return f"{story.kind} {hours:.1f} h late {story.vendor_id[:8]}"
