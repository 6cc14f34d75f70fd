"""The stores that the contract is proved on; a store comes as a backend that opens handles on the same fresh state."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from gatewatch.ports import Store
from gatewatch.stores import open_store
from tests.elastic_server.fixtures import Elastic, elastic_server
from tests.support import in_memory

__all__ = ["elastic_server"]

type Backend = Callable[[], Store]

_TESTS = count()


@pytest.fixture(params=["memory", "sqlite", pytest.param("elasticsearch", marks=pytest.mark.elastic)])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Opens one more handle on this test's own state; all are closed at the end."""
    opened: list[Store] = []
    shared = open_store("memory:")
    elastic: Elastic | None = request.getfixturevalue("elastic_server") if request.param == "elasticsearch" else None
    place = f"t{next(_TESTS)}"
    openers: dict[str, Backend] = {
        "memory": lambda: shared,
        "sqlite": lambda: open_store(f"sqlite:{folder / 'gatewatch.sqlite'}"),
        "elasticsearch": lambda: elastic.store(place),  # type: ignore[union-attr]
    }

    def handle() -> Store:
        opened.append(openers[request.param]())
        return opened[-1]

    with in_memory.folder() as folder:
        yield handle
        for store in opened:
            store.close()


@pytest.fixture
def store(backend: Backend) -> Store:
    """One handle."""
    return backend()
