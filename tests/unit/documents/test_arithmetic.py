"""The arithmetic people read adds up, line by line."""

import pytest

from gatewatch.documents.arithmetic import arithmetic, top
from gatewatch.model import ScoreComponent, Severity, severity_of


def component(kind: str, name: str, points: int, reason: str = "why") -> ScoreComponent:
    return ScoreComponent(kind=kind, name=name, points=points, reason=reason)


ROOT = (component("base", "aws_root_console_login", 47, "root signed in"), component("modifier", "no MFA on root", 40, "no second factor"))


def test_every_addend_has_its_line_and_the_sum_follows():
    assert arithmetic(ROOT, 87, Severity.CRITICAL) == [
        "   +47  aws_root_console_login  root signed in",
        "   +40  no MFA on root          no second factor",
        "  ────",
        "    87  critical (74 to 100)",
    ]


def test_points_taken_away_are_shown_as_such():
    assert arithmetic((component("modifier", "known network", -10),), 1, Severity.LOW)[0].startswith("   -10  known network")


def test_no_addend_still_gives_the_sum():
    assert arithmetic((), 5, Severity.LOW) == ["  ────", "     5  low (1 to 21)"]


def test_reasons_wrap_in_their_own_column():
    lines = arithmetic((component("base", "rule", 40, "word " * 30),), 40, Severity.MEDIUM, 60)
    assert max(map(len, lines)) <= 60
    assert all(line.startswith(" " * 26 + "word") for line in lines[1:-2])


def test_a_long_name_is_cut():
    assert "…" in arithmetic((component("modifier", "x" * 50, 1),), 1, Severity.LOW)[0]


@pytest.mark.parametrize("score", range(1, 101))
def test_the_sum_shows_the_limits_of_its_severity(score):
    severity = severity_of(score)
    assert arithmetic((), score, severity)[-1].split() == [str(score), severity, f"({severity.lowest}", "to", f"{severity.highest})"]


def test_the_top_addends_weigh_most_and_clamps_come_last():
    components = (
        component("base", "a", 40),
        component("modifier", "b", -20),
        component("modifier", "c", 5),
        component("clamp", "clamp", -60),
    )
    assert [found.name for found in top(components)] == ["a", "b", "c"]
