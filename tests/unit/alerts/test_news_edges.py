"""What one notification shows, counts and covers: of a new occurrence, of a rise, of new addresses, of an end, and at the bounds."""

from collections.abc import Sequence
from typing import Any

import pytest

from gatewatch.alerts.group import MAX_EVENT_ROWS
from gatewatch.alerts.news import CLOSED, MAX_NEWS, News, covers, entries_of, news, notified_everywhere
from gatewatch.model import Alert, AlertEvent, NotificationEntry, Response, ResponseKind, Severity
from tests.builders.alerts import alert, key
from tests.builders.common import minutes


def event(name: str, address: str | None, score: int = 60, **changes: Any) -> AlertEvent:
    return AlertEvent(id=name, time=minutes(1), rule="r", score=score, address=address, **changes)


def entry(*events: str, severity: Severity = Severity.HIGH, occurrence: int = 1, **changes: Any) -> NotificationEntry:
    fields: dict[str, Any] = {"channel": "sns", "why": "new", "addresses": ("a1",), **changes}
    return NotificationEntry(occurrence=occurrence, at=minutes(1), severity=severity, event_ids=events, **fields)


def holding(*events: AlertEvent, log: Sequence[NotificationEntry] = (), beyond: Sequence[str] = (), **changes: Any) -> Alert:
    """An alert of these events, and of events beyond its rows."""
    ids = (*(row.id for row in events), *beyond)
    return alert(events=events, event_ids=ids, addresses=("everywhere",), notification_log=tuple(log), **changes)


def shown(found: News) -> list[str]:
    return [row.id for row in found.shown]


def test_an_end_is_no_notification_of_an_event() -> None:
    first, second, ended = entry("e1"), entry("e2"), entry("e1", "e2", "e3", why=CLOSED)
    elsewhere = entry("e2", "e4", channel="teams")
    found = holding(event("e1", "a1"), log=(first, ended, elsewhere, second))
    assert entries_of(found, "sns") == [first, second]
    assert notified_everywhere(found, ["sns", "teams"]) == {"e2"}
    assert notified_everywhere(found, []) == set()


KNOWN, NEW = event("e1", "a1"), event("e2", "a2")
REASONS = [
    pytest.param("new", [entry("e1")], ["e1", "e2"], id="a new occurrence shows all"),
    pytest.param("reopened", [entry("e1")], ["e1", "e2"], id="a reopened one too"),
    pytest.param("address", [entry("e1")], ["e2"], id="an address shows what is not notified"),
    pytest.param("raised", [], ["e1", "e2"], id="without a notification all is new"),
    pytest.param("raised", [entry("e1", "e2", severity=Severity.MEDIUM)], ["e1", "e2"], id="a rise shows what is higher"),
    pytest.param("raised", [entry("e1", "e2")], [], id="the same severity is no rise"),
]


@pytest.mark.parametrize(("why", "log", "ids"), REASONS)
def test_the_reason_decides_what_is_shown(why: str, log: list[NotificationEntry], ids: list[str]) -> None:
    assert shown(news(holding(KNOWN, NEW, log=log), "sns", why)) == ids


@pytest.mark.parametrize(
    ("severities", "ids"),
    [
        pytest.param({1: Severity.CRITICAL, 2: Severity.MEDIUM}, ["e1"], id="this occurrence alone is compared"),
        pytest.param({1: Severity.MEDIUM}, ["e1"], id="the former ones where this has none"),
        pytest.param({1: Severity.MEDIUM, 2: Severity.HIGH}, [], id="no rise in this occurrence"),
    ],
)
def test_a_rise_is_a_rise_of_the_occurrence(severities: dict[int, Severity], ids: list[str]) -> None:
    log = [entry("e1", severity=severity, occurrence=number) for number, severity in severities.items()]
    assert shown(news(holding(KNOWN, log=log, occurrence=2), "sns", "raised")) == ids


def test_an_end_shows_what_its_occurrence_notified_of() -> None:
    rows = [event(f"e{number:02}", "a1") for number in range(30)]
    log = [entry("e00", severity=Severity.CRITICAL), entry(*(row.id for row in rows[1:]), severity=Severity.MEDIUM, occurrence=2)]
    found = news(holding(*rows, log=log, occurrence=2), "sns", CLOSED)
    assert (shown(found), found.more, found.severity) == ([row.id for row in rows[1:21]], 0, Severity.MEDIUM)
    assert (found.event_ids, found.addresses) == (tuple(row.id for row in rows[1:]), ())
    assert news(holding(KNOWN), "sns", CLOSED).severity is holding(KNOWN).severity


def test_the_highest_event_has_a_place_and_then_each_new_address() -> None:
    highest, second = event("first", "a1", 60), event("second", "a1", 59)
    addresses = [event(f"e{number:02}", f"b{number}", 50) for number in range(24)]
    found = news(holding(highest, second, *addresses, log=[entry("e0")]), "sns", "address")
    assert shown(found) == ["first", *(row.id for row in addresses[: MAX_NEWS - 1])]
    assert found.more == 6


def test_each_address_has_a_place_before_another_event_of_one() -> None:
    rows = [event(f"e{number:02}", f"b{max(0, number - 10)}", 90 - number) for number in range(30)]
    assert shown(news(holding(*rows), "sns", "new")) == ["e00", *(f"e{number}" for number in range(11, 30))]


def test_what_is_only_counted_is_covered() -> None:
    rows = [event(f"e{number:02}", "a2") for number in range(30)]
    found = news(holding(*rows), "sns", "new")
    assert (found.event_ids, found.addresses, found.more) == (tuple(row.id for row in rows), ("a2",), 10)


def full(*addresses: str | None) -> News:
    """The news of rows with these addresses, and of one event beyond them."""
    rows = [event(f"e{number:02}", address) for number, address in enumerate(addresses)]
    return news(holding(*rows, beyond=["beyond"]), "sns", "new")


DIFFERENT = [f"a{number}" for number in range(1, MAX_EVENT_ROWS)]


@pytest.mark.parametrize(
    ("addresses", "covered"),
    [
        pytest.param(["a1", *DIFFERENT], True, id="all rows, and an address twice"),
        pytest.param(["a0", *DIFFERENT], False, id="all rows, each with its address"),
        pytest.param([None, *DIFFERENT], False, id="the highest without an address"),
        pytest.param(["a1"] * (MAX_EVENT_ROWS - 1), False, id="fewer rows than there may be"),
    ],
)
def test_an_event_beyond_the_rows_is_covered_when_the_rows_show_every_address(addresses: list[str | None], covered: bool) -> None:
    assert ("beyond" in full(*addresses).event_ids) is covered


def test_without_a_live_event_the_whole_alert_is_covered() -> None:
    close = Response(
        id="r", alert_id="x", key=key(), kind=ResponseKind.CLOSE, at=minutes(2), severity=Severity.HIGH, event_ids=("e1",), event_count=1
    )
    found = news(holding(KNOWN, responses=(close,)), "sns", "new")
    assert (shown(found), found.event_ids, found.addresses) == ([], ("e1",), ("everywhere",))


@pytest.mark.parametrize(
    ("entries", "known"),
    [
        pytest.param([], False, id="nothing"),
        pytest.param([entry("e1", "e2")], True, id="all of it"),
        pytest.param([entry("e1"), entry("e2", severity=Severity.MEDIUM)], True, id="in two parts, one at its severity"),
        pytest.param([entry("e1")], False, id="a part"),
        pytest.param([entry("e1", "e2", severity=Severity.MEDIUM)], False, id="at a lower severity"),
        pytest.param([entry("e1", "e2", severity=Severity.CRITICAL)], True, id="at a higher one"),
    ],
)
def test_which_notifications_cover_a_news(entries: list[NotificationEntry], known: bool) -> None:
    assert covers(entries, news(holding(KNOWN, NEW), "sns", "new")) is known
