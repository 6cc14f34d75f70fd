"""Proof of sight: an event of our own, once an hour, through bus, rule, queue, function and index; the sweep measures how old the last one is.

A canary is known by the source of its envelope, which no record of AWS can have, and never by a field of a record. It is no sign-in: it is not
stored as evidence and sends no notification.
"""

import json
from datetime import UTC, datetime

import msgspec

from gatewatch.errors import Conflict
from gatewatch.ports import StateKey, StateWrite, Store, Written

SOURCE = "gatewatch.canary"
KEY = StateKey("familiarity", "canary:aws")
ATTEMPTS = 10
LATE_SECONDS = 4500
"""A canary an hour, and 15 minutes for its way. The alarm in the template has the same number."""


class _Last(msgspec.Struct):
    sent: datetime


def sent_of(body: str) -> datetime | None:
    """When EventBridge sent this canary (UTC); None for a message that is none."""
    if SOURCE not in body:
        return None
    try:
        envelope = json.loads(body)
        return datetime.fromisoformat(envelope["time"]).astimezone(UTC) if envelope["source"] == SOURCE else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def note(sent: datetime, store: Store) -> datetime:
    """Keep the newest canary in the index; returns when that was sent. Raises ``StoreUnavailable`` and ``Conflict``."""
    for _ in range(ATTEMPTS):
        document = store.read_state((), (KEY,)).documents.get(KEY)
        known = msgspec.json.decode(document.body, type=_Last).sent if document is not None else None
        if known is not None and known >= sent:
            return known
        write = StateWrite(KEY, msgspec.json.encode(_Last(sent)), document.version if document is not None else None)
        if store.write_state([write]) == [Written.DONE]:
            return sent
    message = "other writers kept changing the last canary"
    raise Conflict(message)


def age_seconds(store: Store, now: datetime) -> int:
    """How old the last canary in the index is. The first call is the beginning. Raises ``StoreUnavailable`` and ``Conflict``."""
    known = last(store) or note(now, store)
    return max(0, round((now - known).total_seconds()))


def last(store: Store) -> datetime | None:
    """When the last canary in the index was sent. Raises ``StoreUnavailable``."""
    document = store.read_state((), (KEY,)).documents.get(KEY)
    return None if document is None else msgspec.json.decode(document.body, type=_Last).sent
