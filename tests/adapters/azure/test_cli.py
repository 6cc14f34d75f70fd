"""`gatewatch deadletter` on an Azure Storage queue."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueClient

from azure_function.cli import QueueBox, open_box
from azure_function.clients import readable_queue
from azure_function.dead_letters import QueueDeadLetters
from gatewatch.errors import GatewatchError
from gatewatch.flow.dead_letters import Letter
from gatewatch.model import RawRecord
from gatewatch.ports import AlertQuery
from gatewatch.stores import open_store
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.records import risky_sign_in

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
GOOD = RawRecord(data=risky_sign_in(AT), fetched=AT, tenant="tenant-1", origin="graph:signIns")
LARGE = RawRecord(data={"a": [uuid4().hex for _ in range(8000)]}, origin="graph:signIns")


@pytest.fixture
def environment(storage: Azurite, tmp_path: Path) -> dict[str, str]:
    return {"STATE_CONNECTION": storage.connection, "GATEWATCH_STORE": f"sqlite:{tmp_path / 's.sqlite'}"}


@pytest.fixture
def address(environment: Mapping[str, str], storage: Azurite) -> Iterator[str]:
    name = f"t{uuid4().hex}"
    with QueueClient.from_connection_string(storage.connection, name) as plain:
        where = plain.url.partition("?")[0]
    with (
        readable_queue(where, environment["STATE_CONNECTION"]) as queue,
        TableServiceClient.from_connection_string(storage.connection) as service,
        service.create_table(name) as table,
    ):
        letters = QueueDeadLetters(queue, table, "tenant-1")
        letters.put(GOOD, "store_refused", "mapper_parsing_exception")
        letters.put(LARGE, "unrecognised_record", "")
        yield where


def opened(address: str, environment: Mapping[str, str]) -> QueueBox:
    box = open_box(address, None, environment)
    assert box is not None
    return box


def by_reason(box: QueueBox) -> dict[str, Letter]:
    return {letter.reason: letter for letter in box.letters()}


def test_letters_are_shown_whole_with_their_reason(address: str, environment: Mapping[str, str]):
    with closing(opened(address, environment)) as box:
        found = by_reason(box)
    assert (found["store_refused"].record, found["unrecognised_record"].record) == (GOOD, LARGE)
    assert (found["store_refused"].detail, found["store_refused"].origin) == ("mapper_parsing_exception", "graph:signIns")
    assert found["store_refused"].parked is not None


def test_what_was_looked_at_is_visible_again(address: str, environment: Mapping[str, str]):
    for _ in range(3):
        with closing(opened(address, environment)) as box:
            assert len(by_reason(box)) == 2


def test_a_redriven_letter_becomes_an_alert_and_leaves_the_queue(address: str, environment: Mapping[str, str]):
    with closing(opened(address, environment)) as box:
        box.redrive(by_reason(box)["store_refused"])
    with closing(opened(address, environment)) as box:
        assert set(by_reason(box)) == {"unrecognised_record"}
    with closing(open_store(environment["GATEWATCH_STORE"])) as store:
        (alert,) = store.search(AlertQuery())
    assert alert.owed == ("teams",)


def test_a_letter_that_is_refused_again_stays(address: str, environment: Mapping[str, str]):
    with closing(opened(address, environment)) as box, pytest.raises(GatewatchError, match="refused again"):
        box.redrive(by_reason(box)["unrecognised_record"])
    with closing(opened(address, environment)) as box:
        assert len(by_reason(box)) == 2


def test_a_stranger_in_the_queue_says_so(address: str, environment: Mapping[str, str]):
    with readable_queue(address, environment["STATE_CONNECTION"]) as queue:
        queue.send_message("hello")
    with closing(opened(address, environment)) as box:
        stranger = by_reason(box)["not_a_letter"]
        with pytest.raises(GatewatchError, match="no letter of ours"):
            box.redrive(stranger)
    assert (stranger.text, stranger.record) == ("hello", None)


@pytest.mark.parametrize(
    "other", ["https://sqs.eu-west-1.amazonaws.com/111122223333/dead", "letters.jsonl", "http://127.0.0.1:4566/000000000000/q/x"]
)
def test_other_addresses_are_left_to_others(other: str):
    assert open_box(other, None, {}) is None


def test_a_queue_that_is_away_is_named(environment: Mapping[str, str]):
    nowhere = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aa==;QueueEndpoint=http://127.0.0.1:1/a"
    box = opened("https://account.queue.core.windows.net/letters", {**environment, "STATE_CONNECTION": nowhere})
    box._queue._config.retry_policy.total_retries = 0
    with pytest.raises(GatewatchError, match="Azure Storage"):
        box.letters()
