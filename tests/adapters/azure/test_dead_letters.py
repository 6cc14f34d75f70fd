"""Dead letters: whole, once, and never too large for the queue."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from azure.data.tables import TableClient, TableServiceClient
from azure.storage.queue import QueueClient, TextBase64DecodePolicy, TextBase64EncodePolicy
from hypothesis import given
from hypothesis import strategies as st

from azure_function.dead_letters import MESSAGE_BYTES, QueueDeadLetters, join, messages
from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from scripts.local_cloud.azurite import Azurite

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
json = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=20
)


def record(data: object) -> RawRecord:
    return RawRecord(data=data, fetched=AT, tenant="tenant-1", origin="graph:signIns")


@given(json, st.text(max_size=900))
def test_a_letter_gives_its_record_back(data: object, detail: str):
    (dead_letter,) = messages(record(data), "unrecognised_record", detail)
    assert join([dead_letter]) == record(data)


@pytest.mark.parametrize("size", [40_000, 44_900, 60_000, 900_000])
def test_a_large_record_is_compressed(size: int):
    dead_letters = list(messages(record({"a": "x" * size}), "r", "d" * 2000))
    assert len(dead_letters) == 1
    assert join(dead_letters) == record({"a": "x" * size})


def test_what_does_not_compress_is_sent_in_parts_in_any_order():
    noise = {"a": [uuid4().hex for _ in range(8000)]}
    dead_letters = list(messages(record(noise), "r", "\u0000" * 2000))
    assert len(dead_letters) > 2
    assert all(len(dead_letter.encode()) <= MESSAGE_BYTES for dead_letter in dead_letters)
    assert join(dead_letters[::-1]) == record(noise)


def test_a_missing_part_is_named():
    dead_letters = list(messages(record({"a": [uuid4().hex for _ in range(8000)]}), "r", ""))
    with pytest.raises(ValueError, match="missing"):
        join(dead_letters[1:])


@pytest.fixture
def places(storage: Azurite) -> Iterator[tuple[QueueClient, TableClient]]:
    name = f"t{uuid4().hex}"
    with (
        TableServiceClient.from_connection_string(storage.connection) as service,
        service.create_table(name) as table,
        QueueClient.from_connection_string(
            storage.connection, name, message_encode_policy=TextBase64EncodePolicy(), message_decode_policy=TextBase64DecodePolicy()
        ) as queue,
    ):
        yield queue, table


def test_the_queue_holds_each_record_once_and_for_ever(places: tuple[QueueClient, TableClient]):
    queue, table = places
    dead_letters = QueueDeadLetters(queue, table, "tenant-1")
    big = record({"a": [uuid4().hex for _ in range(8000)]})
    for _ in range(3):
        dead_letters.put(record({"b": 1}), "r", "")
        dead_letters.put(big, "r", "")
    received = list(queue.receive_messages(messages_per_page=32))
    assert all(message.expires_on.year == 9999 for message in received)
    texts = [message.content for message in received]
    assert join([text for text in texts if '"parts":1,' in text.replace(" ", "")]) == record({"b": 1})
    assert join([text for text in texts if '"parts":1,' not in text.replace(" ", "")]) == big


def test_the_same_record_refused_for_another_reason_is_another_letter(places: tuple[QueueClient, TableClient]):
    queue, table = places
    dead_letters = QueueDeadLetters(queue, table, "tenant-1")
    dead_letters.put(record({"b": 1}), "one", "")
    dead_letters.put(record({"b": 1}), "two", "")
    assert len(list(queue.receive_messages())) == 2


def test_a_letter_that_cannot_be_kept_is_raised(places: tuple[QueueClient, TableClient]):
    queue, _ = places
    with (
        TableClient.from_connection_string(
            "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aa==;TableEndpoint=http://127.0.0.1:1/a", "t", retry_total=0
        ) as away,
        pytest.raises(StoreUnavailable, match="waits to be dead-lettered: the storage account of the state does not answer"),
    ):
        QueueDeadLetters(queue, away, "tenant-1").put(record({"b": 1}), "r", "")
