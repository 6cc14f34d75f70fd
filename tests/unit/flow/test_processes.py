"""Processes that share one work: each piece is taken once, and the results come in the order of the processes."""

from collections.abc import Iterator
from itertools import takewhile

import pytest

from gatewatch.flow.processes import Claims, WorkerFailed, in_shares

PIECES = 2_000


def test_each_piece_is_taken_by_one_process_in_order() -> None:
    def work(share: int) -> Iterator[tuple[int, list[int]]]:
        yield share, list(takewhile(lambda number: number < PIECES, iter(claims.take, None)))

    with Claims() as claims:
        found = list(in_shares(3, work))
    assert [share for share, _ in found] == [0, 1, 2]
    assert all(taken == sorted(taken) for _, taken in found)
    assert sorted(number for _, taken in found for number in taken) == list(range(PIECES))


def test_a_process_that_fails_with_a_piece_holds_nobody_up() -> None:
    def work(share: int) -> Iterator[int]:
        if share:
            raise ValueError(claims.take())
        yield from takewhile(lambda number: number < PIECES, iter(claims.take, None))

    with Claims() as claims, pytest.raises(WorkerFailed, match="before its share was done"):
        list(in_shares(2, work))
