"""One raw record through its reader: the event, or the reason why there is none."""

import pytest

from gatewatch.flow.decoding import event
from gatewatch.model import Event, RawRecord


@pytest.fixture
def read():
    """One record into its one event."""

    def one(data, **carrier):
        found = event(RawRecord(data=data, **carrier))
        assert isinstance(found, Event), found
        return found

    return one


@pytest.fixture
def reason():
    """Why a record becomes no event."""
    return lambda data: event(RawRecord(data=data)).reason
