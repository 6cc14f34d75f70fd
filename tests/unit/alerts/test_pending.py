"""Who is owed what: the severity since the opening, the reopening, the new address, and nothing else."""

from typing import Any

import pytest

from gatewatch.alerts.pending import pending
from gatewatch.model import Alert, AlertStatus, NotificationEntry, Severity
from gatewatch.tuning import Tuning
from tests.builders.alerts import alert
from tests.builders.common import minutes


def told(
    severity: Severity = Severity.MEDIUM,
    *,
    occurrence: int = 1,
    why: str = "new",
    addresses: tuple[str, ...] = ("a1",),
    events: tuple[str, ...] = ("e1",),
) -> NotificationEntry:
    return NotificationEntry(
        occurrence=occurrence, at=minutes(1), channel="sns", severity=severity, why=why, event_ids=events, addresses=addresses
    )


def standing(*notification_log: NotificationEntry, **changes: Any) -> Alert:
    fields: dict[str, Any] = {"event_ids": ("e1",), "addresses": ("a1",), "notification_log": notification_log}
    return alert(**{**fields, **changes})


MORE: dict[str, Any] = {"event_ids": ("e1", "e2"), "addresses": ("a1", "a2")}
UPDATES = tuple(told(why="address", addresses=("a1", f"b{n}")) for n in range(3))
TABLE = [
    pytest.param(standing(), {}, "new", id="never-told"),
    pytest.param(standing(told()), {}, None, id="told"),
    pytest.param(standing(told(), severity=Severity.HIGH), {}, "raised", id="severity-rose"),
    pytest.param(standing(told(Severity.HIGH), severity=Severity.CRITICAL), {}, "raised", id="severity-rose-to-critical"),
    pytest.param(standing(told(Severity.HIGH)), {}, None, id="severity-fell"),
    pytest.param(
        standing(told(Severity.HIGH), told(Severity.MEDIUM, why="address"), severity=Severity.HIGH), {}, None, id="highest-told-counts"
    ),
    pytest.param(standing(told(Severity.CRITICAL), occurrence=2), {}, "reopened", id="reopened"),
    pytest.param(standing(told(), told(occurrence=2, why="reopened"), occurrence=2), {}, None, id="reopened-and-told"),
    pytest.param(
        standing(told(Severity.CRITICAL), told(occurrence=2), occurrence=2, severity=Severity.HIGH),
        {},
        "raised",
        id="only-this-opening-counts",
    ),
    pytest.param(standing(told(), **MORE), {}, "address", id="new-event-new-address"),
    pytest.param(standing(told(), event_ids=("e1", "e2")), {}, None, id="new-event-known-address"),
    pytest.param(standing(told(), addresses=("a1", "a2")), {}, None, id="new-address-of-an-event-already-told"),
    pytest.param(standing(told(), *UPDATES[:2], **MORE), {}, "address", id="third-address-update"),
    pytest.param(standing(told(), *UPDATES, **MORE), {}, None, id="fourth-address-is-counted-silently"),
    pytest.param(standing(told(), *UPDATES, severity=Severity.CRITICAL, **MORE), {}, "raised", id="but-never-hides-a-rise"),
    pytest.param(standing(status=AlertStatus.CLOSED), {}, None, id="closed"),
    pytest.param(standing(status=AlertStatus.RETRACTED), {}, None, id="retracted"),
    pytest.param(standing(suppressed=True), {}, None, id="suppressed"),
    pytest.param(standing(severity=Severity.LOW), {}, None, id="below-the-threshold"),
    pytest.param(standing(severity=Severity.LOW), {"notify_from": Severity.LOW}, "new", id="threshold-lowered"),
    pytest.param(standing(severity=Severity.MEDIUM), {"notify_from": Severity.HIGH}, None, id="threshold-raised"),
    pytest.param(standing(told(), severity=Severity.HIGH), {"renotify_on": ("reopen",)}, None, id="rises-switched-off"),
    pytest.param(standing(told(), occurrence=2), {"renotify_on": ("severity",)}, None, id="reopenings-switched-off"),
    pytest.param(
        standing(told(), occurrence=2, severity=Severity.HIGH), {"renotify_on": ("severity",)}, "raised", id="reopenings-off-still-rises"
    ),
    pytest.param(standing(told(), **MORE), {"renotify_on": ("severity",)}, None, id="addresses-switched-off"),
]


@pytest.mark.parametrize(("item", "tuning", "reason"), TABLE)
def test_owed(item: Alert, tuning: dict[str, Any], reason: str | None) -> None:
    assert pending(item, ["sns"], Tuning(**tuning)) == ({} if reason is None else {"sns": reason})


def test_channels_are_owed_separately() -> None:
    assert pending(standing(told()), ["sns", "teams"], Tuning()) == {"teams": "new"}
