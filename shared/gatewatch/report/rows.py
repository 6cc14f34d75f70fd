"""One alert on one line: what tables, exports and counts are made from."""

from datetime import datetime, timedelta

from ..alerts.who import who
from ..documents.common import mfa_verdict
from ..model import Alert, AlertStatus, EventText
from ..providers.catalogue import provider_of
from .model import AlertRow

LIVE_WITHIN = timedelta(days=7)
"""An alert that was made later than this after its event comes from files or a backfill: nothing was "detected" so late."""


def row(alert: Alert) -> AlertRow:
    """The line of an open or closed alert."""
    snapshot, text = alert.snapshot, _text(alert)
    closing, acknowledged, partner = alert.closing, alert.acknowledgement, snapshot.partner
    notified = min((entry.at for entry in alert.notification_log), default=None)
    return AlertRow(
        id=alert.id,
        family=alert.key.family,
        account=alert.key.account,
        principal=alert.key.principal,
        person=snapshot.person or "",
        who=who(alert),
        rule=alert.rule,
        rules=snapshot.rules,
        severity=alert.severity,
        score=alert.score,
        status="open" if alert.status is AlertStatus.OPEN else "closed",
        suppressed_by=(snapshot.suppressed_by or "") if snapshot.suppressed else "",
        time=snapshot.lead.time,
        lane=provider_of(snapshot.lead.event).name,
        pair_time=partner.time if partner else None,
        pair_lane=provider_of(partner.event).name if partner else "",
        first=snapshot.first_seen,
        last=snapshot.last_seen,
        events=snapshot.event_count,
        addresses=snapshot.addresses,
        countries=snapshot.countries,
        used=text.used,
        outcome=text.outcome or snapshot.lead.event.outcome.value,
        mfa=mfa_verdict(snapshot.lead.event, snapshot.lead.mfa_verdict) or "",
        reason=snapshot.reason,
        created=alert.created,
        detect_seconds=_detected(alert),
        notify_seconds=_after(alert, notified),
        acknowledge_seconds=_after(alert, acknowledged.at if acknowledged else None),
        close_seconds=_after(alert, closing.at if closing else None),
        verdict=closing.verdict.value if closing and closing.verdict else "",
        truncated=alert.truncated,
    )


def _text(alert: Alert) -> EventText:
    """What its highest event says of itself; of a pair, the later side."""
    lead = alert.snapshot.lead
    texts = [text for event in alert.snapshot.events for text in event.texts[::-1]]
    return next((text for text in texts if text.id == lead.id), texts[0] if texts else EventText(id=lead.id, time=lead.time))


def _detected(alert: Alert) -> float | None:
    late = alert.created - alert.snapshot.lead.time
    return max(0.0, late.total_seconds()) if late <= LIVE_WITHIN else None


def _after(alert: Alert, moment: datetime | None) -> float | None:
    return None if moment is None else max(0.0, (moment - alert.created).total_seconds())
