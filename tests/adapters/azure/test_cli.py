"""`gatewatch deadletter` on an Azure Storage queue."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueClient

from azure_function.cli import StorageDeadLetterQueue, open_dead_letters
from azure_function.clients import readable_queue
from azure_function.dead_letters import QueueDeadLetters
from gatewatch.errors import GatewatchError
from gatewatch.flow.dead_letters import DeadLetter
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
        dead_letters = QueueDeadLetters(queue, table, "tenant-1")
        dead_letters.put(GOOD, "store_refused", "mapper_parsing_exception")
        dead_letters.put(LARGE, "unrecognised_record", "")
        yield where


def opened(address: str, environment: Mapping[str, str]) -> StorageDeadLetterQueue:
    dead_letter_queue = open_dead_letters(address, None, environment)
    assert dead_letter_queue is not None
    return dead_letter_queue


def by_reason(dead_letter_queue: StorageDeadLetterQueue) -> dict[str, DeadLetter]:
    return {dead_letter.reason: dead_letter for dead_letter in dead_letter_queue.dead_letters()}


def test_letters_are_shown_whole_with_their_reason(address: str, environment: Mapping[str, str]):
    with closing(opened(address, environment)) as dead_letter_queue:
        found = by_reason(dead_letter_queue)
    assert (found["store_refused"].record, found["unrecognised_record"].record) == (GOOD, LARGE)
    assert (found["store_refused"].detail, found["store_refused"].origin) == ("mapper_parsing_exception", "graph:signIns")
    assert found["store_refused"].dead_lettered_at is not None


def test_what_was_looked_at_is_visible_again(address: str, environment: Mapping[str, str]):
    for _ in range(3):
        with closing(opened(address, environment)) as dead_letter_queue:
            assert len(by_reason(dead_letter_queue)) == 2


def test_a_redriven_letter_becomes_an_alert_and_leaves_the_queue(address: str, environment: Mapping[str, str]):
    with closing(opened(address, environment)) as dead_letter_queue:
        dead_letter_queue.redrive(by_reason(dead_letter_queue)["store_refused"])
    with closing(opened(address, environment)) as dead_letter_queue:
        assert set(by_reason(dead_letter_queue)) == {"unrecognised_record"}
    with closing(open_store(environment["GATEWATCH_STORE"])) as store:
        (alert,) = store.search(AlertQuery())
    assert alert.pending == ("teams",)


def test_a_letter_that_is_refused_again_stays(address: str, environment: Mapping[str, str]):
    with closing(opened(address, environment)) as dead_letter_queue, pytest.raises(GatewatchError, match="refused again"):
        dead_letter_queue.redrive(by_reason(dead_letter_queue)["unrecognised_record"])
    with closing(opened(address, environment)) as dead_letter_queue:
        assert len(by_reason(dead_letter_queue)) == 2


def test_a_stranger_in_the_queue_says_so(address: str, environment: Mapping[str, str]):
    with readable_queue(address, environment["STATE_CONNECTION"]) as queue:
        queue.send_message("hello")
    with closing(opened(address, environment)) as dead_letter_queue:
        stranger = by_reason(dead_letter_queue)["not_a_letter"]
        with pytest.raises(GatewatchError, match="not a dead letter of Gatewatch"):
            dead_letter_queue.redrive(stranger)
    assert (stranger.text, stranger.record) == ("hello", None)


@pytest.mark.parametrize(
    "other", ["https://sqs.eu-west-1.amazonaws.com/111122223333/dead", "letters.jsonl", "http://127.0.0.1:4566/000000000000/q/x"]
)
def test_other_addresses_are_left_to_others(other: str):
    assert open_dead_letters(other, None, {}) is None


def test_a_queue_that_is_away_is_named(environment: Mapping[str, str]):
    nowhere = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aa==;QueueEndpoint=http://127.0.0.1:1/a"
    dead_letter_queue = opened("https://account.queue.core.windows.net/letters", {**environment, "STATE_CONNECTION": nowhere})
    dead_letter_queue._queue._config.retry_policy.total_retries = 0
    with pytest.raises(GatewatchError, match="Azure Storage"):
        dead_letter_queue.dead_letters()
