"""What a message quotes of earlier responses."""

import pytest

from gatewatch.model import ResponseKind, ResponseVerdict
from gatewatch.notify.responses import earlier_responses
from tests.builders.alerts import alert
from tests.builders.common import minutes
from tests.builders.responses import close, respond


@pytest.mark.parametrize(
    ("response", "line"),
    [
        pytest.param(close(reason="planned, SEC-12", author="dana"), "closed 2026-03-14 12:00:00 UTC by dana, expected: planned, SEC-12", id="a close"),
        pytest.param(
            close(verdict=ResponseVerdict.TEST, author="elastic/soc"),
            "closed 2026-03-14 12:00:00 UTC by dana (elastic/soc), test: planned",
            id="with a shared key",
        ),
        pytest.param(respond(ResponseKind.ACKNOWLEDGE), "acknowledged 2026-03-14 12:00:00 UTC by dana (author unverified)", id="unverified"),
    ],
)  # fmt: skip
def test_a_line_says_who_and_why(response, line):
    assert earlier_responses(alert(responses=(response,))) == (line,)


def test_the_newest_are_quoted_and_the_others_counted():
    many = tuple(respond(ResponseKind.COMMENT, reason=f"n{number}", at=minutes(number)) for number in range(13))
    first, *quoted = earlier_responses(alert(responses=many))
    assert first == "3 more before these"
    assert [line.rpartition(" ")[2] for line in quoted] == [f"n{number}" for number in range(3, 13)]
