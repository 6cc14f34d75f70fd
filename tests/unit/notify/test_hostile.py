"""Strings that an attacker chose never become markup, links, lines, control sequences, or too much."""

import json
import unicodedata
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.model import Alert, ScoreComponent
from gatewatch.model.text import ascii_only, visible
from gatewatch.notify import card as cards
from gatewatch.notify import payload, slack_blocks, text
from gatewatch.notify.cloud_event import cloud_event
from gatewatch.notify.terminal import TerminalNotifier, render
from gatewatch.ports import Notice

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
LAW = settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)


def poison(poisoned, alert: Alert, value: str) -> Notice:
    return Notice(alert=poisoned(alert, value), why=value)


def hidden_in(shown: str) -> set[str]:
    return {character for character in shown if unicodedata.category(character) in HIDDEN} - {"\n"}


def runs(node) -> list[dict]:
    if isinstance(node, dict):
        return ([node] if node.get("type") == "TextRun" else []) + [run for value in node.values() for run in runs(value)]
    return [run for item in node for run in runs(item)] if isinstance(node, list) else []


def test_a_hostile_string_stays_on_its_line_in_text(notice, poisoned, hostile):
    honest = text.message(notice()).count("\n")
    shown = text.message(poison(poisoned, notice().alert, hostile))
    assert not hidden_in(shown)
    assert shown.count("\n") <= honest + 8
    assert len(shown.encode()) <= text.MESSAGE_LIMIT_BYTES
    assert "http://evil" not in shown


def test_a_hostile_string_keeps_the_subject_sendable(notice, poisoned, hostile):
    shown = text.subject(poison(poisoned, notice().alert, hostile))
    assert len(shown) <= 99
    assert shown.isascii()
    assert shown.isprintable()
    assert shown.startswith("CRITICAL 87: ")


def test_a_hostile_string_is_only_ever_a_text_run(notice, poisoned, hostile):
    message = cards.card(poison(poisoned, notice().alert, hostile))
    assert len(cards.encode(message)) <= cards.PAYLOAD_LIMIT_BYTES
    shown = "".join(run["text"] for run in runs(message))
    assert not hidden_in(shown)
    content = message["attachments"][0]["content"]
    assert {node["type"] for node in content["body"]} <= {"Container", "RichTextBlock"}
    assert "entities" not in json.dumps(message)
    assert all(action["url"].startswith("https://") for action in content.get("actions", []))


def strings(node) -> list[str]:
    if isinstance(node, dict):
        return [text for name, value in node.items() for text in (name, *strings(value))]
    if isinstance(node, list):
        return [text for item in node for text in strings(item)]
    return [node] if isinstance(node, str) else []


def test_a_hostile_string_is_plain_text_in_the_webhook(notice, poisoned, hostile):
    event = cloud_event(poison(poisoned, notice().alert, hostile))
    assert json.loads(payload.encoded(event)) == event
    assert [shown for shown in strings(event) if hidden_in(shown) or "http://evil" in shown] == []
    assert [shown for shown in strings(event) if "\n" in shown] in ([], [event["data"]["text"]])
    assert len(payload.encoded(event["data"])) <= payload.DATA_LIMIT_BYTES


def test_a_hostile_string_sends_no_control_sequence_to_a_terminal(notice, poisoned, hostile):
    assert not hidden_in(render(poison(poisoned, notice().alert, hostile)))


@LAW
@given(data=st.data(), why=st.sampled_from(["new", "raised", "reopened", "address"]), unavailable=st.booleans())
def test_whatever_the_alert_says_every_rendering_fits(alert_strategy, data, why, unavailable):
    notice = Notice(alert=data.draw(alert_strategy), why=why, index_unavailable=unavailable)
    assert len(text.message(notice).encode()) <= text.MESSAGE_LIMIT_BYTES
    assert len(cards.encode(cards.card(notice))) <= cards.PAYLOAD_LIMIT_BYTES
    assert len(payload.encoded(payload.data(notice))) <= payload.DATA_LIMIT_BYTES
    assert len(payload.encoded(slack_blocks.blocks(notice))) <= slack_blocks.LIMIT_BYTES
    assert len(text.subject(notice)) <= text.SUBJECT_LIMIT_CHARACTERS
    assert render(notice).endswith("\n")


@given(st.text(max_size=400), st.integers(24, 300))
def test_visible_text_is_bounded_printable_and_stable(written, limit):
    shown = visible(written, limit)
    assert len(shown) <= limit
    assert not hidden_in(shown)
    assert "\n" not in shown
    assert visible(shown, limit) == shown


@given(st.text(max_size=400))
def test_ascii_text_is_ascii(written):
    shown = ascii_only(written, 99)
    assert len(shown) <= 99
    assert not set(shown) - {chr(code) for code in range(32, 127)}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("alice", "alice", id="plain"),
        pytest.param("Łukasz Żółć 李雷", "Łukasz Żółć 李雷", id="every script is printable"),
        pytest.param("a\u202eb", "a\\u202eb", id="right-to-left override"),
        pytest.param("a\u200bb", "a\\u200bb", id="zero width space"),
        pytest.param("a\nb", "a\\u000ab", id="newline"),
        pytest.param("a\u00a0b", "a\\u00a0b", id="no-break space"),
        pytest.param("https://evil.example/x", "https[:]//evil.example/x", id="link"),
        pytest.param("CONTOSO\\joe", "CONTOSO\\joe", id="a domain name keeps its backslash"),
        pytest.param("\U000e0041", "\\U000e0041", id="tag character"),
        pytest.param("e\u0301", "e\u0301", id="one accent stays"),
    ],
)
def test_visible(written, shown):
    assert visible(written) == shown


def test_a_cut_says_how_long_it_was():
    assert visible("A" * 1000, 40) == "A" * 21 + "… (1000 characters)"


@pytest.mark.parametrize(("character", "bound"), [("A", 1), ("\U0001f480", 4)], ids=["narrow", "wide"])
def test_a_message_shortens_its_values_until_it_fits(notice, poisoned, character, bound):
    components = tuple(ScoreComponent(kind="modifier", name=f"m{number}", points=1, reason=character * 400) for number in range(30))
    shown = text.message(Notice(alert=poisoned(notice(components=components).alert, character * 400), why="new"))
    assert len(shown.encode()) <= text.MESSAGE_LIMIT_BYTES
    assert len(shown) >= text.MESSAGE_LIMIT_BYTES / bound / 4


class Narrow(StringIO):
    encoding = "ascii"


def test_a_stream_that_knows_only_ascii_still_gets_the_alert(notice):
    stream = Narrow()
    TerminalNotifier(stream).send(notice())
    assert "CRITICAL 87" in stream.getvalue()
    assert stream.getvalue().isascii()
