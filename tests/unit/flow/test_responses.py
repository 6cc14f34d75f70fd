"""Responses that nobody applied: readers see them, the sweep applies them, and nothing that a responder can write stops it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from gatewatch.errors import NotifyUnavailable
from gatewatch.flow.pipeline import sweep
from gatewatch.flow.responses import apply_new, search_alerts
from gatewatch.model import Alert, AlertStatus, Response
from gatewatch.ports import AlertQuery, Notice, Ports
from tests.builders.alerts import key
from tests.builders.common import minutes
from tests.builders.entra import risky
from tests.builders.responses import close, reopen
from tests.laws.stage import CHANNEL, Pager, ports
from tests.support.alert_story import Story


class Deaf(Pager):
    """A channel that is away."""

    def send(self, notice: Notice) -> None:
        raise NotifyUnavailable(notice.why)


@pytest.fixture
def story() -> Story:
    return Story().comes(risky())


def bundle(story: Story) -> Ports:
    """As a host has it, at the moment of the test: responses are stored now."""
    return structs.replace(ports(story.store, story.pager), clock=lambda: datetime.now(UTC))


def listed(story: Story, **query: Any) -> list[AlertStatus]:
    return [alert.status for alert in search_alerts(story.store, AlertQuery(**query), datetime.now(UTC))]


def said(story: Story, *responses: Response) -> Alert:
    story.store.append_responses(responses)
    return story.only()


def test_readers_see_what_is_newer_than_the_alert(story: Story) -> None:
    said(story, close(story.only()))
    assert story.only().status is AlertStatus.OPEN
    assert (listed(story), listed(story, statuses=("open",)), listed(story, statuses=("closed",))) == (
        [AlertStatus.CLOSED],
        [],
        [AlertStatus.CLOSED],
    )


def test_readers_find_what_was_reopened_among_the_open(story: Story) -> None:
    said(story.closes(), reopen(story.only(), at=minutes(10)))
    assert story.only().status is AlertStatus.CLOSED
    assert (listed(story, statuses=("open",)), listed(story, statuses=("closed",))) == ([AlertStatus.OPEN], [])


def test_the_other_filters_hold_for_them_too(story: Story) -> None:
    said(story, close(story.only()))
    assert (listed(story, text="nobody"), listed(story, severities=("low",)), listed(story, limit=0)) == ([], [], [])


def test_the_sweep_applies_them_once_and_tells_what_they_reopen(story: Story) -> None:
    said(story, close(story.only()))
    [closed] = sweep(bundle(story)).alerts
    assert (closed.status, sweep(bundle(story)).alerts) == (AlertStatus.CLOSED, ())
    said(story, reopen(closed, at=minutes(10)))
    outcome = sweep(bundle(story))
    assert [(alert.status, alert.occurrence) for alert in outcome.alerts] == [(AlertStatus.OPEN, 2)]
    assert story.told() == ["new", "reopened"]


def test_a_close_is_applied_before_anybody_is_notified() -> None:
    """What was pending when a responder closed the alert is not sent."""
    story = Story()
    pager, story.pager = story.pager, Deaf()
    story.comes(risky())
    assert story.only().pending == (CHANNEL,)
    story.pager = pager
    said(story, close(story.only()))
    assert (sweep(bundle(story)).sent, story.told()) == ((), [])


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"key": key(day="2026-13-99")}, id="a day that is none"),
        pytest.param({"key": key(day="*")}, id="a pattern"),
        pytest.param({"key": key(day="")}, id="no day"),
        pytest.param({"key": key("somebody/else")}, id="another group"),
        pytest.param({"alert_id": "0" * 64}, id="another alert"),
    ],
)
def test_a_response_that_names_something_else_stops_nothing(story: Story, forged: dict[str, Any]) -> None:
    said(story, close(story.only(), **forged), close(story.only(), at=minutes(11)))
    assert [alert.status for alert in apply_new(bundle(story))] == [AlertStatus.CLOSED]
    assert len(listed(story)) == 1


def test_a_response_for_one_alert_never_closes_another() -> None:
    story = Story().comes(risky()).comes(risky(request="R-2", at=minutes(24 * 60)))
    first, second = story.alerts()
    said_of_first = close(first, key=second.key)
    story.store.append_responses([said_of_first])
    apply_new(bundle(story))
    assert [alert.status for alert in story.alerts()] == [AlertStatus.OPEN, AlertStatus.OPEN]
    assert structs.replace(second, updated=first.updated) == structs.replace(story.alerts()[1], updated=first.updated)


def test_the_channels_of_the_host_decide_what_a_reopening_makes_pending(story: Story) -> None:
    said(story.closes(), reopen(story.only(), at=minutes(10)))
    [reopened] = apply_new(bundle(story))
    assert (reopened.pending, reopened.pending_reason) == ((CHANNEL,), "reopened")
