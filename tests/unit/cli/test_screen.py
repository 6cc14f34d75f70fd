"""What reaches a terminal."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.cli.screen import Screen, printable
from gatewatch.model import Severity


@pytest.fixture
def screen():
    return Screen(io.StringIO(), io.StringIO(), io.StringIO())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\x1b[31mred", id="escape sequence"),
        pytest.param("a\nb", id="line break"),
        pytest.param("abc\u202egnp.exe", id="right-to-left override"),
        pytest.param("a\u200bb", id="zero-width space"),
        pytest.param("\x07", id="bell"),
    ],
)
def test_no_control_character_is_shown(text):
    assert "\N{REPLACEMENT CHARACTER}" in printable(text)


@given(st.text())
def test_whatever_is_shown_is_one_printable_line(text):
    assert printable(text).isprintable()


def test_markup_in_a_cell_stays_text(screen):
    screen.table(("who",), [("[bold red]mallory[/] :smile: [link=https://example.com]x[/link]",)])

    assert "[bold red]mallory[/] :smile: [link=https://example.com]x[/link]" in screen.out.getvalue()


def test_a_table_has_no_colour_codes_outside_a_terminal(screen):
    screen.table(("severity",), [(Severity.CRITICAL,)])

    assert "\x1b" not in screen.out.getvalue()
    assert "critical" in screen.out.getvalue()


def test_progress_is_silent_outside_a_terminal(screen):
    with screen.progress("records", 10) as step:
        step(10)

    assert screen.err.getvalue() == ""
