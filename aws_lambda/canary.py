"""Proof of sight: an event of our own, once an hour, through bus, rule, queue, function and index; the sweep measures how old the last one is.

A canary is known by the source of its envelope, which no record of AWS can have, and never by a field of a record. It is no sign-in: it is not
stored as evidence and sends no notification.
"""

import json
from datetime import UTC, datetime, timedelta

import msgspec

from gatewatch.errors import Conflict
from gatewatch.ports import StateDocument, StateKey, StateWrite, Store, Written

SOURCE = "gatewatch.canary"
KEY = StateKey("familiarity", "canary:aws")
ATTEMPTS = 10
LATE_SECONDS = 4500
"""A canary an hour, and 15 minutes for its way. The alarm in the template has the same number."""

CLOCKS = timedelta(minutes=15)
"""How far the clocks of two functions may be apart."""


class _Last(msgspec.Struct):
    sent: datetime


def sent_of(body: str) -> datetime | None:
    """When EventBridge sent this canary (UTC); None for a message that is none."""
    if SOURCE not in body:
        return None
    try:
        envelope = json.loads(body)
        return datetime.fromisoformat(envelope["time"]).astimezone(UTC) if envelope["source"] == SOURCE else None
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def note(sent: datetime, store: Store, now: datetime) -> datetime:
    """Keep the newest canary in the index; returns when that was sent. Raises ``StoreUnavailable`` and ``Conflict``.

    Who puts an event onto a bus chooses its time. One from the future would prove sight until then, so it counts as sent now.
    """
    sent = min(sent, now)
    for _ in range(ATTEMPTS):
        document = store.read_state((), (KEY,)).documents.get(KEY)
        known = _sent(document, now)
        if known is not None and known >= sent:
            return known
        write = StateWrite(KEY, msgspec.json.encode(_Last(sent)), document.version if document is not None else None)
        if store.write_state([write]) == [Written.DONE]:
            return sent
    message = "other writers kept changing the last canary"
    raise Conflict(message)


def age_seconds(store: Store, now: datetime) -> int:
    """How old the last canary in the index is. The first call is the beginning. Raises ``StoreUnavailable`` and ``Conflict``."""
    known = last(store, now) or note(now, store, now)
    return max(0, round((now - known).total_seconds()))


def last(store: Store, now: datetime) -> datetime | None:
    """When the last canary in the index was sent. Raises ``StoreUnavailable``."""
    return _sent(store.read_state((), (KEY,)).documents.get(KEY), now)


def _sent(document: StateDocument | None, now: datetime) -> datetime | None:
    """What a document says; None where it cannot be read, or cannot be true: then the next canary takes its place."""
    try:
        found = None if document is None else msgspec.json.decode(document.body, type=_Last).sent
    except msgspec.DecodeError:
        return None
    return found if found is not None and found.tzinfo is not None and found <= now + CLOCKS else None
