"""A message that is about no alert, on every channel: what operators wrote stays inert text."""

import io
import json
from typing import Any

import pytest

from aws_lambda.sns import SnsNotifier
from gatewatch.errors import NotifyError
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.notify import slack_blocks
from gatewatch.notify.card import encode, plain_card
from gatewatch.notify.cloud_event import plain_event
from gatewatch.notify.terminal import TerminalNotifier
from gatewatch.notify.text import LINE_LIMIT, plain_lines
from gatewatch.ports import PlainNotice, PlainNotifier
from tests.builders.common import NOON

HOSTILE = ["<!channel> <https://evil.example|here>", "[x](https://evil.example)", "a\nb", "a\x1b[31mb", "a\u202eb", "x" * 5_000]


def notice(text: str = "SEC-1") -> PlainNotice:
    return PlainNotice(id="policy-2", at=NOON, subject=f"Gatewatch policy version 2, by {text}", lines=(text, f"{text}: 1 -> 2"))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_line_is_one_visible_line(text: str) -> None:
    lines = plain_lines(notice(text))
    assert len(lines) == 3
    assert all(line.isprintable() and len(line) <= LINE_LIMIT + 1 for line in lines)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_slack_and_teams_get_elements_that_read_no_markup(text: str) -> None:
    blocks, card = slack_blocks.plain_blocks(notice(text)), json.loads(encode(plain_card(notice(text))))
    assert not {"<", ">"} & set(blocks["text"])
    assert {block["type"] for block in blocks["blocks"]} == {"rich_text"}
    assert {block["type"] for block in card["attachments"][0]["content"]["body"]} == {"RichTextBlock"}


def test_the_event_is_equal_at_every_attempt_and_of_its_own_type() -> None:
    event = plain_event(notice())
    assert event == plain_event(notice())
    assert (event["type"], event["subject"]) == ("gatewatch.policy.loosened", "policy-2")
    assert "SEC-1" in event["data"]["text"]


def test_the_terminal_prints_it() -> None:
    stream = io.StringIO()
    TerminalNotifier(stream, color=False).send_plain(notice())
    assert stream.getvalue().splitlines() == [*plain_lines(notice()), ""]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_sns_gets_an_ascii_subject_and_an_attribute(text: str) -> None:
    sent: list[dict[str, Any]] = []

    class Client:
        def publish(self, **fields: Any) -> None:
            sent.append(fields)

    SnsNotifier("arn:aws:sns:us-east-1:123456789012:alerts", Client).send_plain(notice(text))  # type: ignore[arg-type]
    assert sent[0]["Subject"].isascii()
    assert len(sent[0]["Subject"]) < 100
    assert json.loads(sent[0]["Message"])["default"].splitlines() == plain_lines(notice(text))
    assert sent[0]["MessageAttributes"]["why"]["StringValue"] == "policy"


class AlertsOnly:
    """A channel without ``send_plain``."""

    name = "pager"

    def send(self, notice: object) -> None:
        raise AssertionError(notice)


def test_a_bounded_channel_that_takes_alerts_only_says_so() -> None:
    limits = ChannelLimits(seconds=9, longest=3, remaining=lambda: 60.0)
    bounded = BoundedNotifier(AlertsOnly(), lambda: NOON, limits)
    assert isinstance(bounded, PlainNotifier)
    with pytest.raises(NotifyError, match="alerts only"):
        bounded.send_plain(notice())


def test_a_bounded_channel_passes_it_on() -> None:
    stream = io.StringIO()
    limits = ChannelLimits(seconds=9, longest=3, remaining=lambda: 60.0)
    BoundedNotifier(TerminalNotifier(stream, color=False), lambda: NOON, limits).send_plain(notice())
    assert "SEC-1" in stream.getvalue()
