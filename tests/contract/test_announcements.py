"""The contract of what remembers announcements: in memory, in a real Table service, and in the body of an SQS message."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient

from aws_lambda.messages import Message, from_sqs
from aws_lambda.set_aside import SetAside
from azure_function.table_announcements import KEPT, TableAnnouncements
from gatewatch.flow.announced import AnnouncementStore
from gatewatch.model import Announcement
from scripts.local_cloud.azurite import Azurite
from tests.builders.announcements import announcement
from tests.support.azure_memory import MemoryCheckpoint

TABLE = pytest.param("table", marks=pytest.mark.storage)
NOW = datetime.now(UTC).replace(microsecond=123)
ANNOUNCEMENTS = [
    pytest.param(announcement(at=NOW), id="small"),
    pytest.param(announcement("teams", at=NOW, members=("entra|d-1", "entra|s-1"), why="raised"), id="with members"),
    pytest.param(announcement(at=NOW, event_ids=(), addresses=()), id="empty"),
    pytest.param(announcement(at=NOW, event_ids=("a/b?c#d\\e", "\u202e\x00\ud800", "'; drop table", "x" * 5_000)), id="hostile"),
    pytest.param(announcement(at=NOW, event_ids=tuple(f"aws|{number:040}" for number in range(2_000))), id="2,000 events"),
]


class Body:
    """SQS: a copy of the message each time, and nothing but its body comes back."""

    def __init__(self) -> None:
        self._body = '{"a":1}'

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - boto3's names
        assert QueueUrl == "queue"
        assert MessageBody.isascii()
        self._body = MessageBody

    def message(self) -> Message:
        found = from_sqs({"messageId": "m-1", "body": self._body, "attributes": {}})
        assert (found.problem, found.record().data) == ("", {"a": 1})
        return found

    def announced(self) -> tuple[Announcement, ...]:
        return self.message().announced

    def remember(self, announcements: Iterable[Announcement]) -> None:
        before = self.message()
        announced = tuple(dict.fromkeys((*before.announced, *announcements)))
        SetAside("queue", lambda: self).send(  # type: ignore[arg-type, return-value]
            Message(id=before.id, body=before.body, sent=before.sent, packed=before.packed, announced=announced)
        )


@pytest.fixture
def table(storage: Azurite) -> Iterator[Callable[[], TableAnnouncements]]:
    with TableServiceClient.from_connection_string(storage.connection) as service, service.create_table(f"t{uuid4().hex}") as client:
        yield lambda: TableAnnouncements(client, "tenant-1")


@pytest.fixture(params=["memory", TABLE, "message"])
def memory(request: pytest.FixtureRequest) -> AnnouncementStore | Body:
    if request.param == "table":
        return request.getfixturevalue("table")()
    return MemoryCheckpoint() if request.param == "memory" else Body()


@pytest.fixture(params=["memory", TABLE])
def store(request: pytest.FixtureRequest) -> AnnouncementStore:
    return MemoryCheckpoint() if request.param == "memory" else request.getfixturevalue("table")()


@pytest.mark.parametrize("one", ANNOUNCEMENTS)
def test_what_was_announced_comes_back_equal_and_once(memory: AnnouncementStore, one: Announcement) -> None:
    assert memory.announced() == ()
    memory.remember([one])
    memory.remember([one])
    assert memory.announced() == (one,)


def test_several_are_kept_beside_each_other(memory: AnnouncementStore) -> None:
    many = [announcement("teams", at=NOW, event_ids=(f"aws|r-{number}",)) for number in range(150)]
    memory.remember(many[:100])
    memory.remember(many[50:])
    assert set(memory.announced()) == set(many)


def test_what_is_forgotten_is_gone_and_the_rest_stays(store: AnnouncementStore) -> None:
    first, second = announcement(at=NOW), announcement("teams", at=NOW)
    store.remember([first, second])
    store.forget([first, announcement("never-there", at=NOW)])
    store.forget([])
    assert store.announced() == (second,)


def test_marks_are_kept_apart_from_announcements(store: AnnouncementStore) -> None:
    store.remember([announcement(at=NOW)])
    store.add_marks({f"{number:064}" for number in range(250)})
    store.add_marks({"0" * 64})
    assert store.marks() == {f"{number:064}" for number in range(250)}
    assert store.announced() == (announcement(at=NOW),)


def test_rows_that_are_older_than_any_record_are_removed(table: Callable[[], TableAnnouncements]) -> None:
    old, new = announcement(at=NOW - KEPT - timedelta(days=1)), announcement(at=NOW)
    table().remember([old, new])
    assert (table().announced(), table().announced()) == ((new,), (new,))


def test_tenants_are_held_apart(storage: Azurite) -> None:
    with TableServiceClient.from_connection_string(storage.connection) as service, service.create_table(f"t{uuid4().hex}") as client:
        TableAnnouncements(client, "tenant-1").remember([announcement(at=NOW)])
        TableAnnouncements(client, "tenant-1").add_marks({"0" * 64})
        assert (TableAnnouncements(client, "tenant-2").announced(), TableAnnouncements(client, "tenant-2").marks()) == ((), frozenset())
