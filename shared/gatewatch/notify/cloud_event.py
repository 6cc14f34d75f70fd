"""The body of the webhook: a CloudEvent (1.0, JSON) around the notification as data."""

import hashlib
from typing import Any

from ..ports import Notice, PlainNotice
from . import payload
from .links import Links
from .text import plain_lines

type Json = dict[str, Any]

NOTIFIED, RESOLVED = "gatewatch.alert.notified", "gatewatch.alert.resolved"
POLICY = "gatewatch.policy.loosened"
CONTENT_TYPE = "application/json"
"""Incident and ticket tools parse no other type; who reads CloudEvents finds one in the body."""


def cloud_event(notice: Notice, links: Links | None = None) -> Json:
    """The event. Its id and its bytes are equal whenever the same news of the same alert is sent again.

    ``time`` is when the alert last changed.
    """
    found = payload.data(notice, links)
    kind = RESOLVED if notice.why == "closed" else NOTIFIED
    return {
        "specversion": "1.0",
        "id": message_id(found, kind),
        "source": "gatewatch",
        "type": kind,
        "subject": found["alert_id"],
        "time": notice.alert.updated.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": found,
    }


def plain_event(notice: PlainNotice) -> Json:
    """The event of a message that is about no alert."""
    subject, *lines = plain_lines(notice)
    parts = [POLICY, notice.id, notice.at.isoformat() if notice.at else ""]
    return {
        "specversion": "1.0",
        "id": "msg_" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest(),
        "source": "gatewatch",
        "type": POLICY,
        "subject": notice.id,
        **({"time": notice.at.isoformat().replace("+00:00", "Z")} if notice.at else {}),
        "datacontenttype": "application/json",
        "data": {"summary": subject, "text": "\n".join(lines)},
    }


def message_id(found: Json, kind: str) -> str:
    """The hash of incident, severity, reason and event ids: a receiver that keeps ids takes a repeated message once."""
    ids = sorted(event["id"] for event in found["events"])
    parts = [kind, found["dedup_key"], found["severity"], found["why"], *ids]
    return "msg_" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
