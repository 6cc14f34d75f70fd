"""One contract for the checkpoint: in memory, and in a real Table service."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient
from msgspec import structs

from azure_function.cli_state import LocalState
from azure_function.table_checkpoint import TableCheckpoint
from gatewatch.polling.cursor import EVERYTHING, Rescan
from gatewatch.polling.errors import LeaseLost
from gatewatch.polling.ports import Checkpoint
from scripts.local_cloud.azurite import Azurite
from tests.support.azure_memory import MemoryCheckpoint

NOW = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)


@pytest.fixture(params=["memory", "file", pytest.param("table", marks=pytest.mark.storage)])
def checkpoint(request: pytest.FixtureRequest) -> Iterator[Checkpoint]:
    if request.param == "memory":
        yield MemoryCheckpoint()
        return
    if request.param == "file":
        with LocalState(request.getfixturevalue("tmp_path") / "state.sqlite", "tenant-1", lambda: NOW) as state:
            yield state
        return
    storage: Azurite = request.getfixturevalue("storage")
    with TableServiceClient.from_connection_string(storage.connection) as service, service.create_table(f"t{uuid4().hex}") as table:
        yield TableCheckpoint(table, "tenant-1")


def test_the_first_claim_starts_from_nothing(checkpoint: Checkpoint):
    cursor = checkpoint.claim("s", "a", NOW, SOON)
    assert (cursor.owner, cursor.locked_until, cursor.watermark, cursor.rescan) == ("a", SOON, None, None)


def test_a_held_stream_cannot_be_claimed_until_its_time_has_passed(checkpoint: Checkpoint):
    checkpoint.claim("s", "a", NOW, SOON)
    assert checkpoint.claim("s", "b", NOW, SOON) is None
    assert checkpoint.claim("s", "b", SOON, SOON + timedelta(minutes=5)).owner == "b"


def test_streams_are_held_apart(checkpoint: Checkpoint):
    checkpoint.claim("s", "a", NOW, SOON)
    assert checkpoint.claim("other", "b", NOW, SOON).owner == "b"


def test_everything_saved_comes_back(checkpoint: Checkpoint):
    cursor = checkpoint.claim("s", "a", NOW, SOON)
    saved = checkpoint.save(
        structs.replace(
            cursor,
            locked_until=None,
            watermark=NOW,
            rescan=Rescan(until=NOW, started=SOON, at=NOW - timedelta(hours=1)),
            rescanned=NOW - timedelta(days=1),
            settled=NOW - timedelta(days=2),
            slice_seconds=90,
            rescan_slice_seconds=30,
            unfinished=2,
        )
    )
    again = checkpoint.claim("s", "b", NOW, SOON)
    assert structs.replace(again, owner="a", locked_until=None, token="") == structs.replace(saved, token="")


def test_what_is_cleared_stays_cleared(checkpoint: Checkpoint):
    cursor = checkpoint.claim("s", "a", NOW, SOON)
    rescan = Rescan(until=NOW, started=NOW, at=NOW)
    cursor = checkpoint.save(structs.replace(cursor, rescan=rescan, slice_seconds=60, rescan_slice_seconds=60, unfinished=1))
    checkpoint.save(structs.replace(cursor, rescan=None, slice_seconds=None, rescan_slice_seconds=None, unfinished=0, locked_until=None))
    again = checkpoint.claim("s", "b", NOW, SOON)
    assert (again.rescan, again.slice_seconds, again.rescan_slice_seconds, again.unfinished) == (None, None, None, 0)


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param(lambda c: c.claim("s", "b", SOON, SOON + timedelta(minutes=5)), id="somebody else took over"),
        pytest.param(lambda c: c.save(structs.replace(c.claim("s", "b", SOON, SOON), locked_until=None)), id="and is done already"),
    ],
)
def test_a_stale_owner_writes_nothing(checkpoint: Checkpoint, meanwhile: Callable[[Checkpoint], object]):
    stale = checkpoint.claim("s", "a", NOW, SOON)
    meanwhile(checkpoint)
    with pytest.raises(LeaseLost):
        checkpoint.save(structs.replace(stale, watermark=NOW))
    later = SOON + timedelta(hours=1)
    assert checkpoint.claim("s", "c", later, later).watermark is None


def test_two_first_claims_at_once_give_one_lease(checkpoint: Checkpoint):
    first = checkpoint.claim("s", "a", NOW, SOON)
    with pytest.raises(LeaseLost):
        checkpoint.save(structs.replace(first, owner="b", token=""))


LATER = NOW + timedelta(days=30)


@pytest.mark.parametrize(
    ("saved", "watermark"),
    [
        pytest.param({"watermark": LATER}, EVERYTHING, id="read up to a moment that has not come"),
        pytest.param({"watermark": LATER, "rescanned": NOW}, NOW, id="and the second reading is known"),
        pytest.param({"watermark": None, "final": NOW}, NOW, id="without a watermark"),
        pytest.param({"watermark": NOW, "rescanned": LATER, "final": LATER}, NOW, id="a second reading that has not come"),
        pytest.param({"watermark": NOW, "rescan": Rescan(until=LATER, started=NOW, at=NOW)}, NOW, id="one under way that has not"),
        pytest.param({"watermark": NOW, "locked_until": LATER}, NOW, id="a lease that no run can have"),
    ],
)
def test_a_state_that_cannot_be_true_hides_no_record(checkpoint: Checkpoint, saved: dict[str, object], watermark: datetime):
    cursor = checkpoint.claim("s", "a", NOW, SOON)
    checkpoint.save(structs.replace(cursor, **{"locked_until": None, **saved}))

    again = checkpoint.claim("s", "b", NOW, SOON)

    assert (again.watermark, again.rescan) == (watermark, None)
    assert all(at is None or at <= NOW for at in (again.rescanned, again.final))


@pytest.mark.storage
@pytest.mark.parametrize(
    ("row", "watermark", "named"),
    [
        pytest.param({"watermark": "yesterday"}, EVERYTHING, "watermark", id="a text that is no time"),
        pytest.param({"watermark": 5}, EVERYTHING, "watermark", id="a number"),
        pytest.param({"watermark": "2026-03-14T12:00:00"}, NOW.replace(microsecond=0), "", id="a time without a zone is UTC"),
        pytest.param({"watermark": NOW.isoformat(), "slice_seconds": "x", "rescan_at": "?"}, NOW, "rescan_at, slice_seconds", id="others"),
    ],
)
def test_a_damaged_row_is_named_and_read_from_where_it_can_have_been(
    storage: Azurite, caplog: pytest.LogCaptureFixture, row: dict[str, object], watermark: datetime, named: str
):
    with TableServiceClient.from_connection_string(storage.connection) as service, service.create_table(f"t{uuid4().hex}") as table:
        table.create_entity({"PartitionKey": "tenant-1", "RowKey": "s", **row})
        cursor = TableCheckpoint(table, "tenant-1").claim("s", "a", NOW, SOON)

    assert (cursor.watermark, cursor.slice_seconds, cursor.owner) == (watermark, None, "a")
    assert [record.getMessage() for record in caplog.records if "damaged" in record.getMessage()] == (
        [f"the row of s in the table of cursors is damaged ({named}): it is read from {watermark} on"] if named else []
    )
