"""The card's own rules: the envelope Workflows takes, a size that only shrinks visibly, and Microsoft's parser content with it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gatewatch.model import Severity
from gatewatch.notify import card as cards
from gatewatch.notify import card_render
from gatewatch.notify.links import Links
from gatewatch.ports import Notice

LINKS = Links(runbooks="https://wiki.example/playbooks")


def test_the_envelope_is_the_one_workflows_shows(notice):
    message = cards.card(notice())
    assert message["type"] == "message"
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["version"] == "1.4"


@pytest.mark.parametrize(("severity", "style"), [("critical", "attention"), ("high", "warning"), ("medium", "accent"), ("low", "default")])
def test_the_colour_is_the_severity(notice, severity, style):
    assert cards.card(notice(score=Severity(severity).lowest))["attachments"][0]["content"]["body"][0]["style"] == style


def test_a_card_in_plain_characters_is_a_box_of_equal_lines(notice):
    lines = card_render.plain(cards.card(notice(), LINKS), 84).splitlines()
    assert {len(line) for line in lines} == {84}
    assert any("[ " in line and " ]" in line for line in lines)


def test_a_narrow_box_keeps_every_word_of_the_arithmetic(notice):
    narrow, wide = (card_render.plain(cards.card(notice(), LINKS), width).replace("│", "").split() for width in (60, 400))
    assert {word for word in wide if word.isalpha()} <= {word for word in narrow if word.isalpha()}


def test_a_card_that_fits_is_not_shortened(notice):
    shown = card_render.plain(cards.card(notice()))
    assert "Next steps" in shown
    assert cards.SHORTENED not in shown


@pytest.mark.parametrize("limit", [20 * 1024, 10 * 1024, 5 * 1024, 4 * 1024])
def test_a_card_gets_shorter_until_it_fits_and_says_so(notice, limit):
    long = notice(reason="\u674e" * 5_000, addresses=tuple(f"2001:db8::{number:x}" for number in range(200)))
    message = cards.card(long, LINKS, limit)
    assert len(cards.encode(message)) <= limit
    assert "CRITICAL 87" in card_render.plain(message)
    assert "https://wiki.example/playbooks/aws_root_console_login.md" in card_render.plain(message, 200)


def test_what_is_left_out_is_said(notice):
    assert cards.SHORTENED in card_render.plain(cards.card(notice(), LINKS, 4 * 1024))


@pytest.fixture(scope="session")
def validator(repository: Path) -> list[str]:
    node = shutil.which("node")
    library = repository / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.js"
    if node is None or not library.exists():
        pytest.skip("Node or the npm package adaptivecards is missing: the card is not checked by Microsoft's parser")
    return [node, str(Path(__file__).parent / "validate_card.cjs"), str(library)]


def complaints(validator: list[str], messages: list[dict]) -> list[list[str]]:
    lines = "\n".join(json.dumps(message) for message in messages)
    done = subprocess.run(validator, input=lines, capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_microsofts_parser_accepts_every_card(notice, poisoned, validator):
    from_us = [
        notice(family, **changes)
        for family in ("aws", "entra", "endpoint", "xcloud")
        for changes in ({}, {"truncated": True}, {"why": "reopened", "occurrence": 3})
    ]
    hostile = [
        Notice(alert=poisoned(notice().alert, text), why="new") for text in ("[x](http://evil.example)", "", "\u202e" * 9, "A" * 9_999)
    ]
    messages = [cards.card(one, LINKS, limit) for one in (*from_us, *hostile) for limit in (cards.PAYLOAD_LIMIT_BYTES, 4_096)]
    assert complaints(validator, messages) == [[]] * len(messages)


def test_microsofts_parser_does_complain(validator):
    wrong = {"attachments": [{"content": {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "Nope"}]}}]}
    assert complaints(validator, [wrong]) != [[]]
