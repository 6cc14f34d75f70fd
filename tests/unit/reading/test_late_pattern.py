"""A pattern that is compiled late answers as ``re`` does."""

import re

import pytest

from gatewatch.reading.late_pattern import LatePattern

TEXT = "a1 b22 C3"


def test_it_is_compiled_when_it_is_first_used():
    late = LatePattern("[a-z]", re.IGNORECASE)
    assert "compiled" not in vars(late)
    assert late.search("C") is not None
    assert late.compiled is late.compiled


@pytest.mark.parametrize("pattern", [r"[a-z]\d+", r"(?P<name>[a-z])(\d)", "x", ".*"])
def test_it_answers_as_re_does(pattern: str):
    late, at_once = LatePattern(pattern, re.IGNORECASE), re.compile(pattern, re.IGNORECASE)
    for name in ("fullmatch", "search", "match"):
        assert str(getattr(late, name)(TEXT)) == str(getattr(at_once, name)(TEXT))
    assert late.findall(TEXT) == at_once.findall(TEXT)
    assert [m.span() for m in late.finditer(TEXT)] == [m.span() for m in at_once.finditer(TEXT)]
    assert late.sub("-", TEXT) == at_once.sub("-", TEXT)


def test_a_wrong_pattern_is_an_error_of_re():
    with pytest.raises(re.error):
        LatePattern("(").search("")
