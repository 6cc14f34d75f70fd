"""A record is decoded once on its way, counted by how often its own fields are read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gatewatch.errors import StoreUnavailable
from gatewatch.flow.decoding import decode
from gatewatch.flow.first_reading import READ_BATCH
from gatewatch.flow.pipeline import process
from gatewatch.flow.replay import replay
from gatewatch.model import RawRecord
from gatewatch.ports import Ports
from gatewatch.stores.memory import MemoryStore
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in, sign_in
from tests.support.azure_memory import Story
from tests.support.azure_stage import START, Stage

AT = datetime(2026, 3, 14, 11, 55, tzinfo=UTC)


class Counted(dict[str, Any]):
    """A record that counts how often the field with its time is read."""

    reads = 0

    def __getitem__(self, name: str) -> Any:
        self.reads += name == "createdDateTime"
        return super().__getitem__(name)


def once() -> int:
    """The reads of one decoding."""
    record = Counted(risky_sign_in(AT))
    decode(RawRecord(data=record))
    assert record.reads
    return record.reads


class Served(Stage):
    """A stage whose source hands out the very objects that it was given, as a real source would once."""

    def __init__(self, record: Counted) -> None:
        super().__init__([Story(record, AT)])
        pages = self.graph.pages

        def served(*asked: Any) -> Any:
            for page in pages(*asked):
                record.reads = 0
                yield page

        self.graph.pages = served


def poll_once(record: Counted) -> None:
    stage = Served(record)
    stage.poll()
    assert len(stage.alerts()) == 1


def poll_what_is_stored(record: Counted) -> None:
    stage = Served(record)
    stage.poll()
    stage.clock.advance(minutes=5)
    assert stage.poll().counts["read"] == 1


def poll_while_the_store_is_away(record: Counted) -> None:
    stage = Served(record)
    stage.store.plan = {1: StoreUnavailable("away")}
    with pytest.raises(StoreUnavailable):
        stage.poll()


def processed(record: Counted) -> None:
    process([RawRecord(data=record, fetched=AT)], Ports(store=MemoryStore(), clock=lambda: START))


@pytest.mark.parametrize("way", [poll_once, poll_what_is_stored, poll_while_the_store_is_away, processed])
def test_a_record_is_decoded_once_on_its_way(way: Callable[[Counted], None]):
    record = Counted(risky_sign_in(AT))
    way(record)
    assert record.reads == once()


def test_a_replay_that_reads_twice_decodes_once_a_reading():
    """The detection lies in another batch than the sign-in that it names, so the files are read again."""
    record = Counted(sign_in(AT, id="00000000-0000-4000-8000-000000000001"))
    named = risk_detection(AT + timedelta(minutes=1), requestId=record["id"])
    between = [{"category": "other", "properties": {}}] * READ_BATCH
    usual = sign_in(AT - timedelta(hours=1), id="00000000-0000-4000-8000-000000000002")
    records = [RawRecord(data=data, tenant="t") for data in (usual, record, *between, named)]
    found = replay(lambda: records, Ports(store=MemoryStore(), clock=lambda: START))
    assert found.counts["stored"] == 3
    assert record.reads == 2 * once()
