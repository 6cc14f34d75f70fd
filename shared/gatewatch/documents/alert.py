"""One alert document: what Elastic Security, dashboards and responders query, and the whole typed alert beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from .. import __version__
from ..model import Activity, Alert, Severity
from ..providers.catalogue import provider_of
from ..providers.codec import convert
from ..providers.ecs import Document, Flat, iso, nest, unique
from . import attack, common
from .rule_metadata import controls, metadata_of, title

DATASET = "gatewatch.alert"
TYPED = "alert"
EVENT_SEVERITY = {severity: min(severity.highest, 99) for severity in Severity}
"""``event.severity``: the numbers that Elastic's promotion rules map to low, medium, high and critical."""


def alert_document(alert: Alert, *, namespace: str = "default", ingested: datetime | None = None) -> Document:
    """The document of one alert. ``ingested`` is the moment of this write attempt; without it, of the last recomputation."""
    sides = _sides(alert)
    flat: Flat = {
        **(_vendor_only(alert.partner) if alert.partner else {}),
        **_activity(alert.lead),
        "@timestamp": iso(alert.lead.time),
        **common.product(DATASET, namespace),
        **_event(alert, ingested),
        **_rule(alert),
        **_related(alert, sides),
        **_own(alert),
        **_state(alert),
    }
    document = nest(flat)
    document["gatewatch"][TYPED] = msgspec.to_builtins(alert)
    return document


def _sides(alert: Alert) -> list[Activity]:
    """The lead, and the other side of a cross-cloud pair."""
    return [alert.lead] if alert.partner is None else [alert.lead, alert.partner]


def _activity(activity: Activity) -> Flat:
    """One side: its event, and what the records linked to it add."""
    return common.event_fields(activity.event) | provider_of(activity.event).document.linked_fields(activity)


def _vendor_only(activity: Activity) -> Flat:
    """The other side's own fields; user, address and place stay the lead's alone."""
    namespaces = provider_of(activity.event).document.namespaces
    return {name: value for name, value in _activity(activity).items() if name.startswith(namespaces)}


def _event(alert: Alert, ingested: datetime | None) -> Flat:
    return {
        "message": title(alert.rule),
        "event.kind": "alert",
        "event.category": [provider_of(alert.lead.event).document.category, "intrusion_detection"],
        "event.type": ["info"],
        "event.code": alert.rule,
        "event.created": iso(alert.created),
        "event.ingested": iso(ingested or alert.updated),
        "event.start": iso(alert.first_seen),
        "event.end": iso(alert.last_seen),
        "event.severity": EVENT_SEVERITY[alert.severity],
        "event.risk_score": float(alert.score),
        "event.risk_score_norm": float(alert.score),
        "event.reason": alert.reason,
    }


def _rule(alert: Alert) -> Flat:
    told = metadata_of(alert.rule)
    every = [found for found in map(metadata_of, alert.rules) if found is not None]
    techniques = [technique for found in every for technique in found.attack]
    return {
        "rule.id": alert.rule,
        "rule.name": title(alert.rule),
        "rule.version": __version__,
        "rule.ruleset": common.MODULE,
        "rule.category": alert.key.family,
        "rule.description": told.meaning if told else None,
        "rule.reference": told.references[0] if told and told.references else None,
        **attack.threat([*(told.attack if told else ()), *techniques]),
    }


def _related(alert: Alert, sides: list[Activity]) -> Flat:
    events = [event for side in sides for event in (side.event, *side.detections)]
    return {
        "related.ip": common.addresses((*alert.addresses, *(event.place.ip for event in events))),
        "related.user": unique(*(name for event in events for name in provider_of(event).document.names(event)), alert.person),
        "related.hosts": unique(*(name for event in events for name in provider_of(event).document.hosts(event))),
    }


def _own(alert: Alert) -> Flat:
    lead = alert.lead
    verdict = common.mfa_verdict(lead.event, lead.mfa_verdict)
    return {
        "gatewatch.alert_id": alert.id,
        "gatewatch.family": alert.key.family,
        "gatewatch.account": alert.key.account,
        "gatewatch.principal": alert.key.principal,
        "gatewatch.day": alert.key.day,
        "gatewatch.person": alert.person,
        "gatewatch.score": alert.score,
        "gatewatch.severity": alert.severity.value,
        "gatewatch.rule": alert.rule,
        "gatewatch.rules": alert.rules,
        "gatewatch.addends": [{"name": a.name, "points": a.points, "reason": a.reason, "kind": a.kind} for a in alert.addends],
        "gatewatch.event_count": alert.event_count,
        "gatewatch.event_ids": alert.event_ids,
        "gatewatch.related_ids": alert.related_ids,
        "gatewatch.addresses": alert.addresses,
        "gatewatch.countries": alert.countries,
        "gatewatch.mfa.verdict": verdict,
        "gatewatch.mfa.source": (lead.mfa_source or lead.event.vendor_id) if verdict in {"satisfied", "absent"} else None,
        "gatewatch.truncated": alert.truncated,
        "gatewatch.data_quality": alert.data_quality,
        "gatewatch.ccm_controls": controls((alert.rule, *alert.rules)),
    }


def _state(alert: Alert) -> Flat:
    response = alert.response
    return {
        "gatewatch.status": alert.status.value,
        "gatewatch.suppressed": alert.suppressed,
        "gatewatch.suppressed_by": alert.suppressed_by,
        "gatewatch.folded_into": alert.folded_into,
        "gatewatch.replaces": alert.replaces,
        "gatewatch.opening": alert.opening,
        "gatewatch.owed": alert.owed,
        "gatewatch.owed_why": alert.owed_why,
        "gatewatch.told_count": len(alert.ledger),
        "gatewatch.updated": iso(alert.updated),
        "gatewatch.first_told": iso(alert.ledger[0].at) if alert.ledger else None,
        "gatewatch.last_told": iso(alert.ledger[-1].at) if alert.ledger else None,
        "gatewatch.response.acknowledged_at": iso(response.acknowledged_at),
        "gatewatch.response.acknowledged_by": response.acknowledged_by,
        "gatewatch.response.closed_at": iso(response.closed_at),
        "gatewatch.response.closed_by": response.closed_by,
        "gatewatch.response.close_reason": response.close_reason,
        "gatewatch.seconds_to_detect": max(0.0, (alert.created - alert.lead.time).total_seconds()),
    }


def alert_from_document(document: Mapping[str, Any]) -> Alert:
    """The alert that ``alert_document`` wrote; raises ``msgspec.ValidationError`` for anything else."""
    own = document.get("gatewatch")
    return convert(own.get(TYPED) if isinstance(own, Mapping) else None, Alert)
