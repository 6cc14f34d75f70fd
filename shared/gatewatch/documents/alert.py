"""One alert document: what Elastic Security, dashboards and responders query, and the whole typed alert beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from .. import __version__
from ..model import Activity, Alert, Severity, Snapshot
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
    snapshot = alert.snapshot
    flat: Flat = {
        **(_vendor_only(snapshot.partner) if snapshot.partner else {}),
        **_activity(snapshot.lead),
        "@timestamp": iso(snapshot.lead.time),
        **common.product(DATASET, namespace),
        **_event(alert, ingested),
        **_rule(snapshot),
        **_related(snapshot),
        **_own(snapshot),
        **_state(alert),
    }
    document = nest(flat)
    document["gatewatch"][TYPED] = msgspec.to_builtins(alert)
    return document


def _sides(snapshot: Snapshot) -> list[Activity]:
    """The lead, and the other side of a cross-cloud pair."""
    return [snapshot.lead] if snapshot.partner is None else [snapshot.lead, snapshot.partner]


def _activity(activity: Activity) -> Flat:
    """One side: its event, and what the records linked to it add."""
    return common.event_fields(activity.event) | provider_of(activity.event).document.linked_fields(activity)


def _vendor_only(activity: Activity) -> Flat:
    """The other side's own fields; user, address and place stay the lead's alone."""
    namespaces = provider_of(activity.event).document.namespaces
    return {name: value for name, value in _activity(activity).items() if name.startswith(namespaces)}


def _event(alert: Alert, ingested: datetime | None) -> Flat:
    snapshot = alert.snapshot
    return {
        "message": title(snapshot.rule),
        "event.kind": "alert",
        "event.category": [provider_of(snapshot.lead.event).document.category, "intrusion_detection"],
        "event.type": ["info"],
        "event.code": snapshot.rule,
        "event.created": iso(alert.created),
        "event.ingested": iso(ingested or alert.updated),
        "event.start": iso(snapshot.first_seen),
        "event.end": iso(snapshot.last_seen),
        "event.severity": EVENT_SEVERITY[snapshot.severity],
        "event.risk_score": float(snapshot.score),
        "event.risk_score_norm": float(snapshot.score),
        "event.reason": snapshot.reason,
    }


def _rule(snapshot: Snapshot) -> Flat:
    metadata = metadata_of(snapshot.rule)
    every = [found for found in map(metadata_of, snapshot.rules) if found is not None]
    techniques = [technique for found in every for technique in found.attack]
    return {
        "rule.id": snapshot.rule,
        "rule.name": title(snapshot.rule),
        "rule.version": __version__,
        "rule.ruleset": common.MODULE,
        "rule.category": snapshot.key.family,
        "rule.description": metadata.meaning if metadata else None,
        "rule.reference": metadata.references[0] if metadata and metadata.references else None,
        **attack.threat([*(metadata.attack if metadata else ()), *techniques]),
    }


def _related(snapshot: Snapshot) -> Flat:
    events = [event for side in _sides(snapshot) for event in (side.event, *side.detections)]
    return {
        "related.ip": common.addresses((*snapshot.addresses, *(event.place.ip for event in events))),
        "related.user": unique(*(name for event in events for name in provider_of(event).document.names(event)), snapshot.person),
        "related.hosts": unique(*(name for event in events for name in provider_of(event).document.hosts(event))),
    }


def _own(snapshot: Snapshot) -> Flat:
    lead = snapshot.lead
    verdict = common.mfa_verdict(lead.event, lead.mfa_verdict)
    return {
        "gatewatch.family": snapshot.key.family,
        "gatewatch.account": snapshot.key.account,
        "gatewatch.principal": snapshot.key.principal,
        "gatewatch.day": snapshot.key.day,
        "gatewatch.person": snapshot.person,
        "gatewatch.score": snapshot.score,
        "gatewatch.severity": snapshot.severity.value,
        "gatewatch.rule": snapshot.rule,
        "gatewatch.rules": snapshot.rules,
        "gatewatch.score_components": [
            {"name": a.name, "points": a.points, "reason": a.reason, "kind": a.kind} for a in snapshot.components
        ],
        "gatewatch.event_count": snapshot.event_count,
        "gatewatch.event_ids": snapshot.event_ids,
        "gatewatch.related_ids": snapshot.related_ids,
        "gatewatch.addresses": snapshot.addresses,
        "gatewatch.countries": snapshot.countries,
        "gatewatch.mfa.verdict": verdict,
        "gatewatch.mfa.source": (lead.mfa_source or lead.event.vendor_id) if verdict in {"satisfied", "absent"} else None,
        "gatewatch.data_quality": snapshot.data_quality,
        "gatewatch.ccm_controls": controls((snapshot.rule, *snapshot.rules)),
    }


def _state(alert: Alert) -> Flat:
    acknowledged, closed = alert.acknowledgement, alert.closing
    return {
        "gatewatch.alert_id": alert.id,
        "gatewatch.status": alert.status.value,
        "gatewatch.suppressed": alert.snapshot.suppressed,
        "gatewatch.suppressed_by": alert.snapshot.suppressed_by,
        "gatewatch.truncated": alert.truncated,
        "gatewatch.merged_into": alert.merged_into,
        "gatewatch.replaces": alert.replaces,
        "gatewatch.occurrence": alert.occurrence,
        "gatewatch.pending": alert.pending,
        "gatewatch.pending_reason": alert.pending_reason,
        "gatewatch.notified_count": len(alert.notification_log),
        "gatewatch.updated": iso(alert.updated),
        "gatewatch.first_notified": iso(alert.notification_log[0].at) if alert.notification_log else None,
        "gatewatch.last_notified": iso(alert.notification_log[-1].at) if alert.notification_log else None,
        "gatewatch.response.acknowledged_at": iso(acknowledged.at) if acknowledged else None,
        "gatewatch.response.acknowledged_by": acknowledged.name if acknowledged else None,
        "gatewatch.response.closed_at": iso(closed.at) if closed else None,
        "gatewatch.response.closed_by": closed.name if closed else None,
        "gatewatch.response.close_reason": closed.reason if closed else None,
        "gatewatch.response.verdict": closed.verdict.value if closed and closed.verdict else None,
        "gatewatch.seconds_to_detect": max(0.0, (alert.created - alert.lead.time).total_seconds()),
    }


def alert_from_document(document: Mapping[str, Any]) -> Alert:
    """The alert that ``alert_document`` wrote; raises ``msgspec.ValidationError`` for anything else."""
    own = document.get("gatewatch")
    return convert(own.get(TYPED) if isinstance(own, Mapping) else None, Alert)
