"""What every test may ask for. Tests reach nothing but loopback (pytest-socket, see pyproject.toml)."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.schedule import register

if TYPE_CHECKING:
    from scripts.local_cloud.azurite import Azurite

ROOT = Path(__file__).resolve().parent.parent
REAL_PARTS = ("elastic", "emulator", "functions", "storage", "packaging", "slow")
REAL_PARTS_SECONDS = 600  # a server or a build starts in the first test that asks for it


def pytest_configure(config: pytest.Config) -> None:
    """Divide the tests, if there are workers."""
    register(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a test with a real part more time than ``timeout`` in pyproject.toml, unless it says how much it needs."""
    for item in items:
        real = any(map(item.get_closest_marker, REAL_PARTS)) or "storage" in getattr(item, "fixturenames", ())
        if real and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(REAL_PARTS_SECONDS))


def pytest_collection_finish() -> None:
    """Leave what was collected to itself: the collector would walk through it again and again (2 s of 30)."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout under test."""
    return ROOT


@pytest.fixture(scope="session")
def conformance_data() -> Path:
    """The conformance data sets; they live beside the checkout, never in it."""
    where = os.environ.get("CONFORMANCE_DATA")
    if not where:
        pytest.skip("CONFORMANCE_DATA is not set: the conformance data sets are not here")
    return Path(where)


@pytest.fixture(scope="session")
def storage() -> "Iterator[Azurite]":
    """The storage emulator; a visible skip where it cannot be had. Whoever uses it names tables and queues of its own."""
    from scripts.local_cloud.azurite import Azurite  # noqa: PLC0415 - of what every test loads this is the least
    from scripts.local_cloud.node import NodeMissing  # noqa: PLC0415 - same

    try:
        azurite = Azurite()
    except NodeMissing as missing:
        pytest.skip(f"no storage emulator: {missing}")
    with azurite:
        yield azurite
