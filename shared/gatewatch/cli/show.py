"""One alert on the screen, with no less than its notifications say: news, evidence, next steps, notifications, responses."""

from collections.abc import Iterator

from ..alerts.news import closing_of, news
from ..alerts.responses import responder, standing
from ..model import Alert, AlertEvent, AlertStatus, EventText
from ..notify import facts
from ..notify.compose import compose
from ..notify.links import Links
from ..notify.message import AlertMessage
from ..notify.moments import when
from ..ports import Notice
from .screen import Screen


def condition(alert: Alert) -> str:
    """Where an alert stands, in words."""
    states = [alert.status.value]
    if alert.snapshot.suppressed:
        states.append(f"suppressed by {alert.snapshot.suppressed_by}")
    if (taken := alert.acknowledgement) and alert.status is AlertStatus.OPEN:
        states.append(f"acknowledged by {responder(taken)}")
    if alert.pending:
        states.append(f"pending for {', '.join(alert.pending)}")
    return ", ".join(states)


def show(alert: Alert, screen: Screen, links: Links | None = None) -> None:
    """The alert, whole."""
    said = compose(Notice(alert=alert, why=alert.pending_reason or "new", news=alert.snapshot.events[:1]), links)
    screen.line(f"{alert.severity.value.upper()} {alert.score}  {alert.rule}  ({condition(alert)})")
    for line in (*_summary(said), *_facts(alert, said), *_pending(alert), *_evidence(alert), *_after(alert, said)):
        screen.line(line)


def _summary(said: AlertMessage) -> Iterator[str]:
    yield said.title
    yield said.reason
    if said.meaning != said.reason:
        yield said.meaning
    yield from (f"! {mark}" for mark in said.marks)
    yield ""
    yield from (f"  {line}" for line in said.sums())
    yield ""


def _facts(alert: Alert, said: AlertMessage) -> Iterator[str]:
    width = max(len(row.label) for row in said.rows)
    yield from (f"{row.label.ljust(width)}  {row.value}" for row in said.rows)
    snapshot = alert.snapshot
    yield f"{'Principal'.ljust(width)}  {alert.key.principal} in {alert.key.account or 'no single account'}"
    yield f"{'Person'.ljust(width)}  {snapshot.person or 'unknown'}"
    if alert.merged_into:
        yield f"{'Merged'.ljust(width)}  into alert {alert.merged_into}"
    for other in snapshot.shared_with:
        yield f"{'Shares'.ljust(width)}  events with {other.family} {other.principal} of {other.day}"


def _pending(alert: Alert) -> Iterator[str]:
    """The news of each channel that must still be notified."""
    for channel in alert.pending:
        found = news(alert, channel, alert.pending_reason or "new")
        counted = f" and {found.more} more" if found.more else ""
        yield ""
        yield f"News for {channel}: {', '.join(row.id for row in found.shown) or 'none'}{counted}"


def _evidence(alert: Alert) -> Iterator[str]:
    yield ""
    listed = {event_id for row in alert.snapshot.events for event_id in row.event_ids}
    yield f"Evidence: {len(listed)} of {alert.snapshot.event_count} events"
    for row in alert.snapshot.events:
        yield f"  {row.severity.value} {row.score} {row.rule}{_state(alert, row)}: {row.reason}".rstrip(": ")
        for text in row.texts:
            yield from _event(text)
        yield from (f"      {line}" for line in row.context)


def _state(alert: Alert, row: AlertEvent) -> str:
    if row.closed:
        return " (closed by its provider)"
    if row.suppressed_by is not None:
        return f" (suppressed by {row.suppressed_by})"
    close = closing_of(row, standing(alert.responses))
    return "" if close is None else f" (closed by {responder(close)})"


def _event(text: EventText) -> Iterator[str]:
    yield f"    {when(text.time)}  {text.id}"
    lines = {
        "who": ", ".join(part for part in (text.name, text.role, text.identity) if part),
        "where": facts.where(text),
        "what": text.used,
        "client": text.client,
        "device": text.device,
        "outcome": facts.answer(text),
        "account": text.account,
    }
    yield from (f"      {label.ljust(8)} {value}" for label, value in lines.items() if value)
    yield from (f"      {lookup}" for lookup in text.lookups)


def _after(alert: Alert, said: AlertMessage) -> Iterator[str]:
    yield ""
    yield "Next steps"
    yield from (f"  {number}. {step}" for number, step in enumerate(said.steps, 1))
    yield f"Runbook: {said.runbook}"
    yield from (f"{link.label}: {link.url}" for link in said.links if link.url != said.runbook)
    yield ""
    for entry in alert.notification_log:
        by = f", by the message of alert {entry.notified_by}" if entry.notified_by else ""
        yield f"notified {entry.channel} at {entry.at:%Y-%m-%d %H:%M} UTC: {entry.why}, {entry.severity.value}{by}"
    for response in alert.responses:
        verdict = f" as {response.verdict}" if response.verdict else ""
        reason = f": {response.reason}" if response.reason else ""
        yield f"{response.kind}{verdict} by {responder(response)} at {response.at:%Y-%m-%d %H:%M} UTC{reason}"
