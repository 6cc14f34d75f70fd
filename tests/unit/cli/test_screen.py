"""What reaches a terminal."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.cli.encoding import tolerant
from gatewatch.cli.plain_table import plain_lines
from gatewatch.cli.screen import Screen, printable
from gatewatch.cli.table import draw
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


class Terminal(io.StringIO):
    def isatty(self):
        return True


COLUMNS = ("id", "last seen (UTC)", "severity", "score", "rule", "who", "count", "state")
ROW = ("d80a15ae1e06", "2026-11-28 08:04", Severity.CRITICAL, 92, "xcloud_entra_risk_then_aws", "carla.reyes@example.com", 2, "open")


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_table_fits_its_terminal_and_loses_nothing(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()

    Screen(out, out, io.StringIO()).table(COLUMNS, [ROW, ROW])

    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in out.getvalue().splitlines()]
    assert max(map(len, lines)) <= width
    squeezed = "".join("".join(lines).split())
    assert all("".join(str(cell).split()) in squeezed for cell in (*COLUMNS[2:4], *ROW[2:4]))
    assert (len(lines) == 3) is (width == 200)


def test_a_row_in_a_pipe_is_one_line_however_long(screen):
    screen.table(COLUMNS, [(*ROW[:5], "a" * 900, *ROW[6:])])

    assert len(screen.out.getvalue().splitlines()) == 2


@pytest.mark.parametrize(
    ("line", "folded"),
    [
        pytest.param("  +47  root signed in without any second factor", ["  +47  root signed in", "       without any", "       second factor"], id="indent"),
        pytest.param("Who   the root user of the account", ["Who   the root user of", "      the account"], id="label"),
        pytest.param("short", ["short"], id="short"),
    ],
)  # fmt: skip
def test_a_long_line_is_folded_on_a_terminal_only(line, folded, monkeypatch, screen):
    monkeypatch.setenv("COLUMNS", "22")
    out = Terminal()

    Screen(out, out, io.StringIO()).line(line)
    screen.line(line)

    assert out.getvalue().splitlines() == folded
    assert screen.out.getvalue() == f"{line}\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
@given(st.text())
def test_every_text_is_written_in_some_form(encoding, text):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)

    Screen(tolerant(stream), stream, io.StringIO()).line(text + "━▸→")
    stream.flush()

    assert stream.buffer.getvalue().decode(encoding).strip()


CELLS = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12), st.sampled_from(Severity), st.integers(), st.text(max_size=3)
).map(lambda value: value if isinstance(value, Severity) else printable(value))
HEADERS = st.one_of(st.sampled_from(["score", "count", ""]), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8))


@given(st.data(), st.lists(HEADERS, min_size=1, max_size=4), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20))
def test_a_pipe_gets_the_lines_that_the_library_of_the_terminal_draws(data, columns, title):
    rows = data.draw(st.lists(st.tuples(*[CELLS] * len(columns)), max_size=4))

    lines = plain_lines(columns, rows, title)

    assert lines is None or lines == list(draw(columns, rows, title, io.StringIO()))


@pytest.mark.parametrize(
    ("columns", "rows", "title"),
    [
        pytest.param(("who",), [("\N{CJK UNIFIED IDEOGRAPH-5F20}",)], "", id="wide characters"),
        pytest.param(("who",), [(" blank",)], "", id="a blank at the edge"),
        pytest.param(("who",), [("x" * 5_000,)], "", id="very wide"),
        pytest.param(("",), [("",)], "", id="an empty column"),
        pytest.param(("a",), [("b",)], "longer than the table", id="a long title"),
    ],
)
def test_what_only_the_library_can_measure_is_left_to_it(columns, rows, title):
    assert plain_lines(columns, rows, title) is None


def test_a_table_in_a_pipe(screen):
    screen.table(("rule", "severity", "count"), [("a_rule", Severity.HIGH, 3), ("another_rule", Severity.LOW, 12)], title="Rules")

    assert screen.out.getvalue().splitlines() == [
        "Rules",
        "rule          severity  count",
        "a_rule        high          3",
        "another_rule  low          12",
    ]
