"""The stores that the contract is proved on; a store comes as a backend that opens handles on the same fresh state."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gatewatch.ports import Store
from gatewatch.stores import open_store

type Backend = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """Opens one more handle on this test's own state; all are closed at the end."""
    opened: list[Store] = []
    shared = open_store("memory:") if request.param == "memory" else None

    def handle() -> Store:
        opened.append(shared if shared is not None else open_store(f"sqlite:{tmp_path / 'gatewatch.sqlite'}"))
        return opened[-1]

    yield handle
    for store in opened:
        store.close()


@pytest.fixture
def store(backend: Backend) -> Store:
    """One handle."""
    return backend()
