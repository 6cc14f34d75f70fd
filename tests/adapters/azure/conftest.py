"""The storage emulator for this folder."""

from collections.abc import Iterator

import pytest

from tests.support.azurite import Azurite
from tests.support.node import NodeMissing


@pytest.fixture(scope="session")
def storage() -> Iterator[Azurite]:
    try:
        azurite = Azurite()
    except NodeMissing as missing:
        pytest.skip(f"no storage emulator: {missing}")
    with azurite:
        yield azurite
