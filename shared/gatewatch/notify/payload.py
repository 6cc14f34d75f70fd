"""A notification as data, for programs: what SNS gives to queues and functions, and what the webhook posts.

The names are part of the public surface. Every text is as in ``AlertMessage``: visible, on one line, bounded; no raw string of others.
"""

import json
from typing import Any

from ..model import Link
from ..model.text import VALUE_LIMIT
from ..ports import Notice
from .compose import compose
from .links import Links
from .message import AlertMessage, NewsEvent
from .text import lay_out, subject_of

type Json = dict[str, Any]

DATA_LIMIT_BYTES = 40 * 1024
VERSION = 1
"""The version of these names; it increases when one changes its meaning or goes."""

_SHORTER = (VALUE_LIMIT, 120, 80, 40, 24)  # characters a value


def data(notice: Notice, links: Links | None = None, limit_bytes: int = DATA_LIMIT_BYTES) -> Json:
    """The notification, at most 40 KiB of UTF-8: values get shorter until it fits."""
    *longer, shortest = _SHORTER
    for limit in longer:
        found = of_message(compose(notice, links, limit), index_unavailable=notice.index_unavailable)
        if len(encoded(found)) <= limit_bytes:
            return found
    return of_message(compose(notice, links, shortest), index_unavailable=notice.index_unavailable)


def encoded(found: Json) -> bytes:
    """The data as compact UTF-8 JSON; equal data give equal bytes."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def of_message(said: AlertMessage, *, index_unavailable: bool = False) -> Json:
    """The message as data."""
    return {
        "version": VERSION,
        "alert_id": said.alert_id,
        "occurrence": said.occurrence,
        "dedup_key": dedup_key(said),
        "why": said.why,
        "severity": said.severity.value,
        "score": said.score,
        "rule": said.rule,
        "title": said.title,
        "summary": subject_of(said, index_unavailable=index_unavailable),
        "reason": said.reason,
        "meaning": said.meaning,
        "why_now": said.why_now,
        "stored": not index_unavailable,
        "marks": list(said.marks),
        "events": [_event(event) for event in said.news],
        "more_events": said.more,
        "context": list(said.beside),
        "facts": {row.label: row.value for row in said.rows},
        "score_components": [{"points": one.points, "name": one.name, "reason": one.reason} for one in said.components],
        "notified_before": list(said.before),
        "closed_or_suppressed": list(said.listed),
        "also_notifies_of": list(said.together),
        "related": list(said.related),
        "responses": list(said.responses),
        "next_steps": list(said.steps),
        "runbook": said.runbook,
        "links": [_link(link) for link in said.links],
        "text": lay_out(said),
    }


def dedup_key(said: AlertMessage) -> str:
    """One incident: an alert and its occurrence."""
    return f"{said.alert_id}:{said.occurrence}"


def _event(event: NewsEvent) -> Json:
    return {
        "id": event.id,
        "time": event.at.isoformat().replace("+00:00", "Z"),
        "who": event.who,
        "address": event.address,
        "where": event.where,
        "used": event.used,
        "client": event.client,
        "device": event.device,
        "outcome": event.outcome,
        "mfa": event.mfa,
        "risk": event.reported_risk,
        "account": event.account,
        "rule": event.rule,
        "severity": event.severity.value,
        "score": event.score,
        "look_up": list(event.lookups),
        "links": [_link(link) for link in event.links],
    }


def _link(link: Link) -> Json:
    return {"label": link.label, "url": link.url}
