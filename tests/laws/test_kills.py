"""Killed at every call, with an index and a topic that fail in every way: nothing is lost or untold, and the table of docs/aws.md is that of this run."""

from functools import cache

import pytest

from tests.laws.kills import Row, rows, table, written


@cache
def found() -> tuple[Row, ...]:
    return tuple(rows())


def test_nothing_is_lost_untold_or_told_twice_but_by_the_named_crash() -> None:
    for row in found():
        assert [sum(one[number] for one in row.outcomes) for number in range(3)] == [0, 0, 0], row.what


def test_the_named_crash_is_met() -> None:
    """The measure sees something: a process that ends between acceptance and mark does notify again."""
    assert sum(one.crashed for one in found()[0].outcomes) > 0


@pytest.mark.parametrize("least", [200])
def test_every_call_is_a_place_to_die(least: int) -> None:
    assert sum(len(row.outcomes) for row in found() if "killed" in row.what) > least


def test_the_page_says_what_this_run_found() -> None:
    assert written() == table(found()), "python -m tests.laws.kills renews docs/aws.md"
