"""Laws of the news: what makes a notification pending is shown, with its own time and address, and is not shown twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from gatewatch.alerts.group import MAX_EVENT_ROWS
from gatewatch.alerts.news import MAX_NEWS, news
from gatewatch.alerts.pending import MAX_ADDRESS_UPDATES, pending
from gatewatch.model import Alert, AlertEvent, AlertStatus, EventText, NotificationEntry
from gatewatch.notify import card as cards
from gatewatch.notify import card_render, text
from gatewatch.notify.compose import compose
from gatewatch.notify.moments import when
from gatewatch.notify.terminal import render
from gatewatch.ports import Notice
from gatewatch.tuning import Tuning
from tests.builders.alerts import alert
from tests.builders.common import minutes

CHANNEL, TUNING = "sns", Tuning()
SCORES = st.sampled_from([10, 30, 60, 90])


def event(number: int, score: int, address: int, **changes: bool) -> AlertEvent:
    name, source = f"aws|event-{number:04d}", f"198.51.100.{address}"
    body = EventText(id=name, time=minutes(number), name="alice", address=source, place="DE", outcome="success", mfa="no MFA")
    return AlertEvent(id=name, time=minutes(number), rule="aws_console_login_no_mfa", score=score, address=source, texts=(body,), **changes)


@st.composite
def rows(draw: st.DrawFn) -> list[AlertEvent]:
    drawn = draw(
        st.lists(st.tuples(SCORES, st.integers(1, 60), st.sampled_from([False, False, True])), min_size=1, max_size=MAX_EVENT_ROWS)
    )
    return [event(number, score, address, closed=closed) for number, (score, address, closed) in enumerate(drawn)]


def holding(before: Alert, events: list[AlertEvent]) -> Alert:
    """The alert with these rows, open ones first and by score, as the store has it."""
    ordered = tuple(sorted(events, key=lambda row: (not row.open, -row.score)))
    snapshot = structs.replace(before.snapshot, events=ordered, event_ids=tuple(row.id for row in events), score=ordered[0].score)
    status = AlertStatus.OPEN if ordered[0].open else AlertStatus.CLOSED
    return structs.replace(before, status=status, snapshot=structs.replace(snapshot, severity=ordered[0].severity))


def notified(item: Alert, why: str) -> tuple[Alert, Notice]:
    found = news(item, CHANNEL, why)
    entry = NotificationEntry(
        occurrence=item.occurrence,
        at=minutes(1),
        channel=CHANNEL,
        severity=found.severity,
        why=why,
        event_ids=found.event_ids,
        addresses=found.addresses,
    )
    notice = Notice(alert=item, why=why, news=found.shown, more=found.more)
    return structs.replace(item, notification_log=(*item.notification_log, entry)), notice


def due_ids(item: Alert, why: str) -> set[str]:
    """The events without which nothing would be pending: of each new address the highest, and those that are higher than the log."""
    live = [row for row in item.snapshot.events if row.open]
    known = {event_id for entry in item.notification_log for event_id in entry.event_ids}
    places = {address for entry in item.notification_log for address in entry.addresses}
    top = max((entry.severity.lowest for entry in item.notification_log), default=0)
    if why == "address":
        return {row.id for row in live if row.id not in known and row.address not in places}
    return {row.id for row in live if row.severity.lowest > top and row.score == live[0].score}


def spent(item: Alert) -> bool:
    """Whether no more messages about new addresses are sent."""
    return sum(entry.why == "address" for entry in item.notification_log) >= MAX_ADDRESS_UPDATES


@settings(max_examples=150, deadline=None)
@given(first=rows(), later=rows())
def test_what_makes_a_notification_pending_is_shown_sooner_or_later(first: list[AlertEvent], later: list[AlertEvent]) -> None:
    item = holding(alert(), first)
    more = [event(100 + number, row.score, row.texts[0].time.minute + 1) for number, row in enumerate(later)]
    shown: set[str] = set()
    for events in (first, [*first, *more][:MAX_EVENT_ROWS]):
        item = holding(item, events)
        while (why := pending(item, [CHANNEL], TUNING).get(CHANNEL)) is not None:
            due = due_ids(item, why)
            item, notice = notified(item, why)
            ids = set(compose(notice).event_ids)
            assert len(ids) <= MAX_NEWS
            assert not ids & shown
            assert due <= ids or len(due) >= MAX_NEWS  # the highest event has a place too; what finds none stays pending
            assert due <= ids or CHANNEL in pending(item, [CHANNEL], TUNING) or spent(item)
            assert all(row.open for row in notice.news)
            shown |= ids
            if why != "address":
                assert compose(notice).score == max(row.score for row in notice.news)


@pytest.mark.parametrize("count", [1, 2, MAX_NEWS, MAX_EVENT_ROWS])
@pytest.mark.parametrize(
    "rendering",
    [
        pytest.param(text.message, id="text"),
        pytest.param(lambda notice: card_render.plain(cards.card(notice), 400), id="teams"),
        pytest.param(
            lambda notice: card_render.plain(cards.card(notice, limit_bytes=cards.PAYLOAD_LIMIT_BYTES // 2), 400), id="half-a-card"
        ),
        pytest.param(lambda notice: render(notice, width=400), id="terminal"),
    ],
)
def test_every_shown_event_has_its_own_time_and_address(rendering, count: int) -> None:
    item = holding(alert(), [event(number, 60, number + 1) for number in range(count)])
    _, notice = notified(item, "new")
    shown = rendering(notice)
    expected = [(when(row.time), row.address, row.id) for row in notice.news]
    assert len(expected) == min(count, MAX_NEWS)
    lines = shown.splitlines()
    assert [one for one in expected[1:] if not any(all(part in line for part in one) for line in lines)] == []
    assert [part for part in expected[0] if part not in shown] == []


def test_events_beyond_the_news_are_counted() -> None:
    item = holding(alert(), [event(number, 60, 1) for number in range(30)])
    marked, notice = notified(item, "new")
    assert (len(notice.news), notice.more) == (MAX_NEWS, 10)
    assert "and 10 more" in text.message(notice)
    assert pending(marked, [CHANNEL], TUNING) == {}


def test_addresses_beyond_the_news_stay_pending() -> None:
    item = holding(alert(), [event(number, 60, number + 1) for number in range(30)])
    marked, first = notified(item, "new")
    assert pending(marked, [CHANNEL], TUNING) == {CHANNEL: "address"}
    done, second = notified(marked, "address")
    assert pending(done, [CHANNEL], TUNING) == {}
    assert {row.id for row in (*first.news, *second.news)} == set(item.snapshot.event_ids)
