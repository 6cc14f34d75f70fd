"""The load model of Azure's polls, for two hours of a small tenant: what `make bench-azure` does for days of large ones."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from benchmarks.azure_load import lives


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_new_sign_ins_of_a_small_tenant_are_read_within_ten_minutes() -> None:
    found = lives(1, 0.15, 0.15)
    assert timedelta(0) < found["fresh_p99"] <= timedelta(minutes=10)
    assert found["failed"] == 0
    assert found["requests"] > 0
