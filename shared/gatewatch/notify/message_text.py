"""The text of a notification, the same for every channel. Every value is escaped and bounded here, so renderers never get a raw string."""

import msgspec
from msgspec import Struct

from ..documents.arithmetic import arithmetic, top
from ..documents.rule_metadata import controls, metadata_of, title
from ..model import Alert, Event, ScoreComponent, Severity
from ..model.text import VALUE_LIMIT, visible
from ..ports import Notice
from . import describe
from .links import Links, runbook
from .moments import span, when
from .steps import next_steps

_COMPONENTS, _IDS, _PLACES = 14, 3, 6
_WHY = {
    "new": "first notification of this alert",
    "raised": "its severity is higher than in the last notification",
    "reopened": "it was closed, and then new activity arrived",
    "address": "the same activity comes from a new source address",
}
INDEX_UNAVAILABLE = "INDEX UNAVAILABLE: sent before it could be stored; it is stored when the index is available again"


class Row(Struct, frozen=True):
    """A label of ours and a value that is visible and bounded."""

    label: str
    value: str


class MessageText(Struct, frozen=True, kw_only=True):
    """Everything one notification says."""

    severity: Severity
    score: int
    title: str
    meaning: str
    reason: str
    why_now: str
    marks: tuple[str, ...]  # what a reader must not miss: index unavailable, evidence cut off
    reasons: tuple[str, ...]  # the three largest score components
    components: tuple[ScoreComponent, ...]  # for ``sums``
    rows: tuple[Row, ...]
    steps: tuple[str, ...]
    runbook: str

    @property
    def severity_name(self) -> str:
        """CRITICAL, HIGH, MEDIUM or LOW."""
        return self.severity.value.upper()


def message_text(notice: Notice, links: Links, limit: int = VALUE_LIMIT) -> MessageText:
    """The whole notification; no value is longer than ``limit`` characters."""
    alert = notice.alert
    snapshot = alert.snapshot
    metadata = metadata_of(alert.rule)
    return MessageText(
        severity=alert.severity,
        score=alert.score,
        title=visible(title(alert.rule), limit),
        meaning=visible(metadata.meaning if metadata else snapshot.reason, limit),
        reason=visible(snapshot.reason, limit),
        why_now=visible(_why_now(notice), limit),
        marks=tuple(visible(mark, limit) for mark in _marks(notice)),
        reasons=tuple(
            visible(f"{component.points:+d} {component.reason or component.name}", limit) for component in top(snapshot.components)
        ),
        components=tuple(_visible_component(component, limit) for component in snapshot.components[:_COMPONENTS]),
        rows=tuple(Row(label, visible(value, limit)) for label, value in _rows(alert) if value),
        steps=next_steps(alert),  # our own text with ids of a checked form
        runbook=runbook(alert, links),
    )


def _visible_component(component: ScoreComponent, limit: int) -> ScoreComponent:
    return msgspec.structs.replace(component, name=visible(component.name, limit), reason=visible(component.reason, limit))


def sums(said: MessageText, width: int | None = None) -> list[str]:
    """The arithmetic, line by line; ``width`` wraps it."""
    return arithmetic(said.components, said.score, said.severity, width)


def headline(said: MessageText) -> str:
    """Severity, score and title on one line."""
    return f"{said.severity_name} {said.score}  {said.title}"


def _why_now(notice: Notice) -> str:
    alert = notice.alert
    text = _WHY.get(notice.why, notice.why) + _since(notice)
    if alert.occurrence > 1:
        text += f" (opened {alert.occurrence} times)"
    return f"{text}; replaces alert {', '.join(alert.replaces[:_IDS])}" if alert.replaces else text


def _since(notice: Notice) -> str:
    """What changed since the last notification: the severity before, or the new addresses."""
    notified = [line for line in notice.alert.notification_log if line.occurrence == notice.alert.occurrence]
    if notice.why == "raised" and notified:
        return f" ({max(line.severity for line in notified).value})"
    if notice.why == "address" and notified:
        known = {address for line in notified for address in line.addresses}
        fresh = tuple(address for address in notice.alert.snapshot.addresses if address not in known)
        return f": {_listed(fresh, _IDS)}" if fresh else ""
    return ""


def _marks(notice: Notice) -> list[str]:
    alert = notice.alert
    marks = [INDEX_UNAVAILABLE] if notice.index_unavailable else []
    if alert.truncated:
        marks.append("there is more evidence than one read returns: counts are lower bounds, and the severity is not lowered")
    if alert.snapshot.data_quality:
        marks.append(f"the records are incomplete: {', '.join(alert.snapshot.data_quality)}")
    return marks


def _rows(alert: Alert) -> list[tuple[str, str]]:
    event = alert.lead.event
    metadata = metadata_of(alert.rule)
    snapshot = alert.snapshot
    return [
        ("Who", describe.who(alert)),
        ("Where", describe.where(event)),
        ("When", _when(alert)),
        ("What", describe.what(event)),
        ("Outcome", describe.outcome(alert.lead)),
        ("Account", describe.account(event)),
        ("Other side", describe.other_side(alert)),
        ("Events", _events(alert)),
        ("Event ids", _listed(snapshot.event_ids, _IDS)),
        ("Addresses", _listed(snapshot.addresses, _PLACES) if len(snapshot.addresses) > 1 else ""),
        ("Countries", _listed(snapshot.countries, _PLACES) if len(snapshot.countries) > 1 else ""),
        ("Suppression", _suppression(alert)),
        ("Rules", ", ".join(snapshot.rules)),
        ("ATT&CK", ", ".join(metadata.attack) if metadata else "T1021.007"),
        ("CSA CCM 4.1", ", ".join(controls((alert.rule, *snapshot.rules))) + " (evidence about them, not proof)"),
        ("Alert id", alert.id),
    ]


def _when(alert: Alert) -> str:
    happened, detected = alert.lead.time, alert.updated
    return f"{when(happened)}; detected {when(detected)}, {span(detected - happened)} later"


def _events(alert: Alert) -> str:
    snapshot = alert.snapshot
    count = f"{snapshot.event_count} event" + ("" if snapshot.event_count == 1 else "s")
    return f"{count}, first seen {when(snapshot.first_seen)}, last seen {when(snapshot.last_seen)}"


def _listed(values: tuple[str, ...], count: int) -> str:
    shown = ", ".join(visible(value, VALUE_LIMIT // count) for value in values[:count])
    return shown + (f" and {len(values) - count} more" if len(values) > count else "")


def _suppression(alert: Alert) -> str:
    snapshot = alert.snapshot
    if snapshot.suppressed:
        return f"suppressed by allowlist entry {snapshot.suppressed_by or 'unknown'}"
    quiet = sum(1 for event in snapshot.events if event.suppressed_by)
    return f"not suppressed ({quiet} of its events are)" if quiet else "not suppressed"


def short_who(event: Event) -> str:
    """The one name that fits a subject line."""
    return describe.name(event)
