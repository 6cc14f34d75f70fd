"""The facts of one event and of its alert, in a responder's words. Values are raw; ``compose`` makes them visible."""

from datetime import timedelta

from ..documents.rule_metadata import controls, metadata_of, title
from ..model import Alert, AlertEvent, EventText
from ..model.text import VALUE_LIMIT, visible
from ..providers.catalogue import BY_ID
from .moments import span, when

_NAME, _IDS, _PLACES = 120, 3, 6


def rows(alert: Alert, lead: AlertEvent) -> list[tuple[str, str]]:
    """Label and value: the highest event of the news, then the alert as a whole. An empty value is left out."""
    text = lead.texts[-1] if lead.texts else EventText(id=lead.id, time=lead.time, address=lead.address or "")
    metadata = metadata_of(lead.rule)
    snapshot = alert.snapshot
    return [
        ("Who", _who(alert, lead, text)),
        ("Where", where(text)),
        ("When", f"{when(text.time)}; detected {when(alert.updated)}, {span(max(alert.updated - text.time, timedelta()))} later"),
        ("What", _joined(text.used, f"client {visible(text.client, _NAME)}" if text.client else "")),
        ("Device", text.device),
        ("Outcome", answer(text)),
        ("Account", text.account),
        ("Event id", text.id),
        ("Alert", _whole(alert, lead)),
        ("Events", _events(alert)),
        ("Addresses", listed(snapshot.addresses, _PLACES) if len(snapshot.addresses) > 1 else ""),
        ("Countries", listed(snapshot.countries, _PLACES) if len(snapshot.countries) > 1 else ""),
        ("Suppression", _suppression(alert)),
        ("Rules", ", ".join(lead.rules or snapshot.rules)),
        ("ATT&CK", ", ".join(metadata.attack) if metadata else "T1021.007"),
        ("CSA CCM 4.1", ", ".join(controls((lead.rule, *(lead.rules or snapshot.rules)))) + " (evidence about them, not proof)"),
        ("Alert id", alert.id),
    ]


def where(text: EventText) -> str:
    """Address, place and network, as far as they are known; nothing where the place of an event is its host."""
    return _joined(text.address or ("unknown address" if text.place else ""), text.place)


def answer(text: EventText) -> str:
    """The outcome, the MFA result, and the risk as the provider reports it."""
    return "; ".join(part for part in (text.outcome, text.mfa, text.reported_risk) if part)


def row_line(row: AlertEvent, state: str = "") -> str:
    """One row of an alert on a line: of a pair, both of its activities; then severity, rule and state."""
    texts = row.texts or (EventText(id=row.id, time=row.time, address=row.address or "", place=row.country or ""),)
    events = " and ".join(
        " | ".join(part for part in (when(text.time), visible(where(text), 80), answer(text), text.id) if part) for text in texts
    )
    return " | ".join(part for part in (events, f"{row.severity.value} {row.score} {title(row.rule)}", state) if part)


def listed(values: tuple[str, ...], count: int) -> str:
    """The first few values; the rest is counted."""
    shown = ", ".join(visible(value, VALUE_LIMIT // count) for value in values[:count])
    return shown + (f" and {len(values) - count} more" if len(values) > count else "")


def tags(lead: AlertEvent, rules: tuple[str, ...]) -> list[str]:
    """What makes this person special: PRIVILEGED, as the score's own lines say, and the tags of the rules."""
    found = ["PRIVILEGED"] if any("privileged" in component.name.casefold() for component in lead.components) else []
    return [*found, *(tag for rule_id in rules if rule_id in BY_ID and (tag := BY_ID[rule_id].metadata.tag))]


def _who(alert: Alert, lead: AlertEvent, text: EventText) -> str:
    name = text.name or alert.key.principal
    shown = f'display name "{visible(text.display_name, 60)}"' if text.display_name else ""
    rules = tuple(dict.fromkeys((*lead.rules, *alert.snapshot.rules)))
    return _joined(visible(name, _NAME), text.role, visible(text.identity, _NAME), shown, *tags(lead, rules))


def _whole(alert: Alert, lead: AlertEvent) -> str:
    """The alert where it is not the lead's: after a reopening its highest event may be one that was notified before."""
    if (alert.score, alert.rule) == (lead.score, lead.rule):
        return ""
    return f"{alert.severity.value} {alert.score} over all of its open events ({title(alert.rule)})"


def _events(alert: Alert) -> str:
    snapshot = alert.snapshot
    count = f"{snapshot.event_count} event" + ("" if snapshot.event_count == 1 else "s")
    return f"{count}, first seen {when(snapshot.first_seen)}, last seen {when(snapshot.last_seen)}"


def _suppression(alert: Alert) -> str:
    snapshot = alert.snapshot
    if snapshot.suppressed:
        return f"suppressed by allowlist entry {snapshot.suppressed_by or 'unknown'}"
    quiet = sum(1 for event in snapshot.events if event.suppressed_by)
    return f"not suppressed ({quiet} of its events are)" if quiet else "not suppressed"


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
