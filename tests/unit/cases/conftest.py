"""The terminal of the command line's own tests, and a case of given events."""

from datetime import timedelta

import pytest

from gatewatch.cases import build
from gatewatch.ports import Ports
from gatewatch.stores.memory import MemoryStore
from tests.builders.common import NOON, stored
from tests.unit.cli.conftest import examples, filled, gatewatch, store

__all__ = ["case", "examples", "filled", "gatewatch", "store"]


@pytest.fixture
def case():
    """Takes a name and events; the case of that name two days later."""

    def run(name, *events):
        store = MemoryStore()
        store.append([stored(event) for event in events])
        return build(name, Ports(store=store, clock=lambda: NOON + timedelta(days=2)))

    return run
