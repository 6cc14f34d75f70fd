"""Whole stories, as the people on a channel read them: the news first, and one message for one story."""

from typing import Any

import pytest

from gatewatch.model import Event, ResponseKind, ResponseVerdict, Severity
from gatewatch.notify import text
from gatewatch.notify.card import card
from gatewatch.notify.card_render import plain
from gatewatch.notify.compose import compose
from gatewatch.notify.terminal import render
from gatewatch.ports import Notice
from tests.builders.aws import plain_login, saml
from tests.builders.common import at, minutes
from tests.builders.entra import risky
from tests.support.alert_story import Story

RENDERINGS = [
    pytest.param(text.message, id="text"),
    pytest.param(lambda notice: plain(card(notice), 400), id="teams"),
    pytest.param(lambda notice: render(notice, width=400), id="terminal"),
]
FIRST, SECOND = "198.51.100.7", "203.0.113.9"


def root(number: int, minute: float, address: str) -> Event:
    name = f"d5a7b1f0-1111-2222-3333-44445555666{number}"
    fields: dict[str, Any] = {"subject": "root", "principal": "111122223333", "person": None, "user_name": None, "region": "us-east-1"}
    return plain_login(vendor_id=f"aws|{name}", event_id=name, time=minutes(minute), place=at(address), **fields)


def row(notice: Notice, label: str) -> str:
    return next(row.value for row in compose(notice).rows if row.label == label)


@pytest.fixture
def closed_by_dana() -> Story:
    """Root is notified, Dana closes the alert, and root signs in from another address."""
    story = Story().comes(root(1, 0, FIRST))
    story.responds(ResponseKind.CLOSE, by="dana", at=20, verdict=ResponseVerdict.EXPECTED, reason="planned, SEC-12")
    return story.comes(root(2, 90, SECOND))


def test_the_second_login_is_the_message_and_dana_is_quoted(closed_by_dana: Story) -> None:
    assert closed_by_dana.told() == ["new", "reopened"]
    notice = closed_by_dana.pager.told[-1]
    said = compose(notice)
    assert row(notice, "When").startswith("2026-03-14 13:30:00 UTC")
    assert row(notice, "Where").startswith(SECOND)
    assert row(notice, "Event id") == "aws|d5a7b1f0-1111-2222-3333-444455556662"
    assert "MFA" in row(notice, "Outcome")
    assert said.event_ids == ("aws|d5a7b1f0-1111-2222-3333-444455556662",)
    assert [step for step in said.steps if "AttributeValue=" in step] == [*closed_by_dana.pager.told[-1].news[0].texts[0].lookups]
    [response] = said.responses
    assert response.startswith("closed 2026-03-14 12:20:00 UTC by dana")
    assert response.endswith("expected: planned, SEC-12")
    assert ["closed by dana" in line for line in said.listed] == [True]


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_every_channel_says_so(closed_by_dana: Story, rendering: Any) -> None:
    shown = " ".join(rendering(closed_by_dana.pager.told[-1]).split())
    parts = ("2026-03-14 13:30:00 UTC", SECOND, "d5a7b1f0-1111-2222-3333-444455556662", "by dana", "planned, SEC-12")
    assert [part for part in parts if part not in shown] == []


def test_a_dismissed_high_and_a_new_medium() -> None:
    story = Story().comes(risky("high", place=at(FIRST))).comes(risky("high", place=at(FIRST), state="dismissed"))
    story.comes(risky("medium", "R-2", at=minutes(30), place=at(SECOND)))
    assert story.told() == ["new", "reopened"]
    notice = story.pager.told[-1]
    said = compose(notice)
    assert (said.severity, said.score, said.event_ids) == (Severity.MEDIUM, 47, ("entra|r-2",))
    assert SECOND in said.reason
    assert FIRST not in said.reason
    assert row(notice, "Where").startswith(SECOND)
    [listed] = said.listed
    assert "entra|r-1" in listed
    assert "closed by its provider" in listed
    assert text.subject(notice).startswith("MEDIUM 47: ")


def test_an_event_that_comes_back_is_news_again() -> None:
    story = Story().comes(risky("high")).comes(risky("high", state="dismissed")).comes(risky(request="R-2")).comes(risky("high"))
    assert story.told() == ["new", "reopened", "raised"]
    assert compose(story.pager.told[-1]).event_ids == ("entra|r-1",)


def test_a_pair_and_its_sides_are_one_message() -> None:
    story = Story().comes(risky("high"), saml(5))
    assert [notice.alert.key.family for notice in story.pager.told] == ["xcloud"]
    notice = story.pager.told[0]
    assert [other.key.family for other in notice.together] == ["entra"]
    assert set(compose(notice).event_ids) == {"aws|00000001", "entra|r-1"}
    pair, side = story.only("xcloud"), story.only("entra")
    assert (pair.pending, side.pending) == ((), ())
    assert [(entry.why, entry.notified_by) for entry in side.notification_log] == [("new", pair.id)]
    assert [(entry.why, entry.notified_by) for entry in pair.notification_log] == [("new", None)]


def test_a_pair_that_is_found_later_names_the_side_that_was_notified() -> None:
    story = Story().comes(risky("high")).comes(saml(5))
    assert [notice.alert.key.family for notice in story.pager.told] == ["entra", "xcloud"]
    assert [other.key.family for other in story.pager.told[1].related] == ["entra"]


def test_news_of_a_side_that_the_pair_does_not_have_is_shown_as_well() -> None:
    story = Story().comes(risky("high"), saml(5), risky("medium", "R-9", at=minutes(600), place=at(SECOND)))
    [notice] = story.pager.told
    assert set(compose(notice).event_ids) == {"aws|00000001", "entra|r-1", "entra|r-9"}


def test_a_later_event_of_a_side_is_notified_although_the_pair_was() -> None:
    story = Story().comes(risky("high"), saml(5)).comes(risky("high", "R-9", at=minutes(600), place=at(SECOND)))
    assert [(notice.alert.key.family, notice.why) for notice in story.pager.told] == [("xcloud", "new"), ("entra", "address")]
    assert compose(story.pager.told[1]).event_ids == ("entra|r-9",)
