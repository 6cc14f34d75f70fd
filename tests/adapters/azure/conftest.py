"""The storage emulator for this folder."""

from collections.abc import Iterator

import pytest

from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.node import NodeMissing


@pytest.fixture(scope="session")
def storage() -> Iterator[Azurite]:
    try:
        azurite = Azurite()
    except NodeMissing as missing:
        pytest.skip(f"no storage emulator: {missing}")
    with azurite:
        yield azurite
