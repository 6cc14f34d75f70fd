"""The message of a notification, made from its notice: the news first, then the alert as a whole, then what was known before."""

from collections.abc import Iterable

from msgspec import structs

from ..alerts.news import closing_of, live_rows
from ..alerts.responses import responder, standing
from ..documents.arithmetic import top
from ..documents.rule_metadata import metadata_of, title
from ..model import Alert, AlertEvent, EventText, ScoreComponent, severity_of
from ..model.text import VALUE_LIMIT, visible
from ..ports import Notice
from . import facts
from .links import Links, is_lookup, is_page, pages, runbook
from .message import AlertMessage, NewsEvent, Row
from .responses import earlier_responses
from .steps import next_steps

_COMPONENTS, _LINES, _IDS, _BESIDE = 14, 5, 3, 11
_WHY = {
    "new": "first notification of this alert",
    "raised": "its severity is higher than in the last notification",
    "reopened": "it was closed, and then new activity arrived",
    "closed": "it is closed",
    "address": "the same activity comes from a new source address",
}
INDEX_UNAVAILABLE = "INDEX UNAVAILABLE: sent before it could be stored; it is stored when the index is available again"


def compose(notice: Notice, links: Links | None = None, limit: int = VALUE_LIMIT) -> AlertMessage:
    """Everything the notification says; no value is longer than ``limit`` characters."""
    alert, links = notice.alert, links or Links()
    about = news_of(notice)
    lead = about[0]
    metadata = metadata_of(lead.rule)
    components = lead.components or alert.snapshot.components
    reason = lead.reason or alert.snapshot.reason
    news = _news(about, limit)
    ids, live = {event.id for event in news}, live_rows(alert)
    return AlertMessage(
        alert_id=visible(alert.id, limit),
        occurrence=alert.occurrence,
        why=visible(notice.why, limit),
        severity=lead.severity,
        score=lead.score,
        rule=visible(lead.rule, limit),
        title=visible(title(lead.rule), limit),
        meaning=visible(metadata.meaning if metadata else reason, limit),
        reason=visible(reason, limit),
        why_now=visible(_why_now(notice, about), limit),
        marks=tuple(visible(mark, limit) for mark in _marks(notice)),
        reasons=tuple(
            visible(f"{component.points:+d} {(component.reason or component.name).removesuffix('.')}", limit)
            for component in top(components)
        ),
        components=tuple(_visible_component(component, limit) for component in components[:_COMPONENTS]),
        rows=tuple(Row(label, visible(value, limit)) for label, value in facts.rows(alert, lead) if value),
        news=news,
        beside=tuple(visible(line, limit) for line in dict.fromkeys(line for row in about for line in row.context))[:_BESIDE],
        more=notice.more,
        before=_lines((facts.row_line(row) for row in live if not ids.issuperset(row.event_ids)), limit),
        listed=_lines(_not_live(alert), limit),
        together=tuple(visible(_brief(other), limit) for other in notice.together),
        related=tuple(visible(_brief(other), limit) for other in notice.related[:_LINES]),
        responses=tuple(visible(line, limit) for line in earlier_responses(alert)),
        steps=next_steps(lead, alert.key.family, (text for row in about for text in _texts(row))),
        runbook=runbook(lead.rule, links),
        links=pages(alert, lead, links),
    )


def news_of(notice: Notice) -> tuple[AlertEvent, ...]:
    """The events that the notice is about: at least one, even of an alert whose rows were not stored."""
    events = notice.alert.snapshot.events
    return notice.news or live_rows(notice.alert) or events or (_without_rows(notice.alert),)


def _without_rows(alert: Alert) -> AlertEvent:
    found = alert.snapshot
    return AlertEvent(id=found.lead.id, time=found.lead.time, rule=found.rule, score=found.score, reason=found.reason)


def _texts(row: AlertEvent) -> tuple[EventText, ...]:
    """The later side of a pair first: it is what the pair led to."""
    return row.texts[::-1] or (EventText(id=row.id, time=row.time, address=row.address or "", place=row.country or ""),)


def _news(about: Iterable[AlertEvent], limit: int) -> tuple[NewsEvent, ...]:
    found: dict[str, NewsEvent] = {}
    for row in about:
        for side, text in enumerate(_texts(row)):
            found.setdefault(text.id, _event(row, text, limit, other_side=side > 0))
    return tuple(found.values())


def _event(row: AlertEvent, text: EventText, limit: int, *, other_side: bool) -> NewsEvent:
    def shown(value: str) -> str:
        return visible(value, limit)

    return NewsEvent(
        id=shown(text.id),
        at=text.time,
        other_side=other_side,
        who=shown(text.name),
        address=shown(text.address),
        where=shown(facts.where(text)),
        used=shown(text.used),
        client=shown(text.client),
        device=shown(text.device),
        outcome=shown(text.outcome),
        mfa=shown(text.mfa),
        reported_risk=shown(text.reported_risk),
        account=shown(text.account),
        rule=shown(row.rule),
        severity=row.severity,
        score=row.score,
        lookups=tuple(lookup for lookup in text.lookups if is_lookup(lookup)),
        links=tuple(link for link in text.links if is_page(link)),
    )


def _not_live(alert: Alert) -> Iterable[str]:
    """The events that are closed or suppressed, and by whom."""
    closes = standing(alert.responses)
    for row in alert.snapshot.events:
        close = closing_of(row, closes)
        if not row.open:
            yield facts.row_line(row, "closed by its provider" if row.closed else f"suppressed by {row.suppressed_by}")
        elif close is not None:
            yield facts.row_line(row, f"closed by {responder(close)}")


def _lines(texts: Iterable[str], limit: int) -> tuple[str, ...]:
    """The first few; the rest is counted."""
    found = list(texts)
    lines = tuple(visible(text, limit) for text in found[:_LINES])
    return (*lines, f"and {len(found) - _LINES} more") if len(found) > _LINES else lines


def _visible_component(component: ScoreComponent, limit: int) -> ScoreComponent:
    return structs.replace(component, name=visible(component.name, limit), reason=visible(component.reason, limit))


def _brief(alert: Alert) -> str:
    """An alert in one line: severity, rule, who, and its id."""
    lead = alert.snapshot.events[0] if alert.snapshot.events else _without_rows(alert)
    name = _texts(lead)[0].name or alert.key.principal
    return f"{severity_of(alert.score).value.upper()} {alert.score} {title(alert.rule)}: {visible(name, 80)}, alert {visible(alert.id[:12], 12)}"


def _why_now(notice: Notice, about: tuple[AlertEvent, ...]) -> str:
    alert = notice.alert
    text = _WHY.get(notice.why, notice.why) + _since(notice, about)
    if alert.occurrence > 1:
        text += f" (opened {alert.occurrence} times)"
    return f"{text}; replaces alert {', '.join(alert.replaces[:_IDS])}" if alert.replaces else text


def _since(notice: Notice, about: tuple[AlertEvent, ...]) -> str:
    """What changed since the last notification: the severity before, or the new addresses."""
    notified = [entry for entry in notice.alert.notification_log if entry.occurrence == notice.alert.occurrence]
    if notice.why == "raised" and notified:
        return f" ({max(entry.severity for entry in notified).value})"
    if notice.why == "address" and notified:
        known = {address for entry in notified for address in entry.addresses}
        fresh = dict.fromkeys(text.address for row in about for text in _texts(row) if text.address and text.address not in known)
        return f": {facts.listed(tuple(fresh), _IDS)}" if fresh else ""
    return ""


def _marks(notice: Notice) -> list[str]:
    alert = notice.alert
    marks = [INDEX_UNAVAILABLE] if notice.index_unavailable else []
    if alert.truncated:
        marks.append("there is more evidence than one read returns: counts are lower bounds, and the severity is not lowered")
    if alert.snapshot.data_quality:
        marks.append(f"the records are incomplete: {', '.join(alert.snapshot.data_quality)}")
    return marks
