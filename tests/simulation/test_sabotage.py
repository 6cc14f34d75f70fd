"""With one guard taken out of the poller the simulation sees losses, or people hear twice; otherwise it would prove nothing."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.sabotage import GUARDS, is_seen, unheard_without_duplicates, with_guard, without_guard


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("guard", GUARDS)
def test_a_life_that_needs_the_guard_is_right_only_with_it(guard: str) -> None:
    usual, without = with_guard(guard, 1), without_guard(guard, 1)
    assert usual.right
    assert is_seen(usual, without)


def test_without_the_part_of_duplicates_a_crash_is_silence(tmp_path: Path) -> None:
    assert unheard_without_duplicates(tmp_path) > 0
