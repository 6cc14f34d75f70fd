"""Who is owed what: the severity since the opening, the reopening, the new address, and nothing else."""

from typing import Any

import pytest
from msgspec import structs

from gatewatch.alerts.pending import pending
from gatewatch.model import Alert, AlertEvent, AlertStatus, NotificationEntry, Response, ResponseKind, Severity
from gatewatch.tuning import Tuning
from tests.builders.alerts import alert, key
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


def standing(*notification_log: NotificationEntry, events: tuple[AlertEvent, ...] = (), **changes: Any) -> Alert:
    """An alert of one event at its own severity, or of these."""
    severity = changes.get("severity", Severity.MEDIUM)
    rows = events or (event("e1", "a1", severity),)
    fields: dict[str, Any] = {"event_ids": tuple(row.id for row in rows), "score": severity.lowest, "notification_log": notification_log}
    return alert(events=rows, **{**fields, **changes})


def event(name: str, address: str, severity: Severity = Severity.MEDIUM, **changes: Any) -> AlertEvent:
    return AlertEvent(id=name, time=minutes(1), rule="r", score=severity.lowest, address=address, **changes)


MORE: dict[str, Any] = {"events": (event("e1", "a1"), event("e2", "a2"))}
HIGH, MEDIUM = event("e2", "a1", Severity.HIGH), event("e1", "a1")


def closed(name: str, severity: Severity = Severity.HIGH) -> Response:
    return Response(
        id=f"close of {name}",
        alert_id="x",
        key=key(),
        kind=ResponseKind.CLOSE,
        at=minutes(2),
        severity=severity,
        event_ids=(name,),
        event_count=1,
    )


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
    pytest.param(standing(told(), events=(event("e1", "a1"), event("e2", "a1"))), {}, None, id="new-event-known-address"),
    pytest.param(standing(told(), events=(event("e1", "a2"),)), {}, None, id="new-address-of-an-event-already-told"),
    pytest.param(standing(told(), *UPDATES[:2], **MORE), {}, "address", id="third-address-update"),
    pytest.param(standing(told(), *UPDATES, **MORE), {}, None, id="fourth-address-is-counted-silently"),
    pytest.param(standing(told(), *UPDATES, severity=Severity.CRITICAL), {}, "raised", id="but-never-hides-a-rise"),
    pytest.param(
        standing(told(Severity.HIGH), told(occurrence=2, events=("e1", "e3")), occurrence=2, severity=Severity.HIGH, events=(HIGH,)),
        {},
        "raised",
        id="another-event-rises-in-this-occurrence",
    ),
    pytest.param(
        standing(
            told(Severity.HIGH), told(occurrence=2), occurrence=2, severity=Severity.HIGH, events=(HIGH, MEDIUM), responses=(closed("e2"),)
        ),
        {},
        None,
        id="what-a-responder-closed-does-not-rise",
    ),
    pytest.param(
        standing(told(Severity.HIGH), occurrence=2, severity=Severity.HIGH, events=(HIGH, MEDIUM), responses=(closed("e2"),)),
        {"notify_from": Severity.HIGH},
        None,
        id="what-a-responder-closed-is-no-reason",
    ),
    pytest.param(
        standing(
            told(), told(occurrence=2), occurrence=2, severity=Severity.HIGH, events=(HIGH,), responses=(closed("e2", Severity.MEDIUM),)
        ),
        {},
        "raised",
        id="unless-it-is-higher-than-the-close",
    ),
    pytest.param(
        standing(told(), severity=Severity.HIGH, events=(event("e2", "a2", Severity.HIGH, closed=True), event("e1", "a1"))),
        {},
        None,
        id="a-closed-event-is-no-reason",
    ),
    pytest.param(
        standing(told(), severity=Severity.HIGH, events=(event("e2", "a2", Severity.HIGH, suppressed_by="vpn"), event("e1", "a1"))),
        {},
        None,
        id="a-suppressed-event-is-no-reason",
    ),
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


def on_webhook(**changes: Any) -> NotificationEntry:
    by = changes.pop("notified_by", None)
    return structs.replace(told(**changes), channel="webhook", notified_by=by)


ENDS = [
    pytest.param([on_webhook()], True, id="notified"),
    pytest.param([], False, id="never"),
    pytest.param([told()], False, id="on another channel"),
    pytest.param([on_webhook(occurrence=2)], False, id="in another occurrence"),
    pytest.param([on_webhook(notified_by="x")], False, id="in another alert's message"),
    pytest.param([on_webhook(), on_webhook(why="closed")], False, id="of the end too"),
    pytest.param([on_webhook(), on_webhook(why="closed"), on_webhook(why="reopened")], True, id="again after the end"),
]


@pytest.mark.parametrize(("log", "due"), ENDS)
def test_a_channel_of_incidents_is_notified_of_their_end(log: list[NotificationEntry], due: bool) -> None:
    ended = standing(*log, status=AlertStatus.CLOSED)
    assert pending(ended, ["webhook", "sns"], Tuning()) == ({"webhook": "closed"} if due else {})


def test_after_an_end_an_alert_that_is_open_is_reopened_whatever_others_were_notified_of() -> None:
    log = (on_webhook(), on_webhook(why="closed"), told())
    assert pending(standing(*log), ["webhook", "sns"], Tuning()) == {"webhook": "reopened"}
    assert pending(standing(on_webhook(), told(why="closed")), ["webhook"], Tuning()) == {}
