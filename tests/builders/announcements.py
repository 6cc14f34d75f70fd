"""Announcements: notifications that were sent before their alert could be stored."""

from datetime import UTC, datetime
from typing import Any

from gatewatch.model import Announcement, GroupKey, Severity

ROOT = GroupKey("aws", "111122223333", "111122223333", "2026-11-21")


def announcement(channel: str = "sns", **changes: Any) -> Announcement:
    """A root login, announced as critical."""
    fields: dict[str, Any] = {
        "key": ROOT,
        "at": datetime(2026, 11, 21, 12, tzinfo=UTC),
        "severity": Severity.CRITICAL,
        "why": "new",
        "event_ids": ("aws|r-1",),
        "addresses": ("198.51.100.7",),
    }
    return Announcement(channel=channel, **{**fields, **changes})
