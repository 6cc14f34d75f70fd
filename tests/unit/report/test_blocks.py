"""What is filled into blocks gives back the filled text and its lines to paste, whatever an attacker wrote."""

import pytest

from gatewatch import pivots
from gatewatch.providers.catalogue import BY_ID
from gatewatch.report.blocks import filled_in, forms

VALUES = [
    pytest.param({}, id="none"),
    pytest.param({"user": "anaya", "region": "us-east-1", "regions": "us-east-1 eu-west-1", "upn": "a@b.example"}, id="ordinary"),
    pytest.param(
        dict.fromkeys(
            (
                "user",
                "user_or_session",
                "region",
                "regions",
                "upn",
                "user_id",
                "arn",
                "event_id",
                "source_ip",
                "t_minus_1h",
                "signin_id",
                "role",
            ),
            "'\"{user}\\ $(id) `x` \u202e\r\n\u2028 {{ }} |",
        ),
        id="hostile",
    ),
]


def text_of(parts, values):
    """As the page's script puts it together."""
    return parts[0] + "".join(value + part for value, part in zip(values, parts[1:], strict=True))


@pytest.mark.parametrize("values", VALUES)
def test_the_filled_text_comes_back(values):
    for rule in BY_ID:
        blocks = pivots.blocks(pivots.page(rule))
        found, known = filled_in(rule, values), forms(rule)
        assert len(found) == len(known) == len(blocks)
        for block, form, given in zip(blocks, known, found, strict=True):
            filled = pivots.fill(block, values)
            if not filled.useful:
                assert given == ()
                continue
            left = iter(given)
            lines = tuple(text_of(parts, [next(left) for _ in parts[1:]]) for parts in form.lines)
            assert text_of(form.text, given) == filled.text
            assert lines == pivots.one_line(filled)
            assert all(line.isprintable() for line in lines)


def test_a_rule_that_is_gone_has_no_blocks():
    assert (forms("gone"), filled_in("gone", {})) == ([], ())
